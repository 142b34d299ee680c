/** What a verdict must not hide: a run can pass on its thresholds while some of its metrics measure the generator. */
import type { RunResult } from "../measure/run-result.ts";
import { counted } from "./count-text.ts";

/**
 * One sentence that names the metrics that were sampled and are not to be used; undefined where there is none. The
 * names are those of `result.metrics`, so they come from no node or backend.
 */
export function unusableMetricsText(metrics: RunResult["metrics"]): string | undefined {
  const sampled = Object.entries(metrics).filter(([, { count }]) => count > 0);
  const unusable = sampled.filter(([, { isValid }]) => !isValid).map(([name]) => name);
  if (unusable.length === 0) return undefined;
  const are = unusable.length === 1 ? "is" : "are";
  return `${unusable.length} of ${counted(sampled.length, "metric")} ${are} not to be used, because the generator was late or the clock compressed too hard: ${unusable.join(", ")}.`;
}
