/**
 * Offers that operator or user cause, as a shard foresees them: of a job that users approve the first that a node is
 * sent, and of one that is pushed the first of each node that was connected as the job was made. None of them answers
 * a fetch, however soon after one it comes. Where such an offer is lost on the way, the answer to the next fetch is
 * taken for it: a latency may go unmeasured, and none is measured that was not.
 */
import { mayBePushed } from "../../scenario/pushes.ts";
import type { Scenario } from "../../scenario/scenario.ts";

/** What a shard knows of a job's push to a node: that the next offer of the job is it, or that it came. */
const PUSH = { none: 0, due: 1, came: 2 } as const;

export class ExpectedPushes {
  /** By job, then slot, as `PUSH` has it. Undefined = the job is never pushed. */
  readonly #states: readonly (Uint8Array | undefined)[];
  readonly #isApproved: readonly boolean[];
  readonly #isConnected: (slot: number) => boolean;

  /** @param isConnected whether a push would reach the node of a slot at this moment */
  constructor(scenario: Scenario, nodes: number, isConnected: (slot: number) => boolean) {
    this.#isApproved = scenario.jobs.map(({ approval }) => approval !== undefined);
    this.#states = scenario.jobs.map((job, number) =>
      mayBePushed(scenario, job)
        ? new Uint8Array(nodes).fill(this.#isApproved[number] === true ? PUSH.due : PUSH.none)
        : undefined,
    );
    this.#isConnected = isConnected;
  }

  /** A job is about to be made, or was made just now: whoever is connected is sent it in between. */
  jobMade(job: number): void {
    const states = this.#states[job];
    if (states === undefined || this.#isApproved[job] === true) return;
    for (let slot = 0; slot < states.length; slot++) {
      if (states[slot] === PUSH.none && this.#isConnected(slot)) states[slot] = PUSH.due;
    }
  }

  /** An offer of the job has arrived: whether it is one that nobody asked for. */
  take(slot: number, job: number): boolean {
    const states = this.#states[job];
    if (states?.[slot] !== PUSH.due) return false;
    states[slot] = PUSH.came;
    return true;
  }
}
