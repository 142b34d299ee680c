/**
 * A question to which the answer is "nothing", as most of a fleet's are. Where nothing can come between the question and
 * its answer, the node is told both at once, each at its own instant: what is kept of it is near then, and the queue
 * holds neither message. Whatever such an answer changes is the node's own, so that it may come ahead of what others do.
 */
import { assert } from "../../base/assert.ts";
import { NEVER, type InstantUs } from "../../base/instant.ts";
import type { OutboxEntry } from "../../node/report.ts";
import { FLIGHT } from "./in-flight.ts";
import type { VirtualAnswers } from "./virtual-answers.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualRoster } from "./virtual-roster.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** What may come between, by itself or by the operator. */
export interface Interruptions {
  /** The operator does nothing before this instant. */
  readonly operatesAtUs: InstantUs;
  /** The node has no deadline before this instant. */
  readonly deadlineUs: InstantUs;
}

export class IdleQuestions {
  readonly #world: VirtualWorld;
  readonly #backend: VirtualBackend;
  readonly #answers: VirtualAnswers;
  readonly #roster: VirtualRoster;
  #message = 0;
  #entry: OutboxEntry | undefined;
  #reachesUs: InstantUs = NEVER;

  constructor(world: VirtualWorld, backend: VirtualBackend, answers: VirtualAnswers, roster: VirtualRoster) {
    this.#world = world;
    this.#backend = backend;
    this.#answers = answers;
    this.#roster = roster;
  }

  /** Whether a question is held back, to be gone on with as soon as its node names its deadline. */
  get isHeld(): boolean {
    return this.#entry !== undefined;
  }

  /** A node that is being told something asks. True: the question is held back. */
  hold(node: number, message: number, entry: OutboxEntry, reachesUs: InstantUs): boolean {
    const world = this.#world;
    if (this.#entry !== undefined || entry.kind !== "fetch" || world.underWay.get(node) !== 0) return false;
    if (!world.takesAnswersAhead(node)) return false;
    this.#message = message;
    this.#entry = entry;
    this.#reachesUs = reachesUs;
    return true;
  }

  /**
   * Goes on with the question that is held back: answered at once where nothing comes between, else on its way like any
   * other. True: it is answered.
   */
  goOn(node: number, { operatesAtUs, deadlineUs }: Interruptions): boolean {
    const world = this.#world;
    const entry = this.#entry;
    assert(entry !== undefined, "a question is held back");
    this.#entry = undefined;
    const reachesUs = this.#reachesUs;
    const answeredUs = Math.ceil(reachesUs + world.trips(node, 1));
    if (
      answeredUs >= deadlineUs ||
      answeredUs >= operatesAtUs ||
      answeredUs > world.endUs ||
      world.underWay.get(node) !== 0 ||
      !this.#backend.fetchNothing(node, this.#roster.versionOf(node), reachesUs)
    ) {
      world.fly(FLIGHT.atBackend, node, this.#message, entry, reachesUs);
      return false;
    }
    world.arrivals.arrived(node, reachesUs);
    const { nowUs } = world;
    world.nowUs = answeredUs;
    this.#answers.answered("acknowledged", node, this.#message, entry);
    world.nowUs = nowUs;
    return true;
  }
}
