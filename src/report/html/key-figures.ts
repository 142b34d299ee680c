/** The handful of numbers that one would say on the phone. */
import { COMPRESSION_MAX } from "../../measure/composed-time.ts";
import type { RunResult } from "../../measure/run-result.ts";
import { countText, percentText, shareText, significantText } from "../count-text.ts";
import { durationText, percentileText } from "../duration-text.ts";
import { html, type Html } from "./html-text.ts";

interface Figure {
  readonly term: string;
  readonly value: string;
  readonly note: string;
}

export function keyFigures(result: RunResult): Html {
  const figures = [
    success(result),
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
          <dd class="value">${value}</dd>
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

function completion({ metrics }: RunResult): Figure {
  const metric = metrics["completion"];
  const reachable = metric?.reachable ?? null;
  return {
    term: "Completion, p95",
    value: metric === undefined ? "–" : percentileText(metric.p95),
    note: `composed; ${reachable === null ? "of all targeted nodes" : `of targeted; of reachable: ${percentileText(reachable.p95)}`}`,
  };
}

function staggering({ staggering: jobs }: RunResult): Figure {
  const worst = jobs.reduce<number | null>(
    (peak, job) => (job.peakPerMean === null ? peak : Math.max(peak ?? 0, job.peakPerMean)),
    null,
  );
  const distances = jobs.map(({ uniformDistance }) => uniformDistance ?? -1);
  const distance = Math.max(-1, ...distances);
  return {
    term: "Staggering",
    value: worst === null ? "too few" : `${significantText(worst)} ×`,
    note:
      distance < 0 ? "too few downloads began" : `peak of starts over their mean; ${percentText(distance)} from even`,
  };
}

function peakFetch({ timelines, clock }: RunResult): Figure {
  const perSecond = (largest(timelines.fetches) * 1e6) / timelines.bucketUs;
  return {
    term: "Fetch peak",
    value: `${significantText(perSecond)} /s`,
    note:
      clock.speed === 1 ? "in real time" : `of fleet time; ${significantText(perSecond * clock.speed)} /s of wall time`,
  };
}

function peakFlight({ timelines, metrics }: RunResult): Figure {
  const compression = metrics["download"]?.compression ?? 1;
  // Downloads that last longer overlap more.
  const caution =
    compression > COMPRESSION_MAX
      ? `; too many: the clock stretches downloads ${significantText(compression)} times`
      : "";
  return {
    term: "Downloads at once",
    value: countText(largest(timelines.downloadsInFlight)),
    note: `at the peak, in steps of ${durationText(timelines.bucketUs)}${caution}`,
  };
}

function took({ clock }: RunResult): Figure {
  // A live run that was killed left no wall time.
  const live = clock.wallMs === null ? "live" : `in ${durationText(clock.wallMs * 1000)} of wall time`;
  const wall = clock.driver === "virtual" ? "in virtual time" : live;
  return { term: "Fleet time", value: durationText(clock.endedAtUs), note: `${wall}; ${clock.endedBecause}` };
}

/** Of thousands of entries, so no spread into arguments. */
export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
