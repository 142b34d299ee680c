/** What a cell of the truth matrix means: whether what a node runs and what the backend has on record agree. */
import type { Belief } from "../base/belief.ts";
import { unreachable } from "../base/assert.ts";
import type { Outcome } from "../measure/outcome-class.ts";
import type { TruthResult } from "../measure/run-result.ts";
import type { Word } from "./outcome-words.ts";

/**
 * `wrong`: success is on record and the node does not run the image. These are the false successes and the misled,
 * whom the counts of `TruthResult` tell apart; a confirmed image that fell back later stays in the success row.
 */
export type TruthCell = "agrees" | "wrong" | "unaware" | "behind" | "not told";

export const TRUTH_CELL_WORDS: Readonly<Record<TruthCell, Word>> = {
  agrees: { label: "agree", meaning: "The backend has on record what the node really came to." },
  wrong: {
    label: "backend is wrong",
    meaning: "The backend says success, but the node does not run the image: a false success or a misled backend.",
  },
  unaware: {
    label: "backend is unaware",
    meaning: "The node runs the image, but the backend has no success on record.",
  },
  behind: {
    label: "backend is behind",
    meaning: "The node came to an end of which the backend has no word, or another one than the node.",
  },
  "not told": {
    label: "not told",
    meaning: "The backend's belief is unknown, or the node's end is: nothing is claimed.",
  },
};

/** Classifies a cell. */
export function truthCellOf(outcome: Outcome, belief: Belief): TruthCell {
  if (belief === "unknown" || outcome === "lost") return "not told";
  if (outcome === "success") return belief === "success" ? "agrees" : "unaware";
  if (belief === "success") return "wrong";
  const isFinal = belief === "failed" || belief === "rejected";
  switch (outcome) {
    case "rolledBack":
    case "rejected":
    case "failed":
    case "bricked":
      return isFinal ? "agrees" : "behind";
    case "cancelled":
    case "expired":
    case "unfinished":
      return isFinal ? "behind" : "agrees";
    default:
      return unreachable(outcome);
  }
}

/** Whether the backend was asked at all: where each belief is unknown, a false success would not be seen. */
export function isAnyBeliefKnown(matrix: TruthResult["matrix"]): boolean {
  return Object.values(matrix).some((beliefs) =>
    Object.entries(beliefs).some(([belief, nodes]) => belief !== "unknown" && nodes > 0),
  );
}
