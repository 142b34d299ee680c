/** Tables of `inspect`: columns without rules, numbers to the right. */
import Table from "cli-table3";

/** Lines of a table, indented by two; a column of numbers alone is set right. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d,.]+( %)?$/.test(row[column] ?? "")));
  const table = new Table({
    head: [...head],
    colAligns: isNumber.map((right) => (right ? "right" : "left")),
    style: { head: [], border: [], "padding-left": 1, "padding-right": 1 },
    chars: NO_LINES,
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => ` ${line.trimEnd()}`);
}

// Without rules the columns need no more than their words, and screen readers read no dashes.
const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
} as const;
