/** Everything that a scenario's `model:` states, at work in a virtual run, and what it came to at the end. */
import type { InstantUs } from "../../../base/instant.ts";
import { Distribution } from "../../../measure/distribution.ts";
import type { Histogram } from "../../../measure/histogram.ts";
import type { ModelDownloadsResult, ModelResult, ModelServerResult } from "../../../measure/model-result.ts";
import { modelValues } from "../../../scenario/model-values.ts";
import type { Scenario } from "../../../scenario/scenario.ts";
import type { ServerModel } from "../../../scenario/server-model.ts";
import { BrokerConnects, BrokerFanOut } from "./broker-gates.ts";
import { MessageServers, type MeasuredPool } from "./message-servers.ts";
import { leavesOut } from "./model-limits.ts";
import type { RateGate } from "./rate-gate.ts";
import { VirtualCdn } from "./virtual-cdn.ts";

export class ModelledServers {
  readonly cdn: VirtualCdn;
  readonly connects: BrokerConnects | undefined;
  readonly fanOut: BrokerFanOut | undefined;
  readonly messages: MessageServers;
  readonly #model: ServerModel;
  readonly #scenario: Scenario;

  private constructor(scenario: Scenario, model: ServerModel) {
    this.#model = model;
    this.#scenario = scenario;
    this.cdn = new VirtualCdn(model.cdn, scenario);
    this.connects = BrokerConnects.of(model.broker);
    this.fanOut = BrokerFanOut.of(model.broker);
    this.messages = new MessageServers(model, scenario);
  }

  /** Undefined where the scenario states no model: servers without limits. */
  static of(scenario: Scenario): ModelledServers | undefined {
    return scenario.model && new ModelledServers(scenario, scenario.model);
  }

  /** What it came to by the end of the run. To be asked once, before what is under way then is waited for. */
  result(endedAtUs: InstantUs, egressBytes: number): ModelResult {
    const model = this.#model;
    const { calibrated } = model;
    const { fetch, report } = this.messages;
    const { connects, fanOut } = this;
    const servers = [
      ...(fetch === undefined ? [] : [poolResult("fetch", fetch, endedAtUs)]),
      ...(report === undefined ? [] : [poolResult("statuses", report, endedAtUs)]),
      ...(connects === undefined
        ? []
        : [gateResult("broker connects", connects.gate, connects.waits, connects.backlogMax, endedAtUs)]),
      ...(fanOut === undefined ? [] : [gateResult("broker fan-out", fanOut.gate, fanOut.waits, null, endedAtUs)]),
    ];
    return {
      servers,
      downloads: this.#downloads(endedAtUs, egressBytes),
      outages: model.outages.map(({ of, atUs, forUs }) => ({ of, atUs, untilUs: atUs + forUs })),
      values: modelValues(model).map(({ name, text }) => {
        const fit = calibrated?.values[name];
        return { name, value: text, isCalibrated: fit !== undefined, fit: fit ?? "" };
      }),
      calibratedFrom: calibrated?.from ?? null,
      leavesOut: leavesOut(this.#scenario, model, this.cdn.capStep),
    };
  }

  /** Gives the histograms' memory back. It must not be used afterwards. */
  destroy(): void {
    const { fetch, report } = this.messages;
    for (const { waits } of [fetch, report, this.connects, this.fanOut].filter((part) => part !== undefined))
      waits.destroy();
  }

  #downloads(endedAtUs: InstantUs, egressBytes: number): ModelDownloadsResult {
    const { meter, plan, counts, capStep } = this.cdn;
    const egressBytesByBucket = meter.bytesBy(endedAtUs);
    const flowed = egressBytesByBucket.reduce((sum, bytes) => sum + bytes, 0);
    const { egressBytesPerSecond } = plan;
    const couldFlow = ((egressBytesPerSecond ?? 0) * endedAtUs) / 1e6;
    return {
      inFlightPeak: counts.openPeak,
      inFlightMax: plan.connectionsMax ?? null,
      refused: counts.refused,
      egressBytes,
      egressPeakBytesPerSecond: Math.round(meter.peak),
      egressMaxBytesPerSecond: egressBytesPerSecond ?? null,
      utilisation: egressBytesPerSecond === undefined ? null : couldFlow > 0 ? Math.min(1, flowed / couldFlow) : 0,
      capStep,
      egressBytesByBucket,
    };
  }
}

function poolResult(name: "fetch" | "statuses", measured: MeasuredPool, endedAtUs: InstantUs): ModelServerResult {
  const { pool, waits, queueMax } = measured;
  const { taken, turnedAway, lost } = pool.counts;
  return {
    name,
    servers: pool.servers,
    utilisation: endedAtUs > 0 ? Math.min(1, pool.busyUsBy(endedAtUs) / (pool.servers * endedAtUs)) : 0,
    queueMax: queueMax ?? null,
    queuePeak: pool.queuePeak,
    taken,
    refused: turnedAway,
    lost,
    wait: seriesOf(waits),
  };
}

function gateResult(
  name: "broker connects" | "broker fan-out",
  gate: RateGate,
  waits: Histogram,
  queueMax: number | null,
  endedAtUs: InstantUs,
): ModelServerResult {
  const { passed, refused, lost } = gate.counts;
  return {
    name,
    servers: null,
    utilisation: gate.usedBy(endedAtUs),
    queueMax,
    queuePeak: gate.linePeak,
    taken: passed,
    refused,
    lost,
    wait: seriesOf(waits),
  };
}

function seriesOf(waits: Histogram): ModelServerResult["wait"] {
  return new Distribution(waits, "samples").series();
}
