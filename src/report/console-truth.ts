/** The truth matrix in a terminal: a table where it fits into 80 columns, a list of its cells where it does not. */
import { BELIEFS, type Belief } from "../base/belief.ts";
import { type Outcome } from "../measure/outcome-class.ts";
import type { TruthResult } from "../measure/run-result.ts";
import { countText, counted } from "./count-text.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS } from "./outcome-words.ts";
import type { Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { wrapped } from "./text-wrapping.ts";
import { isAnyBeliefKnown, TRUTH_CELL_WORDS, truthCellOf } from "./truth-cell.ts";

export function consoleTruth(truth: TruthResult, terminal: Terminal): string[] {
  const rows = OUTCOME_ORDER.filter((outcome) => BELIEFS.some((belief) => truth.matrix[outcome][belief] > 0));
  const beliefs = BELIEFS.filter((belief) => OUTCOME_ORDER.some((outcome) => truth.matrix[outcome][belief] > 0));
  if (rows.length === 0) return [];
  const drawn = tableLines(truth, rows, beliefs);
  const fits = drawn.every((line) => line.length <= terminal.columns);
  return [
    ...heading(fits, terminal),
    ...(fits ? drawn : cellLines(truth, rows, terminal.columns)),
    ...totals(truth, terminal),
  ];
}

function heading(isTable: boolean, { paint, columns }: Terminal): string[] {
  if (!isTable) return [paint.strong("Truth")];
  const words = "rows: what nodes run; columns: what the backend believes";
  const line = `Truth  ${words}`;
  return line.length <= columns
    ? [`${paint.strong("Truth")}  ${words}`]
    : [paint.strong("Truth"), ...wrapped(words, "  ", "", columns)];
}

/** Cells that are wrong or unaware are marked, so that they can be told without colour. */
function cellText(truth: TruthResult, outcome: Outcome, belief: Belief): string {
  const count = truth.matrix[outcome][belief];
  const kind = truthCellOf(outcome, belief);
  const sign = count === 0 ? "" : kind === "wrong" ? "✕ " : kind === "unaware" ? "? " : "";
  return count === 0 ? "·" : `${sign}${countText(count)}`;
}

function tableLines(truth: TruthResult, rows: readonly Outcome[], beliefs: readonly Belief[]): readonly string[] {
  return plainTable(
    ["", ...beliefs],
    rows.map((outcome) => [OUTCOME_WORDS[outcome].label, ...beliefs.map((belief) => cellText(truth, outcome, belief))]),
  );
}

function cellLines(truth: TruthResult, rows: readonly Outcome[], columns: number): string[] {
  return rows.flatMap((outcome) =>
    BELIEFS.filter((belief) => truth.matrix[outcome][belief] > 0).flatMap((belief) => {
      const { label } = OUTCOME_WORDS[outcome];
      const kind = TRUTH_CELL_WORDS[truthCellOf(outcome, belief)].label;
      const cell = cellText(truth, outcome, belief);
      const line = `  ${label.padEnd(12)} believed ${belief.padEnd(12)} ${cell.padStart(12)}  ${kind}`;
      return line.length <= columns
        ? [line]
        : wrapped(`${label}, believed ${belief}: ${cell}, ${kind}`, "  ", "- ", columns);
    }),
  );
}

function totals(
  { matrix, falseSuccess, misled, disbelieved, unreported, installedAfterCancel }: TruthResult,
  { paint, columns }: Terminal,
): string[] {
  const line = (text: string, colour: (text: string) => string): string[] =>
    wrapped(text, "  ", "", columns).map(colour);
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
    ...(disbelieved === 0
      ? []
      : line(
          `${countText(disbelieved)} disbelieved: said success and were acknowledged, and the backend has something else on record`,
          paint.warn,
        )),
    ...(unreported === 0
      ? []
      : line(`${countText(unreported)} unreported: run the image, their last word was lost`, paint.warn)),
    ...(installedAfterCancel === 0
      ? []
      : line(`${countText(installedAfterCancel)} installed after the cancel`, paint.warn)),
  ];
}
