/**
 * Who began one download after the other, and what was drawn in vain. Firmware asks again as long as the backend offers,
 * so an image that can never be installed is drawn for ever, and a bill shows it before any outcome does.
 */
import { howMany } from "../base/how-many.ts";
import type { Outcomes } from "./outcome.ts";
import type { RetryResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/**
 * Downloads of a target that are no trouble of a bad line any more: RainMaker's firmware makes three attempts of an
 * offer and asks again five minutes later, so this is the fourth offer that came to nothing.
 */
const DOWNLOADS_USUAL_MAX = 10;

/** The counter of a target's downloads ends here. */
const DOWNLOADS_COUNTED_MAX = 255;

export function retryResult({ plan, columns, imageBytesBroken }: RunState, judged: Outcomes): RetryResult {
  let [most, mostNode, mostJob, over, overUndone] = [0, -1, -1, 0, 0];
  for (let job = 0; job < columns.jobs; job++) {
    for (let node = 0; node < columns.nodes; node++) {
      const downloads = columns.attempts.get(job * columns.nodes + node);
      if (downloads > most) [most, mostNode, mostJob] = [downloads, node, job];
      if (downloads <= DOWNLOADS_USUAL_MAX) continue;
      over += 1;
      if (judged.of(job, node) !== "success") overUndone += 1;
    }
  }
  return {
    most,
    mostNode: mostNode === -1 ? null : mostNode,
    mostJob: plan.jobs[mostJob]?.name ?? null,
    usualMax: DOWNLOADS_USUAL_MAX,
    over,
    overUndone,
    brokenBytes: imageBytesBroken,
  };
}

/**
 * What to know of nodes that draw an image again and again in vain, as sentences.
 *
 * @param bytes of images that arrived at all
 */
export function retryRemarks(
  { most, mostNode, mostJob, usualMax, overUndone, brokenBytes }: RetryResult,
  bytes: number,
): readonly string[] {
  if (overUndone === 0 || bytes === 0) return [];
  const downloads = most === DOWNLOADS_COUNTED_MAX ? `${most} or more` : String(most);
  const share = Math.round((brokenBytes / bytes) * 1_000) / 10;
  const busiest = `the busiest of all, node ${mostNode ?? 0} in job ${mostJob ?? ""}, ${downloads}`;
  return [
    `${howMany(overUndone, "target")} began more than ${usualMax} downloads and did not get there (${busiest}): ${share} % of all image bytes went to attempts that broke off. Nodes ask again as long as the backend offers.`,
  ];
}
