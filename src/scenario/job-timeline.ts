/**
 * What the operator and the nodes' users do in a run, and when: create and cancel jobs, approve them. The live run and
 * the virtual driver read the same timeline, so that both do the same at the same fleet time. It decides nothing about
 * nodes; whether a step could be done is the backend's answer, and told by who carries it out.
 */
import { assert } from "../base/assert.ts";
import { HOUR_US, NEVER, type InstantUs } from "../base/instant.ts";
import { seedOf } from "../base/random.ts";
import { TimerQueue } from "../base/timer-queue.ts";
import { approvesAfterUs } from "../fleet/approval.ts";
import type { Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";

/**
 * RainMaker takes an approval only while the node is online (code 102001). Its user then tries again so much fleet
 * time later, as often as it takes: people look at an app once in a while, and a fixed time keeps runs repeatable.
 */
export const APPROVAL_RETRY_US = HOUR_US;

/** One thing to do. `atUs`: the fleet time at which it is meant to be done. */
export type TimelineStep =
  | { readonly kind: "cancel"; readonly job: number; readonly atUs: InstantUs }
  | { readonly kind: "create"; readonly job: number; readonly atUs: InstantUs }
  | { readonly kind: "approve"; readonly job: number; readonly node: number; readonly atUs: InstantUs };

export class JobTimeline {
  readonly #scenario: Scenario;
  readonly #seed: number;
  readonly #jobs: number;
  readonly #nodes: number;
  /** Numbers of the jobs that users approve: only they need room for every node. */
  readonly #approved: readonly number[];
  readonly #isOver: boolean[] = [];
  /** By slot: the cancels, the creations, then the nodes of each approved job. So a cancel makes way for a creation. */
  readonly #queue: TimerQueue;

  constructor(scenario: Scenario) {
    const { jobs, fleet } = scenario;
    this.#scenario = scenario;
    this.#seed = seedOf(scenario.seed);
    this.#jobs = jobs.length;
    this.#nodes = fleet.nodes;
    this.#approved = jobs.flatMap(({ approval }, job) => (approval === undefined ? [] : [job]));
    this.#queue = new TimerQueue(2 * jobs.length);
    jobs.forEach(({ startsUs, startsBy, cancelAfterUs }, job) => {
      if (startsBy === "timeline") return;
      this.#queue.set(jobs.length + job, startsUs);
      if (cancelAfterUs !== undefined) this.#queue.set(job, startsUs + cancelAfterUs);
    });
  }

  /** When the next step is due; NEVER = nothing is left to do. */
  get nextUs(): InstantUs {
    return this.#queue.nextUs;
  }

  /** The earliest step that is due by now, taken off the timeline; undefined = none is. */
  take(nowUs: InstantUs): TimelineStep | undefined {
    const atUs = this.#queue.nextUs;
    if (atUs > nowUs) return undefined;
    const slot = this.#queue.peek();
    this.#queue.set(slot, NEVER);
    const jobs = this.#jobs;
    if (slot < jobs) {
      this.close(slot);
      return { kind: "cancel", job: slot, atUs };
    }
    if (slot < 2 * jobs) return { kind: "create", job: slot - jobs, atUs };
    const pair = slot - 2 * jobs;
    const job = this.#approved[Math.floor(pair / this.#nodes)];
    assert(job !== undefined, "approvals are of jobs that users approve");
    return { kind: "approve", job, node: pair % this.#nodes, atUs };
  }

  /**
   * The users of a job's targets are asked, at this fleet time. Answers the nodes whose users will never approve; the
   * others come up on the timeline when they do.
   *
   * @param nodes those of the targets that are asked; left out: all
   */
  askUsers(job: number, atUs: InstantUs, nodes?: Iterable<number>): readonly number[] {
    const plan = this.#scenario.jobs[job];
    if (plan?.approval === undefined || this.#isOver[job] === true) return [];
    const never: number[] = [];
    for (const node of nodes ?? targetsOf(this.#scenario, plan)) {
      const afterUs = approvesAfterUs(plan.approval, this.#seed, node, job);
      if (afterUs === undefined) never.push(node);
      else this.#queue.set(this.#slotOf(job, node), atUs + afterUs);
    }
    return never;
  }

  /** The job's time has come, and it cannot begin yet: nor does its cancel count from there. */
  postponed(job: number): void {
    this.#queue.set(job, NEVER);
  }

  /** The job begins at this fleet time, by its own or whenever it could: its cancel comes up from there. */
  started(job: number, atUs: InstantUs): void {
    const afterUs = this.#scenario.jobs[job]?.cancelAfterUs;
    if (afterUs !== undefined) this.#queue.set(job, atUs + afterUs);
  }

  /** The node was offline when its user wanted to approve: the user tries again later. */
  approveLater(job: number, node: number, nowUs: InstantUs): void {
    if (this.#isOver[job] !== true) this.#queue.set(this.#slotOf(job, node), nowUs + APPROVAL_RETRY_US);
  }

  /** The job was never made, or is cancelled: nobody cancels it, and nobody is asked for it any more. */
  close(job: number): void {
    this.#isOver[job] = true;
    this.#queue.set(job, NEVER);
    this.#queue.set(this.#jobs + job, NEVER);
    if (this.#scenario.jobs[job]?.approval === undefined) return;
    for (let node = 0; node < this.#nodes; node += 1) this.#queue.set(this.#slotOf(job, node), NEVER);
  }

  #slotOf(job: number, node: number): number {
    return 2 * this.#jobs + this.#approved.indexOf(job) * this.#nodes + node;
  }
}

/** Fleet time by which every job has been created, and every cancel within reach of the end is done. */
export function allOrderedAtUs({ jobs, end }: Pick<Scenario, "jobs" | "end">): InstantUs {
  const orders = jobs.flatMap(({ startsUs, cancelAfterUs }) =>
    cancelAfterUs === undefined ? [startsUs] : [startsUs, startsUs + cancelAfterUs],
  );
  return Math.max(0, ...orders.filter((atUs) => atUs <= end.afterUs));
}

/** The remark where a job was to be cancelled and was over by then. */
export function overBeforeCancel({ jobs }: Pick<Scenario, "jobs">, job: number): string {
  return `The job ${jobs[job]?.name ?? job} was not cancelled: it was over before, each target was done with it or its timeout had passed.`;
}
