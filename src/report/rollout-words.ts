/** What a rollout in stages came to, as sentences and rows that console, page and Markdown share. */
import type { JobResult, OperatorActResult, RolloutResult, RolloutStand, StageResult } from "../measure/run-result.ts";
import { countText, counted, shareText } from "./count-text.ts";
import { durationText } from "./duration-text.ts";
import { cutText } from "./text-cleaning.ts";

export interface JobInStages {
  readonly name: string;
  readonly rollout: RolloutResult;
  /** Fleet microseconds; stages are told from there. */
  readonly createdAtUs: number;
  readonly targeted: number;
}

/** The jobs of a run that are released in stages. A job that never began says nothing of its stages. */
export function jobsInStages(jobs: readonly JobResult[]): readonly JobInStages[] {
  return jobs.flatMap(({ name, rollout, createdAtUs, outcomes }) =>
    rollout === undefined || createdAtUs === null ? [] : [{ name, rollout, createdAtUs, targeted: outcomes.targeted }],
  );
}

const ACTS: Readonly<Record<OperatorActResult["act"], string>> = {
  start: "starts",
  pause: "pauses",
  resume: "resumes",
  cancel: "cancels",
  upload: "uploads the image of",
  restart: "the backend is killed and restarted",
  stop: "the backend stands still",
  powerCut: "power is cut",
};

/** Behind what was done, or was to be done. */
const EFFECTS: Readonly<Record<OperatorActResult["effect"], string>> = {
  done: "",
  "waits for its image": ", which waits for its image and begins when that has come",
  "never begins": " before it began, so that it never does",
  "had begun": ", to no effect: it had begun",
  "had not begun": ", to no effect: it had not begun",
  "was over": ", to no effect: it was over",
  "was paused": ", to no effect: it was paused",
  "was not paused": ", to no effect: it was not paused",
  "was all released": ", to no effect: all of it was released",
  "was there": ", to no effect: it was there",
  refused: ", in vain: the backend did not take it",
};

/** What the timeline did, for people: `after 26 h: starts hotfix`, `after 27 h: pauses spring, to no effect: ...`. */
export function actText({ atUs, act, job, effect }: OperatorActResult): string {
  return `after ${durationText(atUs)}: ${ACTS[act]}${job === null ? "" : ` ${job}`}${EFFECTS[effect]}`;
}

const REASONS = { failed: "had failed or been rejected", silent: "had heard of it and come to no end" } as const;

/** Whether, why and when the rule stopped it, and whom the image had hit by then: harmed by truth, whatever is on record. */
export function rolloutSentence({ rollout, createdAtUs, targeted }: JobInStages): string {
  const { stop, byThen, atEnd, stages } = rollout;
  const released = `${countText(byThen.released)} of ${counted(targeted, "target")} had been released (${shareText(byThen.released, targeted)}), ${countText(byThen.downloaded)} had downloaded the image and ${countText(byThen.hit)} had been hit (bricked, failed or rolled back)`;
  if (stop === null) {
    const begun = stages.filter((stage) => stage.released > 0).length;
    return `No stop: ${countText(begun)} of ${counted(stages.length, "stage")} released; ${released} by the end.${overtakenText(atEnd)}`;
  }
  const went = `${countText(stop.hitsOnRecord)} of ${countText(stop.ofOnRecord)} on record ${REASONS[stop.reason]}`;
  const stage = stages[stop.stage]?.name ?? String(stop.stage + 1);
  const after = durationText(stop.atUs - createdAtUs);
  const later = atEnd.hit > byThen.hit ? ` By the end ${countText(atEnd.hit)} had been hit.` : "";
  return `Stopped ${after} after its start, in the stage ${stage}: ${went}. By then ${released}.${later}${overtakenText(atEnd)}${sparedText(rollout)}`;
}

/**
 * For the top of a report, a sentence for each rollout that its rule stopped: a run may pass as it promised nothing of
 * that, and whoever reads its verdict alone would take the release for done.
 */
export function stopSentences(jobs: readonly JobResult[]): readonly string[] {
  return jobsInStages(jobs).flatMap(({ name, rollout: { stop, byThen, atEnd }, createdAtUs, targeted }) => {
    if (stop === null) return [];
    const rule = stop.reason === "failed" ? "failures" : "silence";
    const later = atEnd.hit > byThen.hit ? `, ${countText(atEnd.hit)} by the end` : "";
    return [
      `Job ${cutText(name, NAME_UNITS_MAX)} was stopped ${durationText(stop.atUs - createdAtUs)} after its start by its rule on ${rule}: ${countText(stop.hitsOnRecord)} of ${countText(stop.ofOnRecord)} on record ${REASONS[stop.reason]}. ${countText(byThen.hit)} of ${counted(targeted, "target")} had been hit by then (bricked, failed or rolled back)${later}.`,
    ];
  });
}

/** Of a job's name that is shown. */
const NAME_UNITS_MAX = 40;

/** Whom it would have hit, and how sure that is. */
function sparedText({ wouldHit, wouldHitLater }: RolloutResult): string {
  if (wouldHit === null) return "";
  const later = wouldHitLater ?? 0;
  const unsure =
    later === 0
      ? ""
      : `, ${later === wouldHit ? "all" : countText(later)} of them only if the image runs for long enough without a restart`;
  return ` Released to all stages and taken by everybody, its defects and the nodes' own faults would have hit ${countText(wouldHit)}${unsure}.`;
}

/** On record they look like the others, so a rule goes by them too. */
function overtakenText({ overtaken }: RolloutStand): string {
  return overtaken === 0
    ? ""
    : ` By the end ${countText(overtaken)} more had rolled back as a second offer came before the reboot: no harm of the image, though on record as rejected.`;
}

/** When a stage went out, from the job's start: `after 0 s`, `after 26 h to 28 h`, `not released`. */
export function releaseText(
  { firstReleasedAtUs, lastReleasedAtUs }: StageResult,
  { createdAtUs }: JobInStages,
): string {
  if (firstReleasedAtUs === null || lastReleasedAtUs === null) return "not released";
  const first = durationText(firstReleasedAtUs - createdAtUs);
  const last = durationText(lastReleasedAtUs - createdAtUs);
  return first === last ? `after ${first}` : `after ${first} to ${last}`;
}

/** When the last target of a stage came to an end, from the job's start. */
export function doneText({ doneAtUs }: StageResult, { createdAtUs }: JobInStages): string {
  return doneAtUs === null ? "not all" : `after ${durationText(doneAtUs - createdAtUs)}`;
}
