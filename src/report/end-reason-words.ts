/** Why updates did not get there, and what the backend has on record of them. */
import { BELIEFS } from "../base/belief.ts";
import type { Outcome } from "../measure/outcome-class.ts";
import type { EndReasonCount, RunResult } from "../measure/run-result.ts";
import { countText } from "./count-text.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS } from "./outcome-words.ts";

/** What the backend has on record of those of a reason: `rejected`, or `10 rejected, 2 in-progress`; "" = not known. */
export function onRecordText({ beliefs }: EndReasonCount): string {
  const told = BELIEFS.filter((belief) => (beliefs[belief] ?? 0) > 0);
  if (told.length === 0 || (told.length === 1 && told[0] === "unknown")) return "";
  return told.length === 1
    ? (told[0] ?? "")
    : told.map((belief) => `${countText(beliefs[belief] ?? 0)} ${belief}`).join(", ");
}

/** `boot loop: 12, on record as rejected`. */
export function endReasonText(row: EndReasonCount): string {
  const onRecord = onRecordText(row);
  return `${row.reason}: ${countText(row.count)}${onRecord === "" ? "" : `, on record as ${onRecord}`}`;
}

/** All reasons of an outcome that say anything. */
export function reasonsOf({ endReasons }: Pick<RunResult, "endReasons">, of: Outcome): readonly EndReasonCount[] {
  return endReasons.filter(({ outcome, reason }) => outcome === of && reason !== "");
}

/** `rolled back: boot loop: 12, on record as rejected; ...`, an outcome a text. */
export function endReasonTexts(result: Pick<RunResult, "endReasons">): readonly string[] {
  return OUTCOME_ORDER.flatMap((outcome) => {
    const reasons = reasonsOf(result, outcome);
    return reasons.length === 0 ? [] : [`${OUTCOME_WORDS[outcome].label}: ${reasons.map(endReasonText).join("; ")}`];
  });
}
