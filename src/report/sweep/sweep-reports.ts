/** All files of a sweep, in the order in which their paths are told. Each is a pure function of the result. */
import type { SweepResult } from "../../measure/sweep-result.ts";
import { jsonText } from "../json-report.ts";
import type { PlansReporter } from "./plans-reporter.ts";
import { sweepCsv } from "./sweep-csv.ts";
import { sweepPage } from "./sweep-page.ts";

export const SWEEP_REPORTS: readonly PlansReporter<SweepResult>[] = [
  { fileName: "sweep.html", render: (sweep) => `${sweepPage(sweep).toString().trimEnd()}\n` },
  { fileName: "sweep.json", render: jsonText },
  { fileName: "sweep.csv", render: sweepCsv },
];
