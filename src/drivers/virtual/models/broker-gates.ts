/** The broker's two gates: connects that it takes, and offers that it gives out. Both keep who comes in order. */
import type { InstantUs } from "../../../base/instant.ts";
import { Histogram } from "../../../measure/histogram.ts";
import type { BrokerModel } from "../../../scenario/server-model.ts";
import { RateGate } from "./rate-gate.ts";

/** Connects. One that its node has given up keeps its turn: the broker finds out when it answers. */
export class BrokerConnects {
  readonly gate: RateGate;
  readonly backlogMax: number;
  readonly waits = new Histogram();

  private constructor(perSecond: number, { connectBurst, backlogMax }: BrokerModel) {
    this.gate = new RateGate(perSecond, connectBurst, backlogMax);
    this.backlogMax = backlogMax;
  }

  /** Undefined where the model states no limit. */
  static of(broker: BrokerModel | undefined): BrokerConnects | undefined {
    return broker?.connectsPerSecond === undefined ? undefined : new BrokerConnects(broker.connectsPerSecond, broker);
  }

  /** A connect arrives; answers how long it waits, microseconds, or undefined where it is refused. */
  arrive(nowUs: InstantUs): number | undefined {
    const passesUs = this.gate.arrive(nowUs);
    if (passesUs === undefined) return undefined;
    this.waits.record(Math.round(passesUs - nowUs));
    return passesUs - nowUs;
  }
}

/** Offers that leave. They wait as long as it takes: a broker queues what it has for a node. */
export class BrokerFanOut {
  readonly gate: RateGate;
  readonly waits = new Histogram();

  private constructor(perSecond: number) {
    this.gate = new RateGate(perSecond, 1, Infinity);
  }

  /** Undefined where the model states no limit. */
  static of(broker: BrokerModel | undefined): BrokerFanOut | undefined {
    return broker?.fanOutPerSecond === undefined ? undefined : new BrokerFanOut(broker.fanOutPerSecond);
  }

  /** An offer is ready; answers how long it waits, microseconds. */
  waitUs(nowUs: InstantUs): number {
    const us = (this.gate.arrive(nowUs) ?? nowUs) - nowUs;
    this.waits.record(Math.round(us));
    return us;
  }
}
