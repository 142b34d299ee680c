/**
 * Everything that an operator and the nodes' users do in a run, as steps along fleet time: the timeline of jobs, the
 * stages of those that are rolled out bit by bit, and the entries of `timeline:`. The live run and the virtual driver
 * walk the same course. What depends on the backend's records comes up as a look, and goes on when its answer is told.
 */
import { assert } from "../base/assert.ts";
import { NEVER, type InstantUs } from "../base/instant.ts";
import type { OperatorEffect } from "../measure/event-record.ts";
import type { JobOnRecord } from "./condition.ts";
import { imageNumbersOf } from "./job-images.ts";
import { JobTimeline } from "./job-timeline.ts";
import type { OperatorStep } from "./operator-step.ts";
import { rolloutOrder, type RolloutOrder } from "./rollout-order.ts";
import { type BatchCounts, doneIn, hitIn, RolloutPolicy } from "./rollout-policy.ts";
import { LOOK_DEFAULT, type RolloutPlan } from "./rollout.ts";
import type { Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";
import { type DueEntry, TimelineRules } from "./timeline-rules.ts";
import type { TimelineAct } from "./timeline.ts";
import { DURATION } from "./units.ts";

interface Rollout {
  readonly plan: RolloutPlan;
  readonly order: RolloutOrder;
  readonly policy: RolloutPolicy;
}

export class OperatorCourse {
  readonly #scenario: Scenario;
  readonly #timeline: JobTimeline;
  readonly #rollouts = new Map<number, Rollout>();
  readonly #rules: TimelineRules;
  /** How often records are looked at for conditions. */
  readonly #watchUs: number;
  #nextWatchUs: InstantUs;
  /** Steps that are due and were not taken yet, in order. */
  readonly #ready: OperatorStep[] = [];
  /** By job; what is on record by the last look. */
  readonly #onRecord = new Map<number, readonly BatchCounts[]>();
  readonly #begun = new Set<number>();
  readonly #stopped = new Set<number>();
  readonly #closed = new Set<number>();
  /** Images, by number, that an entry of the timeline is still to bring, and the jobs that wait for them. */
  readonly #imageOf: readonly number[];
  readonly #missing: Set<number>;
  #held: number[] = [];
  /** Whose policies are to act on the answer of the present look; undefined = there is none. */
  #looking: readonly number[] | undefined;
  /** What was found out since anything changed last: a plan asks before every event. */
  #known: { readonly nextUs: InstantUs; readonly isWaiting: boolean } | undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#timeline = new JobTimeline(scenario);
    this.#rules = new TimelineRules(scenario.timeline ?? [], scenario.end.afterUs);
    scenario.jobs.forEach(({ rollout: plan }, job) => {
      if (plan === undefined) return;
      const order = rolloutOrder(scenario, job, plan);
      this.#rollouts.set(job, { plan, order, policy: new RolloutPolicy(plan, order.ends) });
    });
    const looksUs = [...this.#rollouts.values()].map(({ plan }) => plan.lookUs);
    this.#watchUs = Math.min(...looksUs, looksUs.length === 0 ? (DURATION.parse(LOOK_DEFAULT) ?? NEVER) : NEVER);
    this.#nextWatchUs = this.#watchUs;
    this.#imageOf = imageNumbersOf(scenario);
    this.#missing = lateImages(scenario);
  }

  /** When the next step is due; NEVER = nothing is left to do, or all of it waits for a look's answer. */
  get nextUs(): InstantUs {
    this.#known ??= this.#outlook();
    return this.#known.nextUs;
  }

  /** Whether more will happen although everything so far is settled. */
  get isWaiting(): boolean {
    this.#known ??= this.#outlook();
    return this.#known.isWaiting;
  }

  /** The earliest step that is due by now, taken off the course; undefined = none is. */
  take(nowUs: InstantUs): OperatorStep | undefined {
    while (this.#ready.length === 0) {
      const atUs = this.nextUs;
      if (atUs > nowUs) return undefined;
      this.#known = undefined;
      if (this.#timeline.nextUs <= atUs) this.#takeOfTimeline(nowUs);
      else if (this.#rules.nextUs <= atUs) this.#takeEntry(nowUs);
      else this.#look(atUs, nowUs);
    }
    this.#known = undefined;
    return this.#ready.shift();
  }

  /** The answer to a look: by job, what is on record for each of its batches in the order of their release. */
  looked(atUs: InstantUs, onRecord: ReadonlyMap<number, readonly BatchCounts[]>): void {
    const acting = this.#looking ?? [];
    this.#looking = undefined;
    this.#known = undefined;
    for (const [job, counts] of onRecord) {
      this.#onRecord.set(job, counts);
      if (acting.includes(job)) this.#advance(job, atUs);
    }
    this.#checkRules(atUs);
  }

  /** A look had no answer: it is tried again at the next one. */
  lookFailed(atUs: InstantUs): void {
    this.#looking = undefined;
    this.#known = undefined;
    for (const { policy } of this.#rollouts.values()) policy.postpone(atUs);
  }

  /** See `JobTimeline.askUsers`; of a job that is released in stages, the users of a batch. */
  askUsers(job: number, atUs: InstantUs, nodes?: Iterable<number>): readonly number[] {
    this.#known = undefined;
    return this.#timeline.askUsers(job, atUs, nodes);
  }

  /** See `JobTimeline.approveLater`. */
  approveLater(job: number, node: number, nowUs: InstantUs): void {
    this.#known = undefined;
    this.#timeline.approveLater(job, node, nowUs);
  }

  /** The job, or a batch of it, was not made: nothing more is done for it. */
  close(job: number): void {
    this.#end(job);
    for (let at = this.#ready.length - 1; at >= 0; at--) {
      const step = this.#ready[at];
      if (step?.kind === "release" && step.job === job) this.#ready.splice(at, 1);
    }
  }

  #end(job: number): void {
    this.#known = undefined;
    this.#closed.add(job);
    this.#held = this.#held.filter((held) => held !== job);
    this.#timeline.close(job);
    this.#rollouts.get(job)?.policy.end();
  }

  #outlook(): { readonly nextUs: InstantUs; readonly isWaiting: boolean } {
    const [ready] = this.#ready;
    const isReleasing = [...this.#rollouts.values()].some(({ policy }) => policy.isReleasing);
    return {
      nextUs: ready?.atUs ?? Math.min(this.#timeline.nextUs, this.#rules.nextUs, this.#looksUs),
      isWaiting: ready !== undefined || isReleasing || this.#rules.isWaiting,
    };
  }

  get #looksUs(): InstantUs {
    if (this.#looking !== undefined) return NEVER;
    let looksUs = this.#watchedJobs.length > 0 ? this.#nextWatchUs : NEVER;
    for (const { policy } of this.#rollouts.values()) looksUs = Math.min(looksUs, policy.nextUs);
    return looksUs;
  }

  /** Jobs that have begun and whose records a condition waits for. */
  get #watchedJobs(): readonly number[] {
    return this.#rules.watched.map((name) => this.#numberOf(name)).filter((job) => this.#begun.has(job));
  }

  #takeOfTimeline(nowUs: InstantUs): void {
    const step = this.#timeline.take(nowUs);
    assert(step !== undefined, "a step of the timeline is due");
    if (step.kind === "cancel") this.#cancel(step.job, step.atUs, undefined);
    else if (step.kind === "create") this.#start(step.job, step.atUs);
    else this.#ready.push(step);
  }

  #takeEntry(nowUs: InstantUs): void {
    const due = this.#rules.take(nowUs);
    assert(due !== undefined, "an entry of the timeline is due");
    for (const act of due.acts) this.#do(act, due);
  }

  #do(act: TimelineAct, { entry, atUs }: DueEntry): void {
    const job = "job" in act ? this.#numberOf(act.job) : undefined;
    const note = (effect: OperatorEffect, isFollowed = false): void => {
      this.#ready.push({ kind: "act", act: act.kind, job, entry, effect, isFollowed, atUs });
    };
    if (job === undefined) {
      note("done");
      return;
    }
    // `timeline:` lets nobody pause or resume what has no stages.
    const policy = this.#rollouts.get(job)?.policy;
    if (act.kind === "start") {
      const effect = this.#startEffect(job);
      const from = this.#ready.length;
      this.#start(job, atUs);
      const makes = this.#ready.splice(from);
      // A first stage may be empty, so that nothing is made yet.
      note(effect, makes.length > 0);
      this.#ready.push(...makes);
    } else if (act.kind === "cancel") {
      // What comes of the cancel of a job that runs is the backend's answer.
      if (this.#closed.has(job)) note("was over");
      else if (!this.#begun.has(job)) note("never begins");
      this.#cancel(job, atUs, entry);
    } else if (act.kind === "pause") note(policy?.pause() ?? "had not begun");
    else if (act.kind === "resume") note(policy?.resume(atUs) ?? "had not begun");
    else {
      const image = this.#imageOf[job] ?? -1;
      note(this.#missing.has(image) ? "done" : "was there");
      this.#bring(image, atUs);
    }
  }

  #startEffect(job: number): OperatorEffect {
    if (this.#closed.has(job)) return "was over";
    // Whichever entry starts it first: a second one moves nothing.
    if (this.#begun.has(job)) return "had begun";
    return this.#missing.has(this.#imageOf[job] ?? -1) ? "waits for its image" : "done";
  }

  #start(job: number, atUs: InstantUs): void {
    if (this.#begun.has(job) || this.#closed.has(job)) return;
    if (this.#missing.has(this.#imageOf[job] ?? -1)) {
      if (!this.#held.includes(job)) this.#held.push(job);
      this.#timeline.postponed(job);
      return;
    }
    this.#begun.add(job);
    this.#timeline.started(job, atUs);
    // A condition is looked at from the next round time on.
    this.#nextWatchUs = Math.max(this.#nextWatchUs, this.#watchAfter(atUs));
    const rollout = this.#rollouts.get(job);
    if (rollout === undefined) {
      this.#ready.push({ kind: "create", job, atUs });
      return;
    }
    rollout.policy.begin(atUs);
    this.#advance(job, atUs);
  }

  /** What was started before, at this very instant too, is made and then cancelled: so an operator's hands work. */
  #cancel(job: number, atUs: InstantUs, entry: number | undefined): void {
    if (this.#closed.has(job)) return;
    const hasUnreleased = this.#rollouts.get(job)?.policy.isReleasing ?? false;
    this.#end(job);
    if (this.#begun.has(job)) this.#ready.push({ kind: "cancel", job, hasUnreleased, entry, atUs });
  }

  /** An image has come: whoever waited for it starts. */
  #bring(image: number, atUs: InstantUs): void {
    this.#missing.delete(image);
    const held = this.#held;
    this.#held = held.filter((job) => this.#missing.has(this.#imageOf[job] ?? -1));
    for (const job of held) if (!this.#held.includes(job)) this.#start(job, atUs);
  }

  /** Lets the policies act that are due; those that go by records, and conditions, have them looked at first. */
  #look(dueUs: InstantUs, nowUs: InstantUs): void {
    const due = [...this.#rollouts].filter(([, { policy }]) => policy.nextUs <= dueUs);
    const lookUs = Math.min(this.#watchUs, ...due.map(([, { plan }]) => plan.lookUs));
    // Whoever is on time acts as of the moment that was meant, so that two drivers act alike.
    const atUs = nowUs - dueUs <= lookUs / 2 ? dueUs : nowUs;
    const watched = this.#nextWatchUs <= dueUs ? this.#watchedJobs : [];
    if (watched.length > 0) this.#nextWatchUs = this.#watchAfter(atUs);
    const acting = due.flatMap(([job, { plan }]) => (needsRecord(plan) ? [job] : []));
    for (const [job] of due) if (!acting.includes(job)) this.#advance(job, atUs);
    const jobs = [...new Set([...acting, ...watched])];
    if (jobs.length === 0) {
      this.#checkRules(atUs);
      return;
    }
    this.#looking = acting;
    this.#ready.push({ kind: "look", jobs, atUs });
  }

  #advance(job: number, atUs: InstantUs): void {
    const rollout = this.#rollouts.get(job);
    if (rollout === undefined) return;
    const { policy, order } = rollout;
    const onRecord = this.#onRecord.get(job) ?? [];
    for (let action = policy.act(atUs, onRecord); action !== undefined; action = policy.act(atUs, onRecord)) {
      if (action.kind === "stop") {
        const { reason, hits, of } = action;
        this.#end(job);
        this.#stopped.add(job);
        this.#ready.push({ kind: "stop", job, reason, hits, of, atUs });
      } else {
        const { stage, from, until } = action;
        const nodes = order.nodes.subarray(from, until);
        this.#ready.push({ kind: "release", job, stage, nodes, isFirst: from === 0, atUs });
      }
    }
  }

  #checkRules(atUs: InstantUs): void {
    this.#rules.check(atUs, {
      isStopped: (name) => this.#stopped.has(this.#numberOf(name)),
      onRecord: (name) => this.#recordOf(this.#numberOf(name)),
    });
  }

  #recordOf(job: number): JobOnRecord | undefined {
    const plan = this.#scenario.jobs[job];
    if (plan === undefined || !this.#begun.has(job)) return undefined;
    const counts = this.#onRecord.get(job) ?? [];
    const sum = (count: (of: BatchCounts) => number): number => counts.reduce((all, of) => all + count(of), 0);
    const targets = targetsOf(this.#scenario, plan).size;
    const released = this.#rollouts.get(job)?.policy.released ?? targets;
    return { targets, released, success: sum(({ success }) => success), failed: sum(hitIn), done: sum(doneIn) };
  }

  #watchAfter(atUs: InstantUs): InstantUs {
    return (Math.floor(atUs / this.#watchUs) + 1) * this.#watchUs;
  }

  #numberOf(name: string): number {
    return this.#scenario.jobs.findIndex((job) => job.name === name);
  }
}

/** Numbers of the images that the timeline brings, and that are not on the backend when the run begins. */
export function lateImages(scenario: Scenario): Set<number> {
  const imageOf = imageNumbersOf(scenario);
  const late = new Set<number>();
  for (const { acts } of scenario.timeline ?? []) {
    for (const act of acts) {
      if (act.kind !== "upload") continue;
      const number = imageOf[scenario.jobs.findIndex(({ name }) => name === act.job)];
      if (number !== undefined) late.add(number);
    }
  }
  return late;
}

/** Whether the plan goes by anything but the clock. */
function needsRecord({ stop, inFlight, stages }: RolloutPlan): boolean {
  return stop !== undefined || inFlight !== undefined || stages.some(({ done }) => done !== undefined);
}
