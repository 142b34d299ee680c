/** `report.html`: one file for people. Offline, without script, light and dark, on paper too. */
import { page } from "./html/page.ts";
import type { Reporter } from "./reporter.ts";

export const htmlReport: Reporter = {
  name: "html",
  fileName: "report.html",
  render: (input) => `${page(input).toString().trimEnd()}\n`,
};
