/**
 * Who answers questions and takes statuses in: a pool of servers for each, as far as the scenario states one. Messages
 * of one node are done in the order in which they came, as a node's connection is served by one.
 */
import { FieldTable } from "../../../base/field-table.ts";
import { seedOf } from "../../../base/random.ts";
import { type InstantUs, SECOND_US } from "../../../base/instant.ts";
import { UserError } from "../../../base/user-error.ts";
import { Histogram } from "../../../measure/histogram.ts";
import type { Scenario } from "../../../scenario/scenario.ts";
import type { ServerModel, ServerPoolPlan } from "../../../scenario/server-model.ts";
import { DURATION } from "../../../scenario/units.ts";
import { ArrivalOrder } from "../arrival-order.ts";
import { MODEL_PURPOSE, ModelDraws } from "./model-draws.ts";
import { ServerPool } from "./server-pool.ts";

/**
 * Where servers fall behind for good, a queue without an end takes all memory there is: nodes write again what is not
 * answered. A herd of the whole fleet, each node with half the repetitions that its firmware makes, still waits.
 */
const WAITING_MAX = { atLeast: 1_000_000, aNode: 16 } as const;

/** A pool with the law of its jobs' lengths, and how long they waited. */
export class MeasuredPool {
  readonly pool: ServerPool;
  readonly queueMax: number | undefined;
  readonly waits = new Histogram();
  readonly #draws: ModelDraws;
  readonly #kind: "fetch" | "report";
  readonly #waitingMax: number;

  /** @param seed 32 bits */
  constructor(plan: ServerPoolPlan, kind: "fetch" | "report", seed: number, nodes: number) {
    this.#kind = kind;
    this.#waitingMax = WAITING_MAX.atLeast + WAITING_MAX.aNode * nodes;
    this.pool = new ServerPool(plan.servers, plan.queueMax ?? Infinity);
    this.queueMax = plan.queueMax;
    this.#draws = new ModelDraws(plan.serviceUs, seed, MODEL_PURPOSE[kind], nodes);
  }

  /**
   * A job of a node; answers when it is done, or undefined where it is turned away. Throws a `UserError` where a queue
   * without an end has grown beyond hope.
   */
  arrive(node: number, nowUs: InstantUs): InstantUs | undefined {
    if (this.queueMax === undefined && this.pool.queueAt(nowUs) >= this.#waitingMax) throw this.#endless(nowUs);
    const lengthUs = this.#draws.next(node);
    const beginsUs = this.pool.arrive(nowUs, lengthUs);
    if (beginsUs === undefined) return undefined;
    this.waits.record(Math.round(beginsUs - nowUs));
    return beginsUs + lengthUs;
  }

  #endless(nowUs: InstantUs): UserError {
    const [part, what] = this.#kind === "fetch" ? ["fetch", "questions"] : ["statuses", "statuses"];
    const at = DURATION.print(Math.round(nowUs / SECOND_US) * SECOND_US);
    return new UserError({
      field: `model.${part}.queue`,
      seen: `has no end, and ${this.#waitingMax} ${what} wait in it ${at} after the start`,
      expected: `the servers fall behind for good: write a queue, more model.${part}.servers or a shorter model.${part}.service`,
    });
  }
}

export class MessageServers {
  readonly fetch: MeasuredPool | undefined;
  readonly report: MeasuredPool | undefined;
  readonly #nodes: number;
  #order: ArrivalOrder;

  constructor(model: ServerModel, { seed, fleet }: Pick<Scenario, "seed" | "fleet">) {
    const pool = (plan: ServerPoolPlan | undefined, kind: "fetch" | "report"): MeasuredPool | undefined =>
      plan && new MeasuredPool(plan, kind, seedOf(seed), fleet.nodes);
    this.fetch = pool(model.fetch, "fetch");
    this.report = pool(model.statuses, "report");
    this.#nodes = this.fetch === undefined && this.report === undefined ? 0 : fleet.nodes;
    this.#order = new ArrivalOrder(new FieldTable(this.#nodes, 8).f64());
  }

  /** A message of a node arrives: when it has been served (now = at once), or undefined where it is turned away. */
  arrive(kind: "fetch" | "report", node: number, nowUs: InstantUs): InstantUs | undefined {
    const pool = this[kind];
    if (pool === undefined && this.#nodes === 0) return nowUs;
    const doneUs = pool === undefined ? nowUs : pool.arrive(node, nowUs);
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
    this.#order = new ArrivalOrder(new FieldTable(this.#nodes, 8).f64());
  }
}
