/** How reports of a comparison say its numbers. */
import { type ComparedRun, type Comparison, type ComparisonVerdict, differText } from "../measure/comparison.ts";
import type { JudgedLimit } from "../measure/comparison-limit.ts";
import type { CountDifference, PeakDifference, PercentileDifference } from "../measure/run-difference.ts";
import type { Percentile } from "../measure/run-result.ts";
import { countText, counted, percentText, significantText } from "./count-text.ts";
import { durationText, percentileText } from "./duration-text.ts";
import { OUTCOME_WORDS, type Word } from "./outcome-words.ts";

const COMPARISON_WORDS: Readonly<Record<ComparisonVerdict, Word>> = {
  within: { label: "Within", meaning: "The runs lie as near to each other as was asked for." },
  beyond: { label: "Beyond", meaning: "The runs lie further apart than was allowed." },
  "not judged": { label: "Compared", meaning: "No limit was asked for, so nothing is judged." },
};

/** What a comparison comes to. Runs that nothing can be said of lie neither near nor far. */
export function comparisonWord({ verdict, scenario, first, second }: Comparison): Word {
  if (verdict !== "beyond") return COMPARISON_WORDS[verdict];
  if (!scenario.isSame)
    return {
      label: "Not the same scenario",
      meaning: "The runs are not of the same scenario: how near they lie says nothing.",
    };
  return [first, second].some((run) => run.verdict === "invalid" || run.verdict === "incomplete")
    ? {
        label: "Not to be compared",
        meaning: "The numbers of a run are not to be used: how near they lie says nothing.",
      }
    : COMPARISON_WORDS.beyond;
}

/** Curves and peaks by the names of timelines. */
export const CURVE_WORDS: Readonly<Record<string, string>> = {
  nodesOnline: "nodes online",
  downloadsInFlight: "downloads in flight",
  fetches: "fetches",
  connects: "connects",
  downloadsStarted: "downloads started",
  statuses: "statuses",
};

/** `+1.2 %`, `equal`, or that there is no share. */
export function shareDifferenceText(share: number | null): string {
  if (share === null) return "–";
  if (share === 0) return "equal";
  const percent = significantText(Math.abs(share) * 100);
  return `${share > 0 ? "+" : "−"}${percent} %`;
}

/** `5 %`, `5 % + 12 % for chance`. */
export function allowedText({ share, chance }: Pick<JudgedLimit, "share" | "chance">): string {
  return chance === 0 ? percentText(share) : `${percentText(share)} + ${significantText(chance * 100)} % for chance`;
}

/** `+3`, `equal`. */
export function countDifferenceText({ difference }: CountDifference): string {
  if (difference === 0) return "equal";
  return `${difference > 0 ? "+" : "−"}${countText(Math.abs(difference))}`;
}

/** An outcome's label, or the counter's own name. */
export function countName({ name }: CountDifference): string {
  return name in OUTCOME_WORDS ? OUTCOME_WORDS[name as keyof typeof OUTCOME_WORDS].label : name;
}

/** A peak with its unit. */
export function peakText({ unit }: PeakDifference, value: number): string {
  return unit === "per second" ? `${significantText(value)} /s` : countText(value);
}

/** Below it a duration is what a machine's own moments make it. */
const TINY_US = 100;

/** Both values of a percentile, and how they differ. */
export function percentileTexts(difference: PercentileDifference): readonly [string, string, string] {
  const { first, second, share } = difference;
  const said = (value: Percentile): string => percentileText(value);
  // Of next to nothing no share says anything: 0 s beside 3 µs would be all of it.
  const isTiny = typeof first === "number" && typeof second === "number" && Math.max(first, second) < TINY_US;
  if (isTiny && first !== second)
    return [said(first), said(second), `${first > second ? "+" : "−"}${durationText(Math.abs(first - second))}`];
  const same = typeof first === "string" && first === second ? "equal" : shareDifferenceText(share);
  return [said(first), said(second), same];
}

/** `planned, seed 1, 500 nodes, 4.1 h of fleet time, passed`. */
export function runText({ driver, seed, nodes, speed, endedAtUs, verdict }: ComparedRun): string {
  const how = driver === "virtual" ? "planned" : speed === 1 ? "live" : `live at ${countText(speed)} × real time`;
  return `${how}, seed ${seed}, ${counted(nodes, "node")}, ${durationText(endedAtUs)} of fleet time, ${verdict}`;
}

/** Whether both are of one scenario, in a sentence. */
export function scenarioText({ scenario }: Comparison): string {
  const { isSame, sha256, differs, mayDiffer } = scenario;
  const may = mayDiffer.length === 0 ? "" : ` Different, as it may be: ${mayDiffer.join(", ")}.`;
  return isSame
    ? `The same scenario (${sha256[0].slice(0, 12)}).${may}`
    : `Not the same scenario: ${differText(differs)}.${may}`;
}

/** How far the completion curves lie apart, in a sentence; "" where there are none. */
export function completionDistanceText({ completionDistance }: Comparison): string {
  return completionDistance === null
    ? ""
    : `The completion curves lie at most ${significantText(completionDistance * 100)} % of the targets apart.`;
}

/** Whether a percentile is worth a line: one of the runs has a number. */
export function hasNumber({ first, second }: PercentileDifference): boolean {
  return typeof first === "number" || typeof second === "number";
}
