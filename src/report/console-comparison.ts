/** What a person reads in the terminal of a comparison: what it comes to, and the numbers side by side. */
import type { Comparison, ComparisonVerdict } from "../measure/comparison.ts";
import type { CountDifference } from "../measure/run-difference.ts";
import {
  allowedText,
  comparisonWord,
  completionDistanceText,
  countDifferenceText,
  countName,
  CURVE_WORDS,
  hasNumber,
  peakText,
  percentileTexts,
  runText,
  scenarioText,
  shareDifferenceText,
} from "./comparison-words.ts";
import { countText } from "./count-text.ts";
import { readableSentence } from "./duration-text.ts";
import type { Painter, Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { harmlessLine } from "./text-cleaning.ts";
import { wrapped } from "./text-wrapping.ts";

const PAINT: Readonly<Record<ComparisonVerdict, keyof Painter>> = {
  within: "good",
  beyond: "bad",
  "not judged": "strong",
};

/** Percentiles that a terminal has room for; the page has all. */
const SHOWN = new Set(["p50", "p95"]);

/** At real time no clock is compressed. */
function unusableText({ first, second }: Comparison): string {
  const compressed = [first, second].some(({ speed }) => speed > 1) ? ", or its clock compressed too hard" : "";
  return `not to be used in one of the runs: its generator was late${compressed}`;
}

/** Lines of the whole summary. */
export function consoleComparison(comparison: Comparison, terminal: Terminal): readonly string[] {
  const { paint, columns } = terminal;
  const { verdict, first, second, remarks } = comparison;
  const named = first.name === second.name ? first.name : `${first.name} / ${second.name}`;
  const title = `${comparisonWord(comparison).label.toUpperCase()}  ${harmlessLine(named, 60)}`;
  const sentences = (text: string, bullet: string): string[] =>
    wrapped(harmlessLine(readableSentence(text)), "  ", bullet, columns);
  const blocks = [
    [
      paint.strong(paint[PAINT[verdict]](title)),
      ...[first, second].flatMap((run, place) => [
        `  ${place === 0 ? "first " : "second"}  ${harmlessLine(run.folder)}`,
        ...wrapped(runText(run), "          ", "", columns).map(paint.quiet),
      ]),
      ...sentences(scenarioText(comparison), ""),
      ...remarks.flatMap((remark) => sentences(remark, "! ")).map(paint.warn),
    ],
    limits(comparison, terminal),
    counts("Outcomes", comparison.outcomes, comparison.targeted, terminal),
    percentiles(comparison, terminal),
    peaks(comparison, terminal),
    counts("Counts", comparison.counts, undefined, terminal),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block) => ["", ...block]);
}

function limits({ limits: all, reasons }: Comparison, { paint, columns }: Terminal): string[] {
  if (all.length === 0) return reasons.flatMap((reason) => wrapped(harmlessLine(reason), "  ", "- ", columns));
  const held = all.filter(({ isHeld }) => isHeld).length;
  const others = reasons.filter((reason) => !all.some(({ because }) => because === reason));
  return [
    `${paint.strong("Limits")}  ${held} of ${all.length} held`,
    ...others.flatMap((reason) => wrapped(harmlessLine(reason), "  ", "✕ ", columns)).map(paint.bad),
    ...all.flatMap((limit) => {
      const { what, actual, isHeld, because } = limit;
      const apart = `${what}: ${shareDifferenceText(actual)}, ${allowedText(limit)} allowed`;
      const told = isHeld ? apart : harmlessLine(readableSentence(because));
      return wrapped(told, "  ", isHeld ? "✓ " : "✕ ", columns).map(isHeld ? paint.good : paint.bad);
    }),
  ];
}

function counts(
  title: string,
  rows: readonly CountDifference[],
  whole: CountDifference | undefined,
  { paint }: Terminal,
): string[] {
  const shown = [...(whole === undefined ? [] : [whole]), ...rows].filter(({ first, second }) => first + second > 0);
  if (shown.length === 0) return [];
  const lines = plainTable(
    ["", "first", "second", "difference"],
    shown.map((row) => [countName(row), countText(row.first), countText(row.second), countDifferenceText(row)]),
  );
  return [paint.strong(title), ...lines];
}

function percentiles(comparison: Comparison, { paint, columns }: Terminal): string[] {
  const rows = comparison.percentiles.filter((row) => hasNumber(row) && SHOWN.has(row.percentile));
  if (rows.length === 0) return [];
  const cannot = rows.some(({ unusableBecause }) => unusableBecause !== "");
  const distance = completionDistanceText(comparison);
  return [
    paint.strong("Percentiles"),
    ...plainTable(
      ["", "first", "second", "difference"],
      rows.map((row) => [
        `${row.metric} ${row.percentile}${row.unusableBecause === "" ? "" : " !"}`,
        ...percentileTexts(row),
      ]),
    ),
    ...(cannot ? wrapped(unusableText(comparison), "  ", "! ", columns) : []),
    ...(distance === "" ? [] : wrapped(distance, "  ", "", columns)),
  ];
}

function peaks({ peaks: rows, timelines }: Comparison, { paint }: Terminal): string[] {
  const seconds = timelines.bucketUs / 1_000_000;
  const lines = plainTable(
    ["", "first", "second", "difference"],
    rows.map((row) => [
      CURVE_WORDS[row.name] ?? row.name,
      peakText(row, row.first),
      peakText(row, row.second),
      shareDifferenceText(row.share),
    ]),
  );
  return [`${paint.strong("Peaks")}  over ${countText(seconds)} s of fleet time`, ...lines];
}
