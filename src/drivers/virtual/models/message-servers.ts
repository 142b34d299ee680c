/**
 * Who answers questions and takes statuses in: a pool of servers for each, as far as the scenario states one. Messages
 * of one node are done in the order in which they came, as a node's connection is served by one.
 */
import { seedOf } from "../../../base/random.ts";
import type { InstantUs } from "../../../base/instant.ts";
import { Histogram } from "../../../measure/histogram.ts";
import type { Scenario } from "../../../scenario/scenario.ts";
import type { ServerModel, ServerPoolPlan } from "../../../scenario/server-model.ts";
import { ArrivalOrder } from "../arrival-order.ts";
import { MODEL_PURPOSE, ModelDraws } from "./model-draws.ts";
import { ServerPool } from "./server-pool.ts";

/** A pool with the law of its jobs' lengths, and how long they waited. */
export class MeasuredPool {
  readonly pool: ServerPool;
  readonly queueMax: number | undefined;
  readonly waits = new Histogram();
  readonly #draws: ModelDraws;

  /** @param seed 32 bits */
  constructor(plan: ServerPoolPlan, purpose: number, seed: number, nodes: number) {
    this.pool = new ServerPool(plan.servers, plan.queueMax ?? Infinity);
    this.queueMax = plan.queueMax;
    this.#draws = new ModelDraws(plan.serviceUs, seed, purpose, nodes);
  }

  /** A job of a node; answers when it is done, or undefined where it is turned away. */
  arrive(node: number, nowUs: InstantUs): InstantUs | undefined {
    const lengthUs = this.#draws.next(node);
    const beginsUs = this.pool.arrive(nowUs, lengthUs);
    if (beginsUs === undefined) return undefined;
    this.waits.record(Math.round(beginsUs - nowUs));
    return beginsUs + lengthUs;
  }
}

export class MessageServers {
  readonly fetch: MeasuredPool | undefined;
  readonly report: MeasuredPool | undefined;
  readonly #nodes: number;
  #order: ArrivalOrder;

  constructor(model: ServerModel, { seed, fleet }: Pick<Scenario, "seed" | "fleet">) {
    const pool = (plan: ServerPoolPlan | undefined, purpose: number): MeasuredPool | undefined =>
      plan && new MeasuredPool(plan, purpose, seedOf(seed), fleet.nodes);
    this.fetch = pool(model.fetch, MODEL_PURPOSE.fetch);
    this.report = pool(model.statuses, MODEL_PURPOSE.report);
    this.#nodes = this.fetch === undefined && this.report === undefined ? 0 : fleet.nodes;
    this.#order = new ArrivalOrder(this.#nodes);
  }

  /** A message of a node arrives: when it has been served (now = at once), or undefined where it is turned away. */
  arrive(kind: "fetch" | "report", node: number, nowUs: InstantUs): InstantUs | undefined {
    const pool = this[kind];
    if (pool === undefined) return nowUs;
    const doneUs = pool.arrive(node, nowUs);
    return doneUs === undefined ? undefined : this.#order.next(node, doneUs);
  }

  /** A message has been served. */
  served(node: number, nowUs: InstantUs): void {
    this.#order.arrived(node, nowUs);
  }

  /** Killed: what waits or is being served is lost. */
  die(nowUs: InstantUs): void {
    this.fetch?.pool.die(nowUs);
    this.report?.pool.die(nowUs);
    this.#order = new ArrivalOrder(this.#nodes);
  }
}
