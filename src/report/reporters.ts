/** All reporters that write a file, in the order in which their paths are told. */
import { hlog } from "./hlog.ts";
import { htmlReport } from "./html-report.ts";
import { jsonReport } from "./json-report.ts";
import { junit } from "./junit.ts";
import { nodesCsv } from "./nodes-csv.ts";
import type { Reporter } from "./reporter.ts";
import { summaryMarkdown } from "./summary-markdown.ts";

export const REPORTERS: readonly Reporter[] = [htmlReport, jsonReport, nodesCsv, junit, summaryMarkdown, hlog];
