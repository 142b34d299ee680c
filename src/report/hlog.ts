/**
 * `histograms.hlog`: every metric's histogram in the log format of HdrHistogram (version 1.3 of the log, V2 of the
 * histograms), for its own viewers and for whoever wants another percentile. One line a metric, and one a cohort and one
 * a job where there are several; the interval is the run, in seconds of fleet time.
 */
import type { MetricHistogram } from "../measure/metric-histograms.ts";
import { fleetStartMs } from "./duration-text.ts";
import type { Reporter } from "./reporter.ts";
import { harmlessLine } from "./text-cleaning.ts";

export const hlog: Reporter = {
  name: "histograms",
  fileName: "histograms.hlog",
  render({ result, histograms }) {
    const startMs = fleetStartMs(result.clock.start);
    const startSeconds = Number.isFinite(startMs) ? startMs / 1000 : 0;
    const lengthSeconds = result.clock.endedAtUs / 1e6;
    const silent = Object.keys(result.metrics).filter((name) => histograms.every(({ metric }) => metric !== name));
    const lines = [
      "#[Histogram log format version 1.3]",
      `#[StartTime: ${startSeconds.toFixed(3)} (seconds since epoch), ${harmlessLine(result.clock.start)}]`,
      // Times of the lines count from fleet time 0.
      `#[BaseTime: ${startSeconds.toFixed(3)} (seconds since epoch)]`,
      comment(`${result.scenario.name}, seed ${result.seed}, ${result.verdict}`),
      ...Object.entries(result.tags).map(([name, value]) => comment(`tag ${name}=${value}`)),
      comment("Values are microseconds, Interval_Max is milliseconds. Exact, beside the buckets of 3 digits:"),
      ...histograms.map((each) => comment(exactText(each, isInvalid(result, each)))),
      ...(silent.length === 0 ? [] : [comment(`without a sample: ${silent.join(", ")}`)]),
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
      ...histograms.map(
        (each) =>
          `Tag=${tagOf(each)},0.000,${lengthSeconds.toFixed(3)},${(each.max / 1000).toFixed(3)},${each.buckets}`,
      ),
    ];
    return `${lines.join("\n")}\n`;
  },
};

/** `completion`, or `completion{cohort:homes}`, `completion{job:spring}` as thresholds have it. A tag of the log has no comma and no space. */
function tagOf({ metric, cohort, job }: MetricHistogram): string {
  const part = cohort === undefined ? (job === undefined ? "" : `{job:${job}}`) : `{cohort:${cohort}}`;
  const name = `${metric}${part}`;
  return harmlessLine(name).replaceAll(/[,\s]/gu, "_");
}

function isInvalid({ metrics }: Parameters<Reporter["render"]>[0]["result"], { metric }: MetricHistogram): boolean {
  return metrics[metric]?.isValid === false;
}

function exactText(histogram: MetricHistogram, isNotToBeUsed: boolean): string {
  const { count, min, max, clock } = histogram;
  const caution = isNotToBeUsed ? ", not to be used" : "";
  return `${tagOf(histogram)} count=${count} min=${min} max=${max} clock=${clock}${caution}`;
}

/** Readers take a line that begins with `#[` for one of theirs. */
function comment(text: string): string {
  return `# ${harmlessLine(text)}`;
}
