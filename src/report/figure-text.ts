/** Figures of sweeps and searches for people. */
import { unreachable } from "../base/assert.ts";
import type { DoneSpread, FigureOfPlan, FigureSpread } from "../measure/figure-spread.ts";
import { type FigureName, STOP_FIGURE } from "../measure/figures.ts";
import { moneyText } from "./cost-words.ts";
import { bytesText, countText, percentText, significantText } from "./count-text.ts";
import { durationText } from "./duration-text.ts";
import { bitRateText, type ByteSystem, byteSystemOf, decimalText } from "./rate-units.ts";

/** What a figure's numbers look like. */
export interface FigureFormat extends Pick<FigureName, "unit"> {
  readonly currency: string;
  readonly bytes: ByteSystem;
  /** What is said of one that was never reached, where nobody knows how far it came. */
  readonly never: string;
}

/** What the figures of a sweep or a search have in common. */
export interface FormatOfAll {
  readonly currency: string;
  /** What is turned: rates stand in the unit in which it is written. */
  readonly knobs: readonly { readonly values: readonly string[] }[];
}

/** How a figure's numbers are written. */
export function formatOf(
  { name, unit }: Pick<FigureName, "name" | "unit">,
  { currency, knobs }: FormatOfAll,
): FigureFormat {
  const bytes = byteSystemOf(knobs.flatMap(({ values }) => values));
  return { unit, currency, bytes, never: isStopFigure(name) ? "never stopped" : "not reached" };
}

/** Whether it tells when a rule stopped a rollout. */
export function isStopFigure(name: string): boolean {
  return name === STOP_FIGURE || name.startsWith(`${STOP_FIGURE}{`);
}

/** A number in a figure's unit. */
export function numberText(value: number, { unit, currency, bytes }: FigureFormat): string {
  switch (unit) {
    case "us":
      return durationText(value);
    case "share":
      return percentText(value);
    case "count":
      return countText(value);
    case "perSecond":
      return `${significantText(value)} /s`;
    case "bytes":
      return bytes === "decimal" ? decimalText(value) : bytesText(value);
    case "bytesPerSecond":
      return bytes === "bits" ? bitRateText(value) : `${bytes === "decimal" ? decimalText(value) : bytesText(value)}/s`;
    case "money":
      return moneyText(value, currency);
    default:
      return unreachable(unit);
  }
}

/** A figure's value; how far it came, `91 % at the end`, where it was not reached; or the words for why there is none. */
export function figureText({ value, doneShare }: FigureOfPlan, format: FigureFormat): string {
  if (typeof value === "number") return numberText(value, format);
  if (value !== "not reached") return value;
  return doneShare === null ? format.never : `${percentText(doneShare)} at the end`;
}

/**
 * One of the three numbers of a spread. Beside seeds that reached it, never is the most, and those come last that came
 * least far; where none reached it, the shares are the numbers, and the least is the least of them.
 */
export function spreadPart(spread: FigureSpread, part: "least" | "median" | "most"): FigureOfPlan {
  const { doneAtEnd } = spread;
  const [first, last] = spread.least === "not reached" ? (["least", "most"] as const) : (["most", "least"] as const);
  const share = { least: doneAtEnd?.[first], median: doneAtEnd?.median, most: doneAtEnd?.[last] }[part];
  return { value: spread[part], doneShare: share ?? null };
}

/** `3.2 h`, or with its range where seeds differ: `3.2 h (3.1 to 3.4 h; 2 of 3 seeds)`. */
export function spreadText(spread: FigureSpread | null, format: FigureFormat): string {
  if (spread === null) return "missing";
  const { least, doneAtEnd } = spread;
  // No seed reached it: that the shares are those at the end is said once.
  if (least === "not reached" && doneAtEnd !== null) return `${sharesText(spread, doneAtEnd)} at the end`;
  return withNotes(figureText(spreadPart(spread, "median"), format), spreadNotes(spread, format));
}

function sharesText(spread: FigureSpread, { least, median, most }: DoneSpread): string {
  const [low, high] = [percentText(least), percentText(most)];
  const range = low === high ? [] : [`${withoutUnitOf(high, low)} to ${high}`];
  return withNotes(percentText(median), [...range, ...seedsNote(spread)]);
}

/** The median alone, where there is no room for the range: `3.2 h`, or `3.2 h (2 of 3 seeds)`. */
export function medianText(spread: FigureSpread | null, format: FigureFormat): string {
  return spread === null ? "missing" : withNotes(figureText(spreadPart(spread, "median"), format), seedsNote(spread));
}

/** What belongs beside a median: its range, and how many seeds it is of where that is not all. */
export function spreadNotes(spread: FigureSpread, format: FigureFormat): readonly string[] {
  const range = rangeText(spreadPart(spread, "least"), spreadPart(spread, "most"), format);
  return [...(range === "" ? [] : [range]), ...seedsNote(spread)];
}

/** A number of some seeds alone must not be taken for one of all. */
function seedsNote({ from, of }: FigureSpread): readonly string[] {
  return from === 0 || from === of ? [] : [`${from} of ${of} seeds`];
}

function withNotes(text: string, notes: readonly string[]): string {
  return notes.length === 0 ? text : `${text} (${notes.join("; ")})`;
}

/** `3.1 to 3.4 h`; "" where both are the same, or seem to be. */
export function rangeText(low: FigureOfPlan, high: FigureOfPlan, format: FigureFormat): string {
  const [lowText, highText] = [figureText(low, format), figureText(high, format)];
  if (lowText === highText) return "";
  // From a time to a share would be no range.
  if (typeof low.value === "number" && high.value === "not reached") return `${lowText}, or ${highText}`;
  return `${withoutUnitOf(highText, lowText)} to ${highText}`;
}

/** `3.1` of `3.1 h` before `3.4 h`: a unit, or words, that both have are said once. */
function withoutUnitOf(other: string, text: string): string {
  const unit = / \D+$/.exec(text)?.[0] ?? "";
  return /^[\d.,]+ \D+$/.test(text) && unit !== "" && other.endsWith(unit) ? text.slice(0, -unit.length) : text;
}
