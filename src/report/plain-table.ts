/**
 * A table for a terminal. Without rules its columns need no more room than their words, and screen readers read no
 * dashes.
 */
import Table from "cli-table3";
import { visible } from "./text-cleaning.ts";

/** Lines of a table: the first column flush left, the others right. Cells are one line each, and harmless already. */
export function plainTable(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = new Table({
    head: heads.map(visible),
    colAligns: heads.map((_, place) => (place === 0 ? ("left" as const) : ("right" as const))),
    style: { head: [], border: [], "padding-left": 1, "padding-right": 1 },
    chars: NO_LINES,
  });
  for (const row of rows) lines.push([...row]);
  return lines
    .toString()
    .split("\n")
    .map((line) => ` ${line.trimEnd()}`);
}

const LINES = ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
  ["", "-mid", "-left", "-right"].map((part) => `${side}${part}`),
);
const NO_LINES = Object.fromEntries([...LINES, "middle"].map((name) => [name, ""]));
