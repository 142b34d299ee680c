/** All reporters that write a file, in the order in which their paths are told. */
import { htmlReport } from "./html-report.ts";
import { jsonReport } from "./json-report.ts";
import { nodesCsv } from "./nodes-csv.ts";
import type { Reporter } from "./reporter.ts";

export const REPORTERS: readonly Reporter[] = [htmlReport, jsonReport, nodesCsv];
