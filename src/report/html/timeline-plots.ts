/** The plots over fleet time, in the order in which one asks: who was there, what they asked, what it cost. */
import type { RunResult, Staggering, Timelines } from "../../measure/run-result.ts";
import { bytesText, countText, counted, percentText, significantText } from "../count-text.ts";
import { durationText } from "../duration-text.ts";
import { OUTCOME_WORDS } from "../outcome-words.ts";
import { fullestRateText, stepText } from "../peak-words.ts";
import { isOverJobs } from "../update-words.ts";
import { html, type Html } from "./html-text.ts";
import { largest } from "./key-figures.ts";
import { timelinePlot, type TimelinePlot } from "./timeline-plot.ts";

export function timelinePlots(result: RunResult): Html {
  if (result.timelines.buckets === 0)
    return html`<p class="quiet">The run has no timeline: it ended before it began.</p>`;
  const plots = [nodesOnline, fetchRate, downloadStarts, inFlight, bandwidth, outcomesOverTime];
  return html`<div class="plots">${plots.map((plot) => timelinePlot(plot(result), result))}</div>`;
}

function nodesOnline({ timelines, populations }: RunResult): TimelinePlot {
  const { nodesOnline: values } = timelines;
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  return {
    title: "Nodes online",
    summary: `Between ${countText(least)} and ${countText(largest(values))} of ${counted(populations.nodes, "node")}.`,
    kind: "level",
    columns: [{ label: "online", tone: "online", values }],
    text: countText,
    axis: "whole",
  };
}

function fetchRate({ timelines, peaks, clock }: RunResult): TimelinePlot {
  const values = perSecond(timelines.fetches, timelines.bucketUs);
  const isLive = clock.wallMs !== null && clock.speed !== 1;
  const wall = isLive ? `, which is ${durationText(peaks.stepUs / clock.speed)} of wall time` : "";
  return {
    title: "Fetch rate",
    summary: `“Is there an update for me?” At most ${fullestRateText(peaks, peaks.fetches.count)} of fleet time${wall}.${meanText(timelines)}`,
    kind: "events",
    columns: [{ label: "fetches /s", tone: "fetch", values }],
    text: significantText,
    axis: "any",
    per: "/s",
  };
}

function downloadStarts({ timelines, staggering }: RunResult): TimelinePlot {
  const values = timelines.downloadsStarted.map((count) => (count * 60e6) / timelines.bucketUs);
  return {
    title: "Staggering: downloads started",
    summary: staggering.map((job) => staggeringText(job, staggering.length > 1)).join(" "),
    kind: "events",
    columns: [{ label: "starts /min", tone: "starts", values }],
    text: significantText,
    axis: "any",
    per: "/min",
  };
}

function staggeringText(
  { job, starts, fullestMinute, peakPerMean, uniformDistance }: Staggering,
  isOneOfMany: boolean,
): string {
  const who = isOneOfMany ? `${job}: ` : "";
  if (peakPerMean === null || uniformDistance === null)
    return `${who}${counted(starts, "start")}, too few for a shape.`;
  return `${who}${counted(starts, "start")}, ${countText(fullestMinute)} of them in the fullest minute, which is ${significantText(peakPerMean)} × the mean minute of those between the first and the last 5 %; ${percentText(uniformDistance)} from even.`;
}

function inFlight({ timelines, peaks }: RunResult): TimelinePlot {
  const { downloadsAtOnce: values } = timelines;
  return {
    title: "Downloads in flight",
    summary: `At most ${countText(largest(values))} in the same ${stepText(peaks)}.`,
    kind: "level",
    columns: [{ label: "at once", tone: "flight", values }],
    text: countText,
    axis: "whole",
  };
}

function bandwidth({ timelines, model }: RunResult): TimelinePlot {
  const byBucket = model?.downloads.egressBytesByBucket ?? timelines.bytes;
  const values = perSecond(byBucket, timelines.bucketUs);
  const total = byBucket.reduce((sum, bytes) => sum + bytes, 0);
  const peak =
    model === undefined
      ? `Counted as attempts end, so a step may show more than any line carried.${meanText(timelines)}`
      : `At most ${bytesText(model.downloads.egressPeakBytesPerSecond)} in a second of fleet time.${meanText(timelines)}`;
  return {
    title: "Image bytes delivered",
    summary: `${bytesText(total)} in all. ${peak}`,
    kind: "events",
    columns: [{ label: "per second", tone: "bytes", values }],
    text: bytesText,
    axis: "binary",
    per: "/s",
  };
}

/** What a point is, where it hides a short peak. */
function meanText({ bucketUs }: Pick<Timelines, "bucketUs">): string {
  return bucketUs <= 1e6 ? "" : ` Each point is the mean of ${durationText(bucketUs)}.`;
}

function outcomesOverTime(result: RunResult): TimelinePlot {
  const { timelines, outcomes } = result;
  const all = [
    { label: OUTCOME_WORDS.success.label, tone: "success", values: timelines.confirmed },
    { label: OUTCOME_WORDS.rolledBack.label, tone: "rolledBack", values: timelines.rolledBack },
    { label: OUTCOME_WORDS.rejected.label, tone: "rejected", values: timelines.rejected },
    { label: OUTCOME_WORDS.failed.label, tone: "failed", values: timelines.failed },
    { label: OUTCOME_WORDS.bricked.label, tone: "bricked", values: timelines.bricked },
    { label: OUTCOME_WORDS.expired.label, tone: "expired", values: timelines.expired },
    { label: OUTCOME_WORDS.cancelled.label, tone: "cancelled", values: timelines.cancelled },
  ];
  const columns = all.filter(({ values }, index) => index === 0 || largest(values) > 0);
  return {
    title: "Outcomes over time",
    summary: `Of ${counted(outcomes.targeted, isOverJobs(result) ? "update" : "target")}; what is empty below that number is open${outcomes.lost > 0 ? " or lost" : ""}. One step is ${durationText(timelines.bucketUs)}.`,
    kind: "total",
    columns,
    text: countText,
    axis: "whole",
    isStacked: true,
    mostAtLeast: outcomes.targeted,
  };
}

function perSecond(events: readonly number[], bucketUs: number): number[] {
  return events.map((count) => (count * 1e6) / bucketUs);
}
