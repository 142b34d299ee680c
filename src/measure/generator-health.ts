/**
 * Whether the instrument was the limit. A latency that mostly shows how late the generator was says nothing of the
 * backend, so a metric is invalid where the lateness of its own samples is too large; a loop that stood still for a
 * second, or a start that could not be made, shaped the whole run.
 */
import { howMany } from "../base/how-many.ts";
import { MILLISECOND_US } from "../base/instant.ts";
import { p95OfSamples, p99OfSamples } from "./distribution.ts";
import { DROP_CAUSES } from "./event-record.ts";
import { type MeasuredMetric, isCompressedTooHard } from "./measured-metric.ts";
import { METRICS, METRIC_NUMBER, type MetricName } from "./metrics.ts";
import { kindNumber } from "./record-codec.ts";
import type { HealthSample } from "./run-facts.ts";
import type { GeneratorResult, WorkerHealthResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Lateness at p99 that is let pass in any metric: what a timer of the operating system and a busy loop cost. */
export const LATENESS_ALWAYS_ALLOWED_US = 5 * MILLISECOND_US;

/** Lateness at p99 that is let pass as a share of the metric's own p99. */
const LATENESS_SHARE_MAX = 0.1;

/** A worker's loop that was behind by more than this shaped the outcome of the run. */
const LOOP_DELAY_MAX_MS = 1_000;

/** Where a metric's lateness is found: its own, or that of the step that it begins with. */
const LATENESS_OF: Readonly<Partial<Record<MetricName, MetricName>>> = {
  connect: "connect",
  connect_tcp: "connect",
  connect_tls: "connect",
  fetch_ack: "fetch_ack",
  fetch_offer: "fetch_offer",
  first_byte: "first_byte",
  report_ack: "report_ack",
};

/** One metric's lateness against what is allowed. */
interface Lateness {
  readonly count: number;
  readonly p99Us: number | "no samples";
  readonly maxUs: number | null;
  readonly limitUs: number | null;
  readonly isValid: boolean;
}

/** Judges the lateness of one wall metric; undefined for composed metrics, whose waits are judged by others. */
function latenessOf(state: RunState, measured: MeasuredMetric): Lateness | undefined {
  const source = LATENESS_OF[measured.metric.name as MetricName];
  if (source === undefined) return undefined;
  const lateness = state.latencies.lateness(METRIC_NUMBER[source]);
  const p99Us = lateness === undefined ? null : p99OfSamples(lateness);
  const ownP99Us = p99OfSamples(measured.total.histogram);
  if (lateness === undefined || p99Us === null) {
    return { count: 0, p99Us: "no samples", maxUs: null, limitUs: null, isValid: true };
  }
  const limitUs = Math.max(LATENESS_ALWAYS_ALLOWED_US, Math.round(LATENESS_SHARE_MAX * (ownP99Us ?? 0)));
  return { count: lateness.count, p99Us, maxUs: lateness.max, limitUs, isValid: p99Us <= limitUs };
}

/** Why a metric's numbers are not to be used; "" = they are. */
export function invalidBecause(state: RunState, measured: MeasuredMetric): string {
  const name = measured.metric.name;
  const { badSamples, outOfRange } = measured.total.histogram;
  if (badSamples > 0)
    return `${name} has ${howMany(badSamples, "sample that is", "samples that are")} no whole number of microseconds from 0`;
  if (outOfRange > 0) return `${name} has ${howMany(outOfRange, "sample")} beyond the histogram's range`;
  const lateness = latenessOf(state, measured);
  if (lateness?.isValid === false) {
    return `the generator was late: ${name} has a lateness of ${lateness.p99Us} us at p99, and ${lateness.limitUs} us are allowed`;
  }
  if (!isCompressedTooHard(measured)) return "";
  const [raw, composed] = [p95OfSamples(measured.raw!.histogram), p95OfSamples(measured.total.histogram)];
  return `the clock was compressed too hard: ${name} at p95 is ${raw} us by the fleet's clock and ${composed} us composed`;
}

/** Judges the generator as a whole. */
export function generatorHealth(
  state: RunState,
  metrics: Readonly<Record<MetricName, MeasuredMetric>>,
  health: readonly HealthSample[],
): GeneratorResult {
  const workers = workerHealth(health);
  const dropKind = kindNumber("start dropped");
  const droppedStarts = Object.fromEntries(
    DROP_CAUSES.map((cause, number) => [cause, state.countOf(dropKind, number)]),
  ) as GeneratorResult["droppedStarts"];
  const reasons = [...droppedReasons(droppedStarts), ...stallReasons(workers)];
  const lateness = METRICS.flatMap(({ name }) => {
    const judged = latenessOf(state, metrics[name]);
    // Without a sample of its own there is nothing that lateness could have shaped.
    return judged === undefined || metrics[name].total.histogram.count === 0 ? [] : [[name, judged] as const];
  });
  const bad = METRICS.reduce((sum, { name }) => sum + metrics[name].total.histogram.badSamples, 0);
  if (bad > 0) reasons.push(`${howMany(bad, "sample was", "samples were")} no whole number of microseconds from 0`);
  return {
    verdict: reasons.length === 0 ? "held up" : "was the limit",
    reasons,
    lateness: Object.fromEntries(lateness),
    droppedStarts,
    badSamples: bad,
    tornRecords: Math.ceil(state.tornBytes / 32),
    unknownRecords: state.unknownRecords,
    workers,
  };
}

function droppedReasons(dropped: GeneratorResult["droppedStarts"]): string[] {
  // Starts that a dead worker or the end of the run took away are told of as such; the generator did not fail them.
  return (["no slot", "no port", "no file"] as const)
    .filter((cause) => dropped[cause] > 0)
    .map((cause) => `${howMany(dropped[cause], "start")} could not be made: ${cause}`);
}

function stallReasons(workers: readonly WorkerHealthResult[]): string[] {
  return workers
    .filter((worker) => worker.loopDelayMaxMs > LOOP_DELAY_MAX_MS)
    .map((worker) => `worker ${worker.worker} stood still for ${Math.round(worker.loopDelayMaxMs)} ms at once`);
}

function workerHealth(samples: readonly HealthSample[]): readonly WorkerHealthResult[] {
  const byWorker = new Map<number, WorkerHealthResult>();
  for (const sample of samples) {
    const before = byWorker.get(sample.worker);
    byWorker.set(sample.worker, {
      worker: sample.worker,
      loopDelayMaxMs: Math.max(before?.loopDelayMaxMs ?? 0, sample.loopDelayMaxMs),
      loopLatenessMs: (before?.loopLatenessMs ?? 0) + sample.loopLatenessMs,
      cpuMs: (before?.cpuMs ?? 0) + sample.cpuMs,
      runQueueWaitMs: (before?.runQueueWaitMs ?? 0) + sample.runQueueWaitMs,
      socketsMax: Math.max(before?.socketsMax ?? 0, sample.sockets),
    });
  }
  return [...byWorker.values()].sort((a, b) => a.worker - b.worker);
}
