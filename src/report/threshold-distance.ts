/** How far a threshold was from its limit, in words. */
import type { ThresholdResult } from "../measure/run-result.ts";
import { countText, percentText, significantText } from "./count-text.ts";
import { durationText } from "./duration-text.ts";

/** A value in a threshold's own unit. */
function thresholdValueText(value: number, unit: ThresholdResult["unit"]): string {
  if (unit === "us") return durationText(value);
  return unit === "share" ? percentText(value) : countText(value);
}

/** `1 point`, `2.5 points`: of a percentage. */
function pointsText(points: number): string {
  const text = significantText(points);
  return `${text} ${text === "1" ? "point" : "points"}`;
}

/** What came out: `28.9 h`, or why there is nothing. */
export function actualText({ actual, unit, verdict }: ThresholdResult): string {
  if (actual !== null) return thresholdValueText(actual, unit);
  return verdict === "failed" ? "not reached" : "nothing to judge";
}

/** How far off: `1.1 h below the limit (3.7 % of it)`; a dash where there is nothing to compare. */
export function distanceText({ difference, limit, unit }: ThresholdResult): string {
  if (difference === null) return "–";
  if (difference === 0) return "at the limit";
  const size = Math.abs(difference);
  const far = unit === "share" ? pointsText(size * 100) : thresholdValueText(size, unit);
  const part = limit > 0 ? ` (${significantText((size / limit) * 100)} % of it)` : "";
  return `${far} ${difference < 0 ? "below" : "above"} the limit${part}`;
}
