/** What `inspect` says of a cohort that comes from a file: whatever the file says, counted, the texts made harmless. */
import { counted, countText, shareText } from "../report/count-text.ts";
import { durationText } from "../report/duration-text.ts";
import type { Painter } from "../report/painter.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { wrapped } from "../report/text-wrapping.ts";
import type { FleetMakeUp, WordCount } from "../scenario/fleet-make-up.ts";

/** Different words of a column beyond these are in `--json`. */
export const WORDS_SHOWN_MAX = 8;

export function fleetFileLines(fleet: FleetMakeUp, paint: Painter): string[] {
  const { cohort, file, nodes, rowsInFile, gone, goneAfterUs } = fleet;
  const size =
    nodes === rowsInFile
      ? counted(nodes, "row")
      : `${countText(nodes)} of ${counted(rowsInFile, "row")}, drawn by the seed`;
  const columns: readonly (readonly [name: string, words: readonly WordCount[]])[] = [
    ["runs", fleet.runs],
    ["hardware", fleet.hardware],
    ["zones", fleet.zones],
    ["links", fleet.links],
    ["last seen", fleet.lastSeen],
  ];
  return [
    `${paint.strong(`Cohort ${harmlessLine(cohort, 40)} from ${harmlessLine(file, 80)}`)}  ${size}`,
    ...columns.flatMap(([name, words]) => columnLines(name, words, nodes)),
    ...(goneAfterUs === null
      ? []
      : [
          `  gone       ${counted(gone, "node")} (${shareText(gone, nodes)}) unseen for more than ${durationText(goneAfterUs)}: they never come online`,
        ]),
  ];
}

/** Nothing where no row says anything. */
function columnLines(name: string, words: readonly WordCount[], nodes: number): string[] {
  if (words.every(({ word }) => word === "")) return [];
  const shown = words.slice(0, WORDS_SHOWN_MAX).map((each) => {
    const word = each.word === "" ? "not said" : harmlessLine(each.word, 70);
    return `${word} ${countText(each.nodes)} (${shareText(each.nodes, nodes)})`;
  });
  const more = words.length - shown.length;
  const text = `${shown.join(", ")}${more > 0 ? `, and ${countText(more)} more` : ""}`;
  return wrapped(text, "  ", `${name.padEnd(9)}  `);
}
