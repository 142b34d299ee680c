/**
 * Cohorts, zones and jobs in a terminal: a table of all outcomes where it fits, else one in which success stands alone, else
 * a paragraph for each.
 */
import type { GroupResult } from "../measure/run-result.ts";
import { counted } from "./count-text.ts";
import { groupColumns } from "./group-columns.ts";
import type { Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { harmlessLine } from "./text-cleaning.ts";
import { wrapped } from "./text-wrapping.ts";

/** Groups beyond these are in the report: there may be four hundred zones. */
export const GROUPS_SHOWN_MAX = 20;

const TITLES = { cohort: "Cohorts", zone: "Zones", job: "Jobs" } as const;

/**
 * @param one what a group is
 * @param isOverJobs whether each node counts once for every job
 */
export function consoleGroups(
  one: keyof typeof TITLES,
  groups: readonly GroupResult[],
  isOverJobs: boolean,
  { paint, columns }: Terminal,
): string[] {
  if (groups.length === 0) return [];
  const shown = groups.slice(0, GROUPS_SHOWN_MAX);
  const more = groups.length - shown.length;
  const targets = one === "job" ? "targeted" : isOverJobs ? "updates" : "nodes";
  const parts = groupColumns(groups, targets);
  const name = (group: GroupResult): string => harmlessLine(group.name, 40);
  const tables = [parts, groupColumns(groups, targets, "in one")].map((kept) =>
    plainTable(
      ["", ...kept.map(({ head }) => head)],
      shown.map((group) => [name(group), ...kept.map(({ cell }) => cell(group))]),
    ),
  );
  const table = tables.find((lines) => lines.every((line) => line.length <= columns));
  const paragraphs = (): string[] =>
    shown.flatMap((group) => [
      ...wrapped(name(group), "  ", "", columns),
      ...wrapped(
        parts
          .filter(({ isOutcome, cell }) => isOutcome !== true || cell(group) !== "0")
          .map(({ head, longHead, cell }) => `${longHead ?? head} ${cell(group)}`)
          .join(", "),
        "    ",
        "",
        columns,
      ),
    ]);
  const title = TITLES[one];
  return [
    table === undefined ? paint.strong(title) : `${paint.strong(title)}  p50 and p95: of completion`,
    ...(table ?? paragraphs()),
    ...(more > 0 ? [`  and ${counted(more, `more ${one}`)}, see the report`] : []),
  ];
}
