/** `report.html`: one file for people. Offline, without script, light and dark, on paper too. */
import { page } from "./html/page.ts";
import { PAGE_FILE, type Reporter } from "./reporter.ts";

export const htmlReport: Reporter = {
  name: "html",
  fileName: PAGE_FILE,
  render: (input) => `${page(input).toString().trimEnd()}\n`,
};
