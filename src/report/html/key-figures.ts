/** The handful of numbers that one would say on the phone. */
import { COMPRESSION_MAX } from "../../measure/composed-time.ts";
import type { JobResult, RunResult, Staggering } from "../../measure/run-result.ts";
import type { Peak } from "../../measure/second-counts.ts";
import { countText, counted, percentText, shareText, significantText } from "../count-text.ts";
import { durationText, percentileText } from "../duration-text.ts";
import { firmwareRows, firmwareText } from "../firmware-words.ts";
import { cutText } from "../text-cleaning.ts";
import { stepText } from "../peak-words.ts";
import { completionByJobText, isOverJobs, notDoneText } from "../update-words.ts";
import { html, type Html } from "./html-text.ts";

interface Figure {
  readonly term: string;
  readonly value: string;
  readonly note: string;
}

export function keyFigures(result: RunResult): Html {
  const figures = [
    isOverJobs(result) ? firmware(result) : success(result),
    completion(result),
    staggering(result),
    peakFetch(result),
    peakFlight(result),
    took(result),
  ];
  return html`<dl class="figures">
    ${figures.map(
      ({ term, value, note }) =>
        html`<div>
          <dt>${term}</dt>
          <dd class="${/^\d/.test(value) ? "value" : "value words"}">${value}</dd>
          <dd class="note">${note}</dd>
        </div> `,
    )}
  </dl>`;
}

function success({ outcomes }: RunResult): Figure {
  const { targeted, reachable } = outcomes;
  return {
    term: "Success",
    value: shareText(outcomes.success, targeted),
    note: `${countText(outcomes.success)} of ${countText(targeted)} targeted; ${countText(reachable)} reachable`,
  };
}

/** With several jobs a share of updates says of no node what it ended on, so what most of them run comes first. */
function firmware(result: RunResult): Figure {
  const { outcomes, populations, jobs } = result;
  const most = largest(firmwareRows(result).map(({ nodes }) => nodes));
  const updates = `${countText(outcomes.success)} of ${counted(outcomes.targeted, "update")} of ${counted(populations.nodes, "node")} and ${counted(jobs.length, "job")} succeeded`;
  return {
    term: "On one firmware",
    value: shareText(most, populations.nodes),
    note: `at the end ${firmwareText(result)}. ${updates}, ${countText(outcomes.reachable)} reachable`,
  };
}

function completion(result: RunResult): Figure {
  const job = jobOfTheEnd(result);
  if (job !== undefined) return completionOfJob(result, job);
  const metric = result.metrics["completion"];
  const reachable = metric?.reachable ?? null;
  const over = isOverJobs(result) ? "all updates" : "all targeted nodes";
  const isOpen = metric?.p95 === "not reached";
  const parts = [
    isOpen ? notDoneText(result.outcomes) : `of ${over}${result.clock.driver === "live" ? ", in composed time" : ""}`,
    // The same number twice would say nothing.
    ...(reachable === null || reachable.p95 === metric?.p95
      ? []
      : [
          `of the reachable ${percentileText(reachable.p95)}: those online before the end at ${durationText(result.clock.endedAtUs)}, and a longer run reaches more`,
        ]),
    ...(isOverJobs(result) ? [`by job: ${completionByJobText(result)}`] : []),
  ];
  return {
    term: "Completion, p95",
    value: metric === undefined ? "–" : percentileText(metric.p95),
    note: parts.join("; "),
  };
}

/** A percentile over the updates of several jobs says of none when it is done: it is of the job that most nodes of any job end on. */
function completionOfJob(result: RunResult, { name, completion: { p95 }, outcomes }: JobResult): Figure {
  const isComposed = result.clock.driver === "live" ? ", in composed time" : "";
  const of =
    p95 === "not reached" ? notDoneText(outcomes) : `of its ${counted(outcomes.targeted, "target")}${isComposed}`;
  return {
    term: `Completion, p95 of ${cutText(name, 24)}`,
    value: percentileText(p95),
    note: `${of}; ${nodesEndingOn(result, name)} end on its image; by job: ${completionByJobText(result)}`,
  };
}

