/** What the process says to the shell. Listed in the README too; a number keeps its meaning for ever. */
import { unreachable } from "../base/assert.ts";
import type { Verdict } from "../measure/run-result.ts";

export const EXIT = {
  passed: 0,
  /** Otafleet itself is broken. */
  broken: 1,
  /** Bad usage, scenario or image: the user can mend it. */
  usage: 2,
  /** The backend cannot be reached, or refuses what an operator must do first. */
  backend: 3,
  invalid: 4,
  incomplete: 5,
  /** k6's number for thresholds that were crossed. */
  failed: 99,
} as const;

/** Signals that end a run in order; by convention a process that ends by one says 128 and its number. */
export const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/** The code of a run by what it comes to. */
export function exitCodeOf(verdict: Verdict): number {
  switch (verdict) {
    case "passed":
      return EXIT.passed;
    case "failed":
      return EXIT.failed;
    case "invalid":
      return EXIT.invalid;
    case "incomplete":
      return EXIT.incomplete;
    default:
      return unreachable(verdict);
  }
}
