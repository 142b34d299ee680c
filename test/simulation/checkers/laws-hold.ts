import { computeResult } from "../../../src/measure/result.ts";
import type { Checker } from "./checker.ts";

/** Beside the invariants: the run's own books balance. */
export const lawsHold: Checker = {
  id: "C1-C12",
  sentence: "every conservation law that can be checked holds",
  check: ({ state, facts }) =>
    computeResult(state, facts)
      .laws.filter(({ verdict }) => verdict === "broken")
      .map(({ id, sentence, left, right, detail }) => `${id} (${sentence}): ${left} and ${right}; ${detail}`),
};
