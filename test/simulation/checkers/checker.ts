import type { History } from "../history.ts";

/** One invariant, held against what a world lived through. */
export interface Checker {
  readonly id: string;
  readonly sentence: string;
  /** A sentence for each breach; none = it holds. */
  check(history: History): readonly string[];
}