/** Most nodes of any job may be few: firmware from before is on the rest. */
function nodesEndingOn({ firmware, populations }: RunResult, job: string): string {
  const nodes = firmware.images.find(({ jobs }) => jobs.includes(job))?.nodes ?? 0;
  return nodes > populations.nodes / 2 ? "most nodes" : "most nodes of any job";
}

/** The job whose image most nodes run at the end, of several that installed it the one that most confirmed; undefined = none has any. */
function jobOfTheEnd(result: RunResult): JobResult | undefined {
  if (!isOverJobs(result)) return undefined;
  const [most] = result.firmware.images
    .filter(({ jobs, nodes }) => jobs.length > 0 && nodes > 0)
    .toSorted((a, b) => b.nodes - a.nodes);
  return result.jobs
    .filter(({ name }) => most?.jobs.includes(name))
    .toSorted((a, b) => b.outcomes.success - a.outcomes.success)[0];
}

function staggering({ staggering: jobs }: RunResult): Figure {
  const shareOf = ({ fullestMinute, starts }: Staggering): number => fullestMinute / Math.max(1, starts);
  const worst = jobs.reduce<Staggering | undefined>(
    (peak, job) => (job.uniformDistance !== null && (peak === undefined || shareOf(job) > shareOf(peak)) ? job : peak),
    undefined,
  );
  if (worst === undefined) return { term: "Staggering", value: "too few", note: "too few downloads began" };
  const which = jobs.length > 1 ? ` of ${cutText(worst.job, 24)}, the worst of ${counted(jobs.length, "job")}` : "";
  return {
    term: "Staggering",
    value: percentText(shareOf(worst)),
    note: `${countText(worst.fullestMinute)} of ${counted(worst.starts, "download")}${which} began in the same minute; ${percentText(worst.uniformDistance ?? 0)} from even`,
  };
}

function peakFetch({ peaks, clock }: RunResult): Figure {
  const perSecond = (peaks.fetches.count * 1e6) / peaks.stepUs;
  // A rate of wall time would be one that no second of the run ever saw.
  const isLive = clock.wallMs !== null && clock.speed !== 1;
  const wall = isLive ? `; they came within ${durationText(peaks.stepUs / clock.speed)} of wall time` : "";
  return {
    term: "Fetch peak",
    value: `${significantText(perSecond)} /s`,
    note: `in the fullest ${stepText(peaks)} of fleet time${whenText(peaks.fetches)}${wall}`,
  };
}

function peakFlight({ peaks, metrics }: RunResult): Figure {
  const compression = metrics["download"]?.compression ?? 1;
  // Downloads that last longer overlap more.
  const caution =
    compression > COMPRESSION_MAX
      ? `; fewer in real time: this clock makes a download last ${significantText(compression)} times as long`
      : "";
  return {
    term: "Downloads at once",
    value: countText(peaks.downloadsInFlight.count),
    note: `in the fullest ${stepText(peaks)} of fleet time${whenText(peaks.downloadsInFlight)}${caution}`,
  };
}

function whenText({ atUs }: Peak): string {
  return atUs === null ? "" : `, ${durationText(atUs)} after the start`;
}

function took({ clock, end }: RunResult): Figure {
  const unseen = end.unseen === 0 ? "" : `, ${countText(end.unseen)} never seen`;
  // A live run that was killed left no wall time.
  const live = clock.wallMs === null ? "live" : `in ${durationText(clock.wallMs * 1000)} of wall time`;
  const wall = clock.driver === "virtual" ? "in virtual time" : live;
  return { term: "Fleet time", value: durationText(clock.endedAtUs), note: `${wall}; ${clock.endedBecause}${unseen}` };
}

/** Of thousands of entries, so no spread into arguments. */
export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
