/** What is told of the end of a sweep or a search. It draws in the reports, so it is loaded when there is an end. */
import type { ManyPlansEnd } from "../engine/sweep/sweep-options.ts";
import type { Verdict } from "../measure/run-result.ts";
import type { SearchResult } from "../measure/search-result.ts";
import type { SweepResult } from "../measure/sweep-result.ts";
import { jsonText } from "../report/json-report.ts";
import type { Terminal } from "../report/painter.ts";
import { type PlansExtent, searchSummary, sweepSummary } from "../report/sweep/plans-console.ts";
import { searchVerdict } from "../report/sweep/search-page.ts";

/** What is told of an end. */
export interface PlansTold {
  readonly end: ManyPlansEnd<unknown>;
  readonly verdict: Verdict;
  readonly summary: (extent: PlansExtent, terminal: Terminal) => readonly string[];
  readonly json: string;
}

export function sweepTold(end: ManyPlansEnd<SweepResult>): PlansTold {
  const { result } = end;
  const summary: PlansTold["summary"] = (extent, terminal) => sweepSummary(result, extent, terminal);
  return { end, verdict: result.verdict, summary, json: jsonText(result) };
}

export function searchTold(end: ManyPlansEnd<SearchResult>): PlansTold {
  const { result } = end;
  const summary: PlansTold["summary"] = (extent, terminal) => searchSummary(result, extent, terminal);
  return { end, verdict: searchVerdict(result.answer), summary, json: jsonText(result) };
}
