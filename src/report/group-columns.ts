/** The columns of tables by cohort and by zone, where a cell is a text: in the terminal and in Markdown. */
import { type Outcome } from "../measure/outcome-class.ts";
import type { GroupResult } from "../measure/run-result.ts";
import { countText, shareText } from "./count-text.ts";
import { percentileText } from "./duration-text.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS } from "./outcome-words.ts";

/** One column. The name of the group is none of them: it may be anybody's text. */
export interface GroupColumn {
  /** Short, for a terminal. */
  readonly head: string;
  /** Whole, for a page; left out where it is the same. */
  readonly longHead?: string;
  readonly cell: (group: GroupResult) => string;
  /** Says nothing of a group that has none; a table shows it all the same. */
  readonly isOutcome?: boolean;
}

/**
 * Nodes, success, each other outcome that any of the groups has (or all of them in one), and completion.
 *
 * @param targets what a group's targets are: its nodes; with several jobs updates, more than it has nodes; of a group
 * that is a job, what it targets
 */
export function groupColumns(
  groups: readonly GroupResult[],
  targets: "nodes" | "updates" | "targeted",
  others: "each" | "in one" = "each",
): readonly GroupColumn[] {
  const present = OUTCOME_ORDER.filter(
    (outcome) => outcome !== "success" && groups.some(({ outcomes }) => outcomes[outcome] > 0),
  );
  return [
    ...(targets === "targeted" ? [] : [{ head: "nodes", cell: ({ nodes }: GroupResult) => countText(nodes) }]),
    ...(targets === "nodes"
      ? []
      : [{ head: targets, cell: ({ outcomes }: GroupResult) => countText(outcomes.targeted) }]),
    { head: "success", cell: ({ outcomes }) => shareText(outcomes.success, outcomes.targeted) },
    ...(others === "each" ? present.map(outcomeColumn) : [OTHERS]),
    { head: "p50", longHead: "completion p50", cell: ({ completion }) => percentileText(completion.p50) },
    { head: "p95", longHead: "completion p95", cell: ({ completion }) => percentileText(completion.p95) },
  ];
}

const OTHERS: GroupColumn = {
  head: "others",
  longHead: "other outcomes",
  cell: ({ outcomes }) => countText(outcomes.targeted - outcomes.success),
};

function outcomeColumn(outcome: Outcome): GroupColumn {
  return { head: OUTCOME_WORDS[outcome].label, isOutcome: true, cell: ({ outcomes }) => countText(outcomes[outcome]) };
}
