/** Thresholds in one text, and their left sides alone: `completion{cohort:homes}.p(95)`, `outcome.rolledBack.rate`. */
import {
  type Comparison,
  type KnownNames,
  parseThreshold,
  type Threshold,
  type ThresholdMistake,
} from "./threshold.ts";

// Metrics have dots in their names, so what is taken of one stands behind the last dot outside of brackets.
const LEFT = /^(.*)\.\s*(p\([^)]*\)|avg|min|med|max|count|rate)$/;

/** A comparison of a whole text: what stands left of it, the sign, and the limit as written. */
export interface Compared {
  readonly left: string;
  readonly comparison: Comparison;
  readonly limit: string;
}

/** Takes `completion.p(95) < 6h` apart; undefined where nothing is compared. */
export function comparedIn(text: string): Compared | undefined {
  const [, left = "", sign = "", limit = ""] = /^(.*?)\s*(<=|>=|===?|!==?|<|>)\s*(.*)$/.exec(text.trim()) ?? [];
  if (left === "" || limit === "") return undefined;
  return { left, comparison: (sign.length === 3 ? sign.slice(0, 2) : sign) as Comparison, limit };
}

/** Whether a text is meant as the left side of a threshold: it ends in what is taken of a metric. */
export function isLeftSide(text: string): boolean {
  return LEFT.test(text.trim());
}

/**
 * Reads a left side as a threshold whose limit means nothing; `valueOf` says what it comes to.
 * Every mistake of it, or the threshold.
 */
export function parseLeftSide(text: string, known: KnownNames): Threshold | readonly ThresholdMistake[] {
  return parseWhole(text, undefined, known);
}

/** Reads a threshold that is written in one text. Every mistake of it, or the threshold. */
export function parseCompared(
  { left, ...right }: Compared,
  known: KnownNames,
): Threshold | readonly ThresholdMistake[] {
  return parseWhole(left, right, known);
}

function parseWhole(
  text: string,
  right: Omit<Compared, "left"> | undefined,
  known: KnownNames,
): Threshold | readonly ThresholdMistake[] {
  const [, metric = "", taken = ""] = LEFT.exec(text.trim()) ?? [];
  if (metric === "") {
    const expected = "must be a metric and what is taken of it, such as completion.p(95) or outcome.success.rate";
    return [{ in: "expression", seen: `"${text}"`, expected }];
  }
  if (right !== undefined) return parseThreshold(metric, `${taken}${right.comparison}${right.limit}`, known);
  // Any limit of the right kind will do; of two kinds that could be meant the one that is not refused.
  const first = parseThreshold(metric, `${taken}<1`, known);
  const parsed = "on" in first ? first : parseThreshold(metric, `${taken}<1s`, known);
  if ("on" in parsed) return parsed;
  return parsed.map((mistake) => (mistake.in === "metric" ? mistake : { ...mistake, seen: `"${text}"` }));
}
