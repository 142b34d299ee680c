/** The numbers of what is on record for a node of a job, and the words with which nodes move it. */
import { RECORDED_BELIEFS, type RecordedBelief } from "../../base/belief.ts";

/** Each is the number of its word in `RECORDED_BELIEFS`. */
export const NONE = 0;
export const TRIGGERED = 1;
export const STARTED = 2;
export const IN_PROGRESS = 3;
export const DELAYED = 4;
export const SUCCESS = 5;
export const FAILED = 6;
export const REJECTED = 7;

/** The code that a status word sets; undefined for a word that no node may say. */
export function codeOfStatus(word: string): number | undefined {
  switch (word) {
    case "in-progress":
      return IN_PROGRESS;
    case "success":
      return SUCCESS;
    case "failed":
    // The documentation says "fail" where nodes send "failed".
    case "fail":
      return FAILED;
    case "delayed":
      return DELAYED;
    case "rejected":
      return REJECTED;
    default:
      return undefined;
  }
}

/** The word of a code. */
export function beliefOfCode(code: number): RecordedBelief {
  return RECORDED_BELIEFS[code] ?? "none";
}
