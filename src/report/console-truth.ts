/** The truth matrix in a terminal: a table where it fits into 80 columns, a list of its cells where it does not. */
import { BELIEFS, type Belief } from "../base/belief.ts";
import Table from "cli-table3";
import { type Outcome } from "../measure/outcome-class.ts";
import type { TruthResult } from "../measure/run-result.ts";
import { countText, counted } from "./count-text.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS } from "./outcome-words.ts";
import type { Painter } from "./painter.ts";
import { visible } from "./text-cleaning.ts";
import { COLUMNS, wrapped } from "./text-wrapping.ts";
import { isAnyBeliefKnown, TRUTH_CELL_WORDS, truthCellOf } from "./truth-cell.ts";

export function consoleTruth(truth: TruthResult, paint: Painter): string[] {
  const rows = OUTCOME_ORDER.filter((outcome) => BELIEFS.some((belief) => truth.matrix[outcome][belief] > 0));
  const beliefs = BELIEFS.filter((belief) => OUTCOME_ORDER.some((outcome) => truth.matrix[outcome][belief] > 0));
  if (rows.length === 0) return [];
  const drawn = tableLines(truth, rows, beliefs);
  const fits = drawn.every((line) => line.length <= COLUMNS);
  return [
    `${paint.strong("Truth")}  rows: what nodes run; columns: what the backend believes`,
    ...(fits ? drawn : cellLines(truth, rows)),
    ...totals(truth, paint),
  ];
}

/** Cells that are wrong or unaware are marked, so that they can be told without colour. */
function cellText(truth: TruthResult, outcome: Outcome, belief: Belief): string {
  const count = truth.matrix[outcome][belief];
  const kind = truthCellOf(outcome, belief);
  const sign = count === 0 ? "" : kind === "wrong" ? "✕ " : kind === "unaware" ? "? " : "";
  return count === 0 ? "·" : `${sign}${countText(count)}`;
}

function tableLines(truth: TruthResult, rows: readonly Outcome[], beliefs: readonly Belief[]): string[] {
  const lines = new Table({
    head: ["", ...beliefs.map(visible)],
    colAligns: ["left", ...beliefs.map(() => "right" as const)],
    style: { head: [], border: [], "padding-left": 1, "padding-right": 1 },
    chars: NO_LINES,
  });
  for (const outcome of rows) {
    lines.push([OUTCOME_WORDS[outcome].label, ...beliefs.map((belief) => cellText(truth, outcome, belief))]);
  }
  return lines
    .toString()
    .split("\n")
    .map((line) => ` ${line.trimEnd()}`);
}

// Without rules the columns need no more than their words, and screen readers read no dashes.
const LINES = ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
  ["", "-mid", "-left", "-right"].map((part) => `${side}${part}`),
);
const NO_LINES = Object.fromEntries([...LINES, "middle"].map((name) => [name, ""]));

function cellLines(truth: TruthResult, rows: readonly Outcome[]): string[] {
  return rows.flatMap((outcome) =>
    BELIEFS.filter((belief) => truth.matrix[outcome][belief] > 0).map((belief) => {
      const kind = TRUTH_CELL_WORDS[truthCellOf(outcome, belief)].label;
      return `  ${OUTCOME_WORDS[outcome].label.padEnd(12)} believed ${belief.padEnd(12)} ${cellText(truth, outcome, belief).padStart(12)}  ${kind}`;
    }),
  );
}

function totals(
  { matrix, falseSuccess, misled, unreported, installedAfterCancel }: TruthResult,
  paint: Painter,
): string[] {
  const line = (text: string, colour: (text: string) => string): string[] => wrapped(text, "  ").map(colour);
  return [
    ...(!isAnyBeliefKnown(matrix)
      ? line("what the backend believes is not known: a false success would not be seen", paint.warn)
      : falseSuccess === 0
        ? line("no false success", paint.good)
        : line(
            `${counted(falseSuccess, "false success", "false successes")}: on record as success, but the image does not run and the node never said so`,
            paint.bad,
          )),
    ...(misled === 0
      ? []
      : line(`${countText(misled)} misled: the node said success and does not run the image`, paint.warn)),
    ...(unreported === 0
      ? []
      : line(`${countText(unreported)} unreported: run the image, their last word was lost`, paint.warn)),
    ...(installedAfterCancel === 0
      ? []
      : line(`${countText(installedAfterCancel)} installed after the cancel`, paint.warn)),
  ];
}
