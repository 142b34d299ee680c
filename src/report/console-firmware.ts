/** What the nodes run at the end, in a terminal: only of several jobs, as of one the outcomes say it. */
import type { RunResult } from "../measure/run-result.ts";
import { countText, counted, shareText } from "./count-text.ts";
import { firmwareRows } from "./firmware-words.ts";
import type { Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { harmlessLine } from "./text-cleaning.ts";
import { wrapped } from "./text-wrapping.ts";
import { isOverJobs } from "./update-words.ts";

export function consoleFirmware(result: RunResult, { paint, columns }: Terminal): string[] {
  if (!isOverJobs(result)) return [];
  const all = result.populations.nodes;
  const rows = firmwareRows(result).map(({ firmware, jobs, nodes }) => [
    harmlessLine(firmware),
    harmlessLine(jobs),
    countText(nodes),
    shareText(nodes, all),
  ]);
  const table = plainTable(["", "of job", "nodes", "share"], rows);
  const fits = table.every((line) => line.length <= columns);
  const paragraphs = (): string[] =>
    rows.flatMap(([firmware = "", jobs = "", ...numbers]) =>
      wrapped([firmware, ...(jobs === "" ? [] : [`of ${jobs}`]), ...numbers].join(", "), "  ", "- ", columns),
    );
  const words = `what the ${counted(all, "node")} run at the end, each counted once`;
  return [
    ...(words.length + 10 <= columns
      ? [`${paint.strong("Firmware")}  ${words}`]
      : [paint.strong("Firmware"), ...wrapped(words, "  ", "", columns)]),
    ...(fits ? table : paragraphs()),
  ];
}
