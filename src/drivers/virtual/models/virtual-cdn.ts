/**
 * Where images come from: how many downloads at once, how late the first byte, how fast each, and the bandwidth that
 * all of them share. It knows nothing of nodes or requests; `virtual-transfers.ts` asks it.
 */
import { assert } from "../../../base/assert.ts";
import { SECOND_US, type InstantUs } from "../../../base/instant.ts";
import { seedOf } from "../../../base/random.ts";
import { bucketWidthUs } from "../../../measure/run-plan.ts";
import type { Scenario } from "../../../scenario/scenario.ts";
import type { CdnModel } from "../../../scenario/server-model.ts";
import { CapClasses, CLASSES_MAX } from "./cap-classes.ts";
import { FairLink } from "./fair-link.ts";
import { FlowMeter } from "./flow-meter.ts";
import { MODEL_PURPOSE, ModelDraws } from "./model-draws.ts";

const UNLIMITED: CdnModel = {
  egressBytesPerSecond: undefined,
  perConnectionBytesPerSecond: undefined,
  connectionsMax: undefined,
  firstByteUs: undefined,
  retryAfterUs: undefined,
};

export class VirtualCdn {
  readonly plan: CdnModel;
  readonly meter: FlowMeter;
  readonly #draws: ModelDraws | undefined;
  /** Caps of the fleet, until there are more than classes: then the least and the greatest decide. */
  readonly #caps = new Set<number>();
  #leastCap = Infinity;
  #mostCap = 0;
  #classes: CapClasses | undefined;
  #link: FairLink | undefined;
  #open = 0;
  #openPeak = 0;
  #refused = 0;
  /** Sum of all rates where nothing is shared, as long as the servers do not stand still. */
  #rate = 0;
  #isStill = false;

  constructor(plan: CdnModel | undefined, { seed, fleet, end }: Pick<Scenario, "seed" | "fleet" | "end">) {
    this.plan = plan ?? UNLIMITED;
    const { firstByteUs } = this.plan;
    this.#draws = firstByteUs && new ModelDraws(firstByteUs, seedOf(seed), MODEL_PURPOSE.firstByte, fleet.nodes);
    this.meter = new FlowMeter(bucketWidthUs(end.afterUs), end.afterUs);
  }

  get counts(): { readonly openPeak: number; readonly refused: number } {
    return { openPeak: this.#openPeak, refused: this.#refused };
  }

  /** Ratio of a class of caps to the next; 1 = each has its own. */
  get capStep(): number {
    return this.#classes?.step ?? 1;
  }

  /** Whether downloads share a link; else each has its pace. */
  get isShared(): boolean {
    return this.plan.egressBytesPerSecond !== undefined;
  }

  /** A node of the fleet can take so many bytes a second. To be told of all before the first download. */
  expect(pace: number): void {
    if (!this.isShared) return;
    const cap = this.#wholeCap(pace);
    if (this.#caps.size <= CLASSES_MAX) this.#caps.add(cap);
    this.#leastCap = Math.min(this.#leastCap, cap);
    this.#mostCap = Math.max(this.#mostCap, cap);
  }

  /** A download wants to begin; false = refused, there are as many as may be. */
  open(): boolean {
    if (this.#open >= (this.plan.connectionsMax ?? Infinity)) {
      this.#refused++;
      return false;
    }
    this.#open++;
    this.#openPeak = Math.max(this.#openPeak, this.#open);
    return true;
  }

  /** A download that had begun has ended. */
  close(): void {
    this.#open--;
  }

  /** How late the first byte of an answer to a node is, microseconds. */
  firstByteUs(node: number): number {
    return this.#draws?.next(node) ?? 0;
  }

  /** Seconds of the Retry-After of a refusal. */
  get retryAfterSeconds(): number | undefined {
    const { retryAfterUs } = this.plan;
    return retryAfterUs === undefined ? undefined : retryAfterUs / SECOND_US;
  }

  /** What one download gets at most, bytes a second. */
  paceOf(pace: number): number {
    return Math.min(pace, this.plan.perConnectionBytesPerSecond ?? Infinity);
  }

  /** Bytes flow at a pace that nobody else changes. Of a link that is not shared. */
  flows(change: number, nowUs: InstantUs): void {
    this.#rate += change;
    this.meter.flows(this.#isStill ? 0 : this.#rate, nowUs);
  }

  /** Bytes flow over the shared link; answers the flow's number. */
  join(pace: number, bytes: number, nowUs: InstantUs): number {
    const link = this.#sharedLink();
    const flow = link.join((this.#classes as CapClasses).classOf(this.#wholeCap(pace)), bytes, nowUs);
    this.meter.flows(link.rate, nowUs);
    return flow;
  }

  /** A flow of the shared link ends; answers what it got. */
  leave(flow: number, nowUs: InstantUs): number {
    const link = this.#sharedLink();
    const gotBytes = link.leave(flow, nowUs);
    this.meter.flows(link.rate, nowUs);
    return gotBytes;
  }

  gotBytes(flow: number, nowUs: InstantUs): number {
    return this.#sharedLink().gotBytes(flow, nowUs);
  }

  /** A flow that is done by now, or -1. */
  doneBy(nowUs: InstantUs): number {
    return this.#sharedLink().doneBy(nowUs);
  }

  /** When to look for a flow that is done. */
  get lookAtUs(): InstantUs {
    return this.#sharedLink().lookAtUs;
  }

  /** The servers stand still, or go on. */
  stand(isStill: boolean, nowUs: InstantUs): void {
    this.#isStill = isStill;
    if (!this.isShared) {
      this.flows(0, nowUs);
      return;
    }
    const link = this.#sharedLink();
    link.setCapacity(isStill ? 0 : (this.plan.egressBytesPerSecond ?? 0), nowUs);
    this.meter.flows(link.rate, nowUs);
  }

  #wholeCap(pace: number): number {
    return Math.max(1, Math.round(this.paceOf(pace)));
  }

  #sharedLink(): FairLink {
    if (this.#link !== undefined) return this.#link;
    const { egressBytesPerSecond } = this.plan;
    assert(egressBytesPerSecond !== undefined, "a link without a bandwidth is not shared");
    this.#classes = new CapClasses(this.#caps.add(this.#leastCap).add(this.#mostCap));
    this.#link = new FairLink(this.#classes.caps, egressBytesPerSecond);
    return this.#link;
  }
}
