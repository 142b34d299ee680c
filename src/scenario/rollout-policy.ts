/**
 * An operator's policy for one job that is released in stages. It sees what a real operator sees: the clock, and how
 * many nodes of each batch the backend has on record in which state. It knows nothing of what nodes really do.
 * Both drivers ask it, so for equal records it releases the same batches at the same instants.
 *
 *     release a stage (rate, in flight) | its bake | approval | release the next ...       a stop ends it at any look
 */
import type { RecordedBelief } from "../base/belief.ts";
import { NEVER, type InstantUs } from "../base/instant.ts";
import type { OperatorEffect, STOP_REASONS } from "../measure/event-record.ts";
import type { RolloutPlan, StagePlan } from "./rollout.ts";
import { isAbove, isAsMuchAs } from "./share-of.ts";

/** How many nodes of a batch are in which state, as the backend has them on record. */
export type BatchCounts = Readonly<Record<RecordedBelief, number>>;

export type StopReason = (typeof STOP_REASONS)[number];

export type RolloutAction =
  /** The targets at these places of the order, the second excluded, all of one stage. */
  | { readonly kind: "release"; readonly stage: number; readonly from: number; readonly until: number }
  /** `hits` of `of` nodes on record, which is more than the rule allows. */
  | { readonly kind: "stop"; readonly reason: StopReason; readonly hits: number; readonly of: number };

/**
 * No operator makes a job for every single node that is done: under a limit of targets in flight a batch waits until a
 * tenth of the limit is free, or the rest of the stage.
 */
const BATCHES_A_LIMIT = 10;

interface Batch {
  readonly stage: number;
  readonly targets: number;
  readonly atUs: InstantUs;
}

export class RolloutPolicy {
  readonly #plan: RolloutPlan;
  readonly #ends: readonly number[];
  readonly #batches: Batch[] = [];
  #state: "waiting" | "running" | "paused" | "over" = "waiting";
  #stage = 0;
  #released = 0;
  /** When the bake of the present stage began; undefined = it has not. */
  #bakeFromUs: InstantUs | undefined;
  #nextUs: InstantUs = NEVER;

  /** @param ends by stage, the place behind its last target */
  constructor(plan: RolloutPlan, ends: readonly number[]) {
    this.#plan = plan;
    this.#ends = ends;
  }

  /** When it wants to be asked again; NEVER = nothing is to come. */
  get nextUs(): InstantUs {
    return this.#nextUs;
  }

  /** Whether it has begun and still has targets to release. */
  get isReleasing(): boolean {
    return this.#state !== "over" && this.#state !== "waiting" && this.#released < this.#total;
  }

  get released(): number {
    return this.#released;
  }

  /** How many batches have been released. */
  get batches(): number {
    return this.#batches.length;
  }

