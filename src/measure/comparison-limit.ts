/**
 * Limits on how far two runs may lie apart: `5%` for what a plan is for (completion, outcomes and peaks), `download=10%`
 * for a metric, `peaks=20%` for the highest rates and levels, `outcomes=0%` for the counts alone.
 */
import { nearestWord } from "../base/nearest-word.ts";
import { METRICS } from "./metrics.ts";
import type { CountDifference, PeakDifference, PercentileDifference } from "./run-difference.ts";

/** What may lie apart by at most a share. */
export interface ComparisonLimit {
  /** `outcomes`, `peaks`, or the name of a metric. */
  readonly on: string;
  /** 0 to 1. */
  readonly share: number;
  /** Standard deviations of chance that are allowed besides, where counts are compared; absent = the share alone counts. */
  readonly sigmas?: number;
}

/** A limit and what came of it. */
export interface JudgedLimit {
  /** As in the limit. */
  readonly on: string;
  readonly share: number;
  /** What chance was allowed besides, as a share. */
  readonly chance: number;
  /** What was compared: `completion p50`, `outcome success`. */
  readonly what: string;
  /** The difference as a share; null = there is none that could be told. */
  readonly actual: number | null;
  readonly isHeld: boolean;
  /** A sentence where it is not held, "" else. */
  readonly because: string;
}

/**
 * What a limit without a name is on. Peaks are counts of a moment: two runs of one and the same law differ by chance, by
 * the root of the counts at most where nodes do not know of each other, so three of those are allowed besides. Under a
 * compressed clock levels show the machine's one bad moment, stretched by the speed: only rates are judged then.
 */
const BY_DEFAULT = [{ on: "completion" }, { on: "outcomes" }, { on: "peaks", sigmas: 3 }] as const;

/** Percentiles of a metric that are judged: the half, and the tail that plans are made for. */
const JUDGED_PERCENTILES: ReadonlySet<string> = new Set(["p50", "p95"]);

const EXPECTED = "write a share such as 5%, or WHAT=SHARE such as download=10%, outcomes=0% or peaks=20%";

/** Reads what stands behind `--within`; what is wrong with it is told in the words of a mistake. */
export function parseLimit(
  text: string,
): readonly ComparisonLimit[] | { readonly seen: string; readonly expected: string } {
  const match = /^(?:([A-Za-z_]{1,40})=)?(\d{1,4}(?:\.\d{1,6})?)%$/.exec(text);
  if (match === null) return { seen: `is "${text}"`, expected: EXPECTED };
  const [, on, percent] = match;
  const share = Number(percent) / 100;
  if (on === undefined) return BY_DEFAULT.map((limit) => ({ ...limit, share }));
  const known = ["outcomes", "peaks", ...METRICS.map(({ name }) => name)];
  if (known.includes(on)) return [{ on, share }];
  const nearest = nearestWord(on, known);
  const meant = nearest === undefined ? "" : `did you mean ${nearest}? `;
  return { seen: `names "${on}"`, expected: `${meant}known are ${known.join(", ")}` };
}

/** What limits are judged on. */
export interface Compared {
  readonly outcomes: readonly CountDifference[];
  /** Targets of the second run: outcomes are judged as shares of them. */
  readonly targeted: number;
  readonly percentiles: readonly PercentileDifference[];
  readonly peaks: readonly PeakDifference[];
  /** Microseconds that a rate's peak is counted over. */
  readonly bucketUs: number;
  /** The clock of a live one of them ran faster than real time. */
  readonly isCompressed: boolean;
}

/** Judges every limit; of two on the same the last counts, and one that leaves nothing to chance before one that does. */
export function judgeLimits(limits: readonly ComparisonLimit[], compared: Compared): readonly JudgedLimit[] {
  const last = limits.filter(
    (limit, place) => !limits.some((other, at) => other.on === limit.on && overrules(other, limit, at > place)),
  );
  return last.flatMap((limit) => {
    switch (limit.on) {
      case "outcomes":
        return outcomeLimits(limit, compared);
      case "peaks":
        return compared.peaks
          .filter(({ unit }) => unit === "per second" || limit.sigmas === undefined || !compared.isCompressed)
          .map((peak) => peakLimit(limit, peak, compared.bucketUs));
      default:
        return percentileLimits(limit, compared);
    }
  });
}

function overrules(other: ComparisonLimit, limit: ComparisonLimit, isLater: boolean): boolean {
  const isStrict = other.sigmas === undefined;
  return isStrict === (limit.sigmas === undefined) ? isLater : isStrict;
}

function outcomeLimits(limit: ComparisonLimit, { outcomes, targeted }: Compared): JudgedLimit[] {
  return outcomes.map(({ name, difference }) => {
    const share = difference === 0 ? 0 : targeted === 0 ? null : difference / targeted;
    return judged(limit, `outcome ${name}`, share, "");
  });
}

function peakLimit(limit: ComparisonLimit, peak: PeakDifference, bucketUs: number): JudgedLimit {
  const { name, unit, share } = peak;
  const counted = unit === "level" ? 1 : bucketUs / 1_000_000;
  const [first, second] = [peak.first * counted, peak.second * counted];
  const chance = (limit.sigmas ?? 0) * Math.sqrt(first + second);
  const what = `peak of ${name}`;
  // Of none a share says nothing, but chance alone may be enough.
  if (second === 0 && first > 0 && first <= chance)
    return { ...judged(limit, what, null, ""), isHeld: true, because: "" };
  return judged(limit, what, share, "", second === 0 ? 0 : chance / second);
}

function percentileLimits(limit: ComparisonLimit, { percentiles }: Compared): JudgedLimit[] {
  const own = percentiles.filter(({ metric, percentile }) => metric === limit.on && JUDGED_PERCENTILES.has(percentile));
  if (own.length === 0) return [judged(limit, limit.on, null, `${limit.on} has no sample in one of the runs`)];
  return own.map(({ percentile, first, second, share, unusableBecause }) => {
    const what = `${limit.on} ${percentile}`;
    if (unusableBecause !== "") return judged(limit, what, share, `${what} cannot be judged: ${unusableBecause}`);
    // Where neither run came so far, they agree; where there was nothing to see, nobody knows.
    if (first === "not reached" && second === "not reached") return judged(limit, what, 0, "");
    if (share !== null) return judged(limit, what, share, "");
    return judged(limit, what, null, `${what} cannot be compared: ${told(first)} beside ${told(second)}`);
  });
}

function told(value: number | string): string {
  return typeof value === "number" ? `${value} us` : value;
}

function judged(
  { on, share }: ComparisonLimit,
  what: string,
  actual: number | null,
  cannot: string,
  chance = 0,
): JudgedLimit {
  const isHeld = cannot === "" && actual !== null && Math.abs(actual) <= share + chance + 1e-12;
  const percent = actual === null ? "by more than a share can say" : `by ${percentOf(actual)}`;
  const besides = chance === 0 ? "" : ` and ${percentOf(chance)} for chance`;
  const apart = `${what} lies apart ${percent}, and ${percentOf(share)}${besides} are allowed`;
  return { on, share, chance, what, actual, isHeld, because: isHeld ? "" : `${cannot === "" ? apart : cannot}.` };
}

function percentOf(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
