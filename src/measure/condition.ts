/** What is to hold of a run, on any figure: `completion.p(95) < 6h`, `peak.downloads <= 5000`, `cost < 2000`. */
import { unreachable } from "../base/assert.ts";
import { type Figure, type FigureUnit, type FigureValue, parseFigure } from "./figures.ts";
import { comparedIn, parseCompared } from "./left-side.ts";
import type { RunOrMissing } from "./planned-run.ts";
import { type Comparison, type KnownNames, type ThresholdMistake, UNIT_US } from "./threshold.ts";
import { compare } from "./threshold-check.ts";

/** One condition, ready to be judged. */
export interface Condition {
  /** As the user wrote it. */
  readonly text: string;
  readonly figure: Figure;
  readonly comparison: Comparison;
  /** In the figure's unit. */
  readonly limit: number;
}

const EXAMPLE = "completion.p(95) < 6h, outcome.success.rate >= 99%, peak.downloads <= 5000";

/** Reads a condition. Every mistake of it, or the condition. */
export function parseCondition(text: string, known: KnownNames): Condition | readonly ThresholdMistake[] {
  const compared = comparedIn(text);
  if (compared === undefined)
    return [
      { in: "expression", seen: `"${text}"`, expected: `must compare a figure with a limit, such as ${EXAMPLE}` },
    ];
  const figure = parseFigure(compared.left, known);
  if (!("from" in figure)) return figure;
  const { comparison } = compared;
  if (figure.from.kind === "result") {
    const limit = limitOf(compared.limit, figure.unit);
    if (limit !== undefined) return { text, figure, comparison, limit };
    const expected = `must compare ${figure.name} with ${LIMITS[figure.unit]}`;
    return [{ in: "expression", seen: `"${text}"`, expected }];
  }
  const threshold = parseCompared(compared, known);
  return "on" in threshold ? { text, figure, comparison, limit: threshold.limit } : threshold;
}

/** Whether it holds; undefined where there is nothing to judge. What was never reached keeps no limit. */
export function holds(
  { comparison, limit }: Pick<Condition, "comparison" | "limit">,
  value: FigureValue,
): boolean | undefined {
  if (typeof value === "number") return compare(value, comparison, limit);
  return value === "not reached" ? false : undefined;
}

/** Whether it holds in all runs; undefined where one is missing, not to be used, or has nothing to judge. */
export function holdsInAll(
  condition: Pick<Condition, "comparison" | "limit">,
  runs: readonly RunOrMissing[],
): boolean | undefined {
  const each = runs.map((run) => {
    if (!("verdict" in run) || run.verdict === "invalid" || run.verdict === "incomplete") return undefined;
    return holds(condition, run.figures[0] ?? "not told");
  });
  return each.includes(undefined) ? undefined : each.every((one) => one === true);
}

const LIMITS: Readonly<Record<FigureUnit, string>> = {
  us: "a duration such as 6h",
  share: "a share such as 99%",
  count: "a whole number",
  perSecond: "a rate such as 500/s",
  bytes: "a volume such as 20GiB",
  bytesPerSecond: "a rate of bytes such as 100MB/s",
  money: "an amount without a currency, such as 2000",
};

const BYTES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    B: 1,
    KB: 1e3,
    MB: 1e6,
    GB: 1e9,
    TB: 1e12,
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
    TiB: 2 ** 40,
  }),
);

/** The limit of a figure that is taken of the result as it is. */
function limitOf(text: string, unit: FigureUnit): number | undefined {
  const [, digits = "", rest = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-zµ/%]*)$/.exec(text.trim()) ?? [];
  if (digits === "") return undefined;
  const value = Number(digits);
  switch (unit) {
    case "count":
      return rest === "" && Number.isSafeInteger(value) ? value : undefined;
    case "money":
      return rest === "" ? value : undefined;
    case "perSecond":
      return rest === "/s" ? value : undefined;
    case "bytes":
      return scaled(value, BYTES.get(rest));
    case "bytesPerSecond":
      return rest.endsWith("/s") ? scaled(value, BYTES.get(rest.slice(0, -2))) : undefined;
    case "us":
      return scaled(value, UNIT_US.get(rest));
    case "share":
      return shareLimit(value, rest);
    default:
      return unreachable(unit);
  }
}

function shareLimit(value: number, unit: string): number | undefined {
  const share = unit === "%" ? value / 100 : value;
  return (unit === "" || unit === "%") && share <= 1 ? share : undefined;
}

function scaled(value: number, size: number | undefined): number | undefined {
  return size === undefined ? undefined : value * size;
}
