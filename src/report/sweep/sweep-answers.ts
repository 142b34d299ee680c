/** What a sweep says in sentences: for whoever asks what is needed, when it is done, and what goes wrong. */
import { type FigureSpread, sizeOf } from "../../measure/figure-spread.ts";
import type { FigureName } from "../../measure/figures.ts";
import { allSeeds } from "../../measure/search-answer.ts";
import type { SweepPoint, SweepResult } from "../../measure/sweep-result.ts";
import { counted } from "../count-text.ts";
import { formatOf, medianText, rangeText, spreadPart } from "../figure-text.ts";
import { VERDICT_WORDS } from "../outcome-words.ts";

/** `autofetch.every 1h, model.cdn.egress 1Gbit/s`; "the scenario as it is" where nothing is turned. */
export function pointText(values: readonly string[], knobs: SweepResult["knobs"]): string {
  const parts = values.map((value, place) => `${knobs[place]?.path ?? ""} ${value}`.trim());
  return parts.length === 0 ? "the scenario as it is" : parts.join(", ");
}

/** Whether any threshold was set: without one nothing was promised, so nothing is kept. */
export function hasThresholds({ points }: Pick<SweepResult, "points">): boolean {
  return points.some(({ runs }) => runs.some(({ thresholds }) => thresholds.length > 0));
}

/** A sweep's answer in a few words: `4 of 8 pass`. */
export function sweepTitle(sweep: SweepResult): string {
  const { verdict, points } = sweep;
  if (verdict !== "passed" && verdict !== "failed") return VERDICT_WORDS[verdict].label;
  if (!hasThresholds(sweep)) return `${counted(points.length, "combination")} planned`;
  return `${passing(sweep).length} of ${points.length} pass`;
}

/** The combinations that keep every threshold under every seed. */
function passing({ points }: Pick<SweepResult, "points">): readonly SweepPoint[] {
  return points.filter(({ verdict }) => verdict === "passed");
}

/** How many combinations keep every threshold. */
export function keptText(sweep: SweepResult): string {
  const { points, seeds } = sweep;
  const under = seeds.length === 1 ? "" : ` under ${allSeeds(seeds.length)}`;
  if (points.every(({ runs }) => runs.length === 0))
    return `None of the ${counted(points.length, "combination")} was planned.`;
  if (!hasThresholds(sweep))
    return `The scenario sets no threshold, so none of the ${counted(points.length, "combination")} passes or fails.`;
  const kept = passing(sweep).length;
  const all = counted(points.length, "combination");
  const open = points.filter(({ verdict }) => verdict === "incomplete").length;
  if (open > 0) {
    const keep = kept === 0 ? "None" : String(kept);
    return `${keep} of ${all} ${kept > 1 ? "keep" : "keeps"} every threshold${under} so far; ${open} ${open === 1 ? "is" : "are"} not complete.`;
  }
  if (kept === 0) return `None of ${all} keeps every threshold${under}.`;
  return `${kept === points.length ? "Each" : String(kept)} of ${all} ${kept === 1 || kept === points.length ? "keeps" : "keep"} every threshold${under}.`;
}

/** `over all combinations`, or how many of them have a plan; of a sweep that was stopped, the others have none. */
export function overText({ points }: Pick<SweepResult, "points">): string {
  const there = points.filter(({ runs }) => runs.length > 0).length;
  if (there === points.length) return "over all combinations";
  return `over the ${there} of ${counted(points.length, "combination")} planned so far`;
}

/** A figure's least and greatest median over the combinations that gave it, and where they are. */
export interface FigureRange {
  readonly figure: FigureName;
  readonly least: string;
  readonly leastAt: string;
  readonly most: string;
  readonly mostAt: string;
  /** Both in one: `3.1 to 3.4 h`; "" where they are the same. */
  readonly range: string;
  /** In a sentence: `3.1 to 3.4 h`, `3.1 h`, or `never; 91 to 93 % were done at the end`. */
  readonly told: string;
  /** No combination reached it: least and most are of the shares that were done at the end. */
  readonly isNever: boolean;
  /** `everywhere`, or `in the 1 of 6 combinations that gave it`. */
  readonly where: string;
}

/** Less is sooner; and of two that never were, the one that came further, beside others that were. */
function isSooner(one: Sized, other: Sized): boolean {
  if (one.size !== other.size) return one.size < other.size;
  return one.size === Infinity && isLessDone(other, one);
}

/** Of figures that nobody reached: as they are told by shares, less is the smaller share. */
function isLessDone({ spread: one }: Sized, { spread: other }: Sized): boolean {
  return (one.doneAtEnd?.median ?? 0) < (other.doneAtEnd?.median ?? 0);
}

interface Sized {
  readonly point: SweepPoint;
  readonly spread: FigureSpread;
  readonly size: number;
}

/** For each figure that has values, over all combinations or some of them. */
export function figureRanges(sweep: SweepResult, points = sweep.points): readonly FigureRange[] {
  return sweep.figures.flatMap((figure, place) => {
    const format = formatOf(figure, sweep);
    const sized = points.flatMap((point): Sized[] => {
      const spread = point.figures[place] ?? null;
      const size = spread === null ? undefined : sizeOf(spread.median);
      return spread === null || size === undefined ? [] : [{ point, spread, size }];
    });
    const [first] = sized;
    if (first === undefined) return [];
    const where =
      sized.length === points.length
        ? "everywhere"
        : `in the ${sized.length} of ${counted(points.length, "combination")} that gave it`;
    const isNever = sized.every(({ size, spread }) => size === Infinity && spread.doneAtEnd !== null);
    const isBelow = isNever ? isLessDone : isSooner;
    const least = sized.reduce((low, each) => (isBelow(each, low) ? each : low), first);
    const most = sized.reduce((high, each) => (isBelow(high, each) ? each : high), first);
    const isOne = !isBelow(least, most);
    const leastText = medianText(least.spread, format);
    const range = rangeText(spreadPart(least.spread, "median"), spreadPart(most.spread, "median"), format);
    const told = range === "" ? leastText : range;
    return [
      {
        figure,
        least: leastText,
        leastAt: isOne ? where : pointText(least.point.values, sweep.knobs),
        most: medianText(most.spread, format),
        mostAt: isOne ? where : pointText(most.point.values, sweep.knobs),
        range,
        told: isNever ? `never; ${told.replace(" at the end", " were done at the end")}` : told,
        isNever,
        where,
      },
    ];
  });
}
