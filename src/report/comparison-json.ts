/** `compare.json`: the comparison as it is, for programs. */
import type { Comparison } from "../measure/comparison.ts";
import { jsonText } from "./json-report.ts";

/** The text of `compare.json`. */
export function comparisonJson(comparison: Comparison): string {
  return jsonText(comparison);
}
