/**
 * Percentiles of completion in a terminal: over all targets and over the reachable ones, with several jobs over each
 * job's targets too.
 */
import type { RunResult, Series } from "../measure/run-result.ts";
import { countText, counted } from "./count-text.ts";
import { percentileText, readableSentence } from "./duration-text.ts";
import type { Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { harmlessLine } from "./text-cleaning.ts";
import { wrapped } from "./text-wrapping.ts";
import { isOverJobs } from "./update-words.ts";

const PERCENTILES = ["p50", "p90", "p95", "p99"] as const;

/** Jobs beyond these are in the report. */
const JOBS_SHOWN_MAX = 4;

export function consoleCompletion(result: RunResult, { paint, columns }: Terminal): string[] {
  const metric = result.metrics["completion"];
  if (metric === undefined || metric.size === 0) return [];
  const { reachable, isValid, invalidBecause } = metric;
  const jobs = isOverJobs(result) ? result.jobs : [];
  const rows: (readonly [of: string, series: Series])[] = [
    [isOverJobs(result) ? counted(metric.size, "update") : `${countText(metric.size)} targeted`, metric],
    ...(reachable === null || reachable.size === metric.size
      ? []
      : [[`${countText(reachable.size)} reachable`, reachable] as const]),
    ...jobs.slice(0, JOBS_SHOWN_MAX).map(({ name, completion }) => [harmlessLine(name, 24), completion] as const),
  ];
  const more = jobs.length - JOBS_SHOWN_MAX;
  const cells = ([of, series]: (typeof rows)[number]): string[] => [
    of,
    ...PERCENTILES.map((key) => percentileText(series[key])),
  ];
  const table = plainTable(["", ...PERCENTILES], rows.map(cells));
  const fits = table.every((line) => line.length <= columns);
  const paragraphs = (): string[] =>
    rows.flatMap(([of, series]) => {
      const values = PERCENTILES.map((key) => `${key} ${percentileText(series[key])}`);
      return wrapped(`${of}: ${values.join(", ")}`, "  ", "- ", columns);
    });
  const words = "from the job's start until so many had confirmed the image";
  return [
    ...(words.length + 12 <= columns
      ? [`${paint.strong("Completion")}  ${words}`]
      : [paint.strong("Completion"), ...wrapped(words, "  ", "", columns)]),
    ...(fits ? table : paragraphs()),
    ...(more > 0 ? [`  and ${counted(more, "more job")}, see the report`] : []),
    ...(isValid
      ? []
      : wrapped(harmlessLine(readableSentence(`not to be used: ${invalidBecause}`)), "  ", "! ", columns).map(
          paint.warn,
        )),
  ];
}