  /** The job begins. */
  begin(atUs: InstantUs): void {
    if (this.#state !== "waiting") return;
    this.#state = "running";
    this.#nextUs = atUs;
  }

  /** Nothing more is released until `resume`; the stop rule goes on watching. Answers whether that changes anything. */
  pause(): OperatorEffect {
    if (this.#state === "paused") return "was paused";
    if (this.#state !== "running") return this.#idleness;
    if (!this.isReleasing) return "was all released";
    this.#state = "paused";
    return "done";
  }

  resume(atUs: InstantUs): OperatorEffect {
    if (this.#state === "running") return "was not paused";
    if (this.#state !== "paused") return this.#idleness;
    this.#state = "running";
    this.#nextUs = Math.min(this.#nextUs, atUs);
    return "done";
  }

  /** Why there is nothing to pause or resume where it neither runs nor is paused. */
  get #idleness(): OperatorEffect {
    return this.#state === "waiting" ? "had not begun" : "was over";
  }

  /** Nobody could say what is on record: it is asked again at the next look. */
  postpone(atUs: InstantUs): void {
    if (this.#nextUs <= atUs) this.#nextUs = this.#lookAfter(atUs);
  }

  /** The job was cancelled or never made. */
  end(): void {
    this.#state = "over";
    this.#nextUs = NEVER;
  }

  /**
   * The next thing to do at this instant; undefined = nothing, until `nextUs`. To be asked until it answers that.
   *
   * @param onRecord by batch in the order of their release
   */
  act(nowUs: InstantUs, onRecord: readonly BatchCounts[]): RolloutAction | undefined {
    if (this.#state === "over" || this.#state === "waiting") return undefined;
    const stop = this.#stop(nowUs, onRecord);
    if (stop !== undefined) {
      this.end();
      return stop;
    }
    if (this.#state === "running") {
      const release = this.#release(nowUs, onRecord);
      if (release !== undefined) return release;
    }
    this.#nextUs = this.#wakesUs(nowUs, onRecord);
    return undefined;
  }

  get #total(): number {
    return this.#ends.at(-1) ?? 0;
  }

  #stop(nowUs: InstantUs, onRecord: readonly BatchCounts[]): RolloutAction | undefined {
    const { stop } = this.#plan;
    if (stop === undefined) return undefined;
    const reports = sumOf(onRecord, doneIn);
    const hits = sumOf(onRecord, hitIn);
    if (stop.failedShare !== undefined && reports >= stop.of && isAbove(hits, stop.failedShare, reports))
      return { kind: "stop", reason: "failed", hits, of: reports };
    const { silent } = stop;
    if (silent === undefined) return undefined;
    const old = onRecord.filter((_, batch) => (this.#batches[batch]?.atUs ?? NEVER) <= nowUs - silent.afterUs);
    const heard = sumOf(old, (counts) => quietIn(counts) + counts.delayed + doneIn(counts));
    const quiet = sumOf(old, quietIn);
    return heard >= stop.of && isAbove(quiet, silent.share, heard)
      ? { kind: "stop", reason: "silent", hits: quiet, of: heard }
      : undefined;
  }

  #release(nowUs: InstantUs, onRecord: readonly BatchCounts[]): RolloutAction | undefined {
    while (this.#stage < this.#ends.length) {
      const end = this.#ends[this.#stage] ?? 0;
      if (this.#released < end) {
        const targets = Math.min(end - this.#released, this.#room(nowUs, onRecord, end - this.#released));
        return targets <= 0 ? undefined : this.#releaseNext(nowUs, targets);
      }
      if (!this.#isBaked(nowUs, onRecord)) return undefined;
      this.#stage += 1;
      this.#bakeFromUs = undefined;
    }
    return undefined;
  }

  #releaseNext(nowUs: InstantUs, targets: number): RolloutAction {
    const from = this.#released;
    this.#released += targets;
    this.#batches.push({ stage: this.#stage, targets, atUs: nowUs });
    return { kind: "release", stage: this.#stage, from, until: this.#released };
  }

  /** How many more may be released at this instant; 0 where it is worth no batch. `left`: of the stage. */
  #room(nowUs: InstantUs, onRecord: readonly BatchCounts[], left: number): number {
    const { inFlight, rate } = this.#plan;
    const byRate = rate === undefined ? Infinity : rate.targets - this.#since(nowUs - rate.perUs);
    if (inFlight === undefined) return byRate;
    const free = inFlight - (this.#released - sumOf(onRecord, doneIn));
    const least = Math.min(left, byRate, Math.max(1, Math.floor(inFlight / BATCHES_A_LIMIT)));
    // A backend that has more on record than it was given makes no room beyond the limit.
    return free < least ? 0 : Math.min(free, byRate, inFlight);
  }

  /** Targets that were released after an instant. */
  #since(atUs: InstantUs): number {
    let sum = 0;
    for (let batch = this.#batches.length - 1; batch >= 0; batch--) {
      const { targets, atUs: releasedUs } = this.#batches[batch] ?? { targets: 0, atUs: -Infinity };
      if (releasedUs <= atUs) break;
      sum += targets;
    }
    return sum;
  }

  /** Whether the present stage, all released, has baked and been approved. */
  #isBaked(nowUs: InstantUs, onRecord: readonly BatchCounts[]): boolean {
    // Behind the last stage there is nothing to bake for, nor after one that others have emptied.
    const isEmpty = (this.#ends[this.#stage - 1] ?? 0) === this.#ends[this.#stage];
    if (this.#stage === this.#ends.length - 1 || isEmpty) return true;
    const stage = this.#stagePlan;
    if (this.#bakeFromUs === undefined) {
      if (!this.#isStageDone(stage, onRecord)) return false;
      this.#bakeFromUs = nowUs;
    }
    return nowUs >= this.#bakeFromUs + stage.bakeUs + (stage.approveAfterUs ?? 0);
  }

  #isStageDone({ done }: StagePlan, onRecord: readonly BatchCounts[]): boolean {
    if (done === undefined) return true;
    const own = onRecord.filter((_, batch) => this.#batches[batch]?.stage === this.#stage);
    const targets = this.#batches.reduce((sum, batch) => sum + (batch.stage === this.#stage ? batch.targets : 0), 0);
    return isAsMuchAs(sumOf(own, doneIn), done, targets);
  }

  /** The operator looks at round times, whenever a job began. */
  #lookAfter(nowUs: InstantUs): InstantUs {
    const { lookUs } = this.#plan;
    return (Math.floor(nowUs / lookUs) + 1) * lookUs;
  }

  get #stagePlan(): StagePlan {
    return this.#plan.stages[this.#stage] ?? EMPTY_STAGE;
  }

  /** When something may have changed, by the clock or at the next look. */
  #wakesUs(nowUs: InstantUs, onRecord: readonly BatchCounts[]): InstantUs {
    const { rate, inFlight, stop } = this.#plan;
    const lookAtUs = this.#lookAfter(nowUs);
    const isAllDone = sumOf(onRecord, doneIn) >= this.#released;
    const isWatched = stop !== undefined && !(isAllDone && this.#released >= this.#total);
    let wakesUs = isWatched ? lookAtUs : NEVER;
    if (this.#state === "paused" || this.#stage >= this.#ends.length) return wakesUs;
    if (this.#released < (this.#ends[this.#stage] ?? 0)) {
      if (inFlight !== undefined) wakesUs = Math.min(wakesUs, lookAtUs);
      const oldest = rate && this.#batches.find(({ atUs }) => atUs > nowUs - rate.perUs);
      if (rate !== undefined && oldest !== undefined) wakesUs = Math.min(wakesUs, oldest.atUs + rate.perUs);
      return wakesUs;
    }
    const { bakeUs, approveAfterUs } = this.#stagePlan;
    if (this.#bakeFromUs === undefined) return Math.min(wakesUs, lookAtUs);
    return Math.min(wakesUs, this.#bakeFromUs + bakeUs + (approveAfterUs ?? 0));
  }
}

const EMPTY_STAGE: StagePlan = { share: 1, cohorts: [], done: undefined, bakeUs: 0, approveAfterUs: undefined };

/** On record with an end: what an operator counts as reports. */
export function doneIn({ success, failed, rejected }: BatchCounts): number {
  return success + failed + rejected;
}

/** On record with a bad end. RainMaker says `rejected` of a node that rolled back. */
export function hitIn({ failed, rejected }: BatchCounts): number {
  return failed + rejected;
}

/** Have heard of the job and said nothing of an end; one that is put off until its window has said that. */
function quietIn(counts: BatchCounts): number {
  return counts.started + counts["in-progress"];
}

function sumOf(all: readonly BatchCounts[], count: (counts: BatchCounts) => number): number {
  return all.reduce((sum, counts) => sum + count(counts), 0);
}
