/** Figures of sweeps and searches for people. */
import { unreachable } from "../base/assert.ts";
import type { FigureSpread } from "../measure/figure-spread.ts";
import type { FigureName, FigureValue } from "../measure/figures.ts";
import { moneyText } from "./cost-words.ts";
import { bytesText, countText, percentText, significantText } from "./count-text.ts";
import { durationText } from "./duration-text.ts";

/** What a figure's numbers look like. */
export interface FigureFormat extends Pick<FigureName, "unit"> {
  readonly currency: string;
}

/** A number in a figure's unit. */
export function numberText(value: number, { unit, currency }: FigureFormat): string {
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
      return bytesText(value);
    case "bytesPerSecond":
      return `${bytesText(value)}/s`;
    case "money":
      return moneyText(value, currency);
    default:
      return unreachable(unit);
  }
}

/** A figure's value, or the words for why there is none. */
export function figureText(value: FigureValue, format: FigureFormat): string {
  return typeof value === "number" ? numberText(value, format) : value;
}

/** `3.2 h`, or with its range where seeds differ: `3.2 h (3.1 to 3.4 h; 2 of 3 seeds)`. */
export function spreadText(spread: FigureSpread | null, format: FigureFormat): string {
  return spread === null ? "missing" : withNotes(figureText(spread.median, format), spreadNotes(spread, format));
}

/** The median alone, where there is no room for the range: `3.2 h`, or `3.2 h (2 of 3 seeds)`. */
export function medianText(spread: FigureSpread | null, format: FigureFormat): string {
  return spread === null ? "missing" : withNotes(figureText(spread.median, format), seedsNote(spread));
}

/** What belongs beside a median: its range, and how many seeds it is of where that is not all. */
export function spreadNotes(spread: FigureSpread, format: FigureFormat): readonly string[] {
  const range = rangeText(spread, format);
  return [...(range === "" ? [] : [range]), ...seedsNote(spread)];
}

/** A number of some seeds alone must not be taken for one of all. */
function seedsNote({ from, of }: FigureSpread): readonly string[] {
  return from === 0 || from === of ? [] : [`${from} of ${of} seeds`];
}

function withNotes(text: string, notes: readonly string[]): string {
  return notes.length === 0 ? text : `${text} (${notes.join("; ")})`;
}

/** `3.1 to 3.4 h`; "" where the seeds agree, or seem to. */
export function rangeText({ least, most }: Pick<FigureSpread, "least" | "most">, format: FigureFormat): string {
  const [low, high] = [figureText(least, format), figureText(most, format)];
  return low === high ? "" : `${withoutUnitOf(high, low)} to ${high}`;
}

/** `3.1` of `3.1 h` before `3.4 h`: a unit that both have is said once. */
function withoutUnitOf(other: string, text: string): string {
  const unit = / \S+$/.exec(text)?.[0] ?? "";
  return /^[\d.,]+ \S+$/.test(text) && unit !== "" && other.endsWith(unit) ? text.slice(0, -unit.length) : text;
}
