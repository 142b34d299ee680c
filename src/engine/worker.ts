/**
 * A worker thread: it drives one shard and does what the coordinator says. Records leave it many times a second, so
 * that a worker that dies takes next to nothing with it. It knows neither the operator nor the thresholds.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { assert, unreachable } from "../base/assert.ts";
import { hrtimeUs } from "../drivers/live/fleet-clock.ts";
import { LiveShard } from "../drivers/live/live-shard.ts";
import { TraceRecorder } from "../drivers/trace/trace-recorder.ts";
import { FleetBook } from "../fleet/fleet-book.ts";
import { BatchWriter } from "../measure/record-batch.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { hashOf, readDocument, type RunDocument, withFleetBooks } from "./run-document.ts";
import { SelfHarm } from "./self-harm.ts";
import { versionsOf } from "./versions.ts";
import {
  BATCH_PERIOD_MS,
  type FromWorker,
  HEALTH_PERIOD_MS,
  type ShardTask,
  type ToWorker,
} from "./worker-messages.ts";

/** The task of the pool: resolves when the shard has ended and everything is on its way. */
export function runShard(task: ShardTask): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new ShardWorker(task, resolve);
    task.port.on("message", (order: ToWorker) => {
      worker.obey(order).catch(reject);
    });
    // The run has gone away: nobody would take what this shard still has to say.
    task.port.once("close", () => worker.giveUp());
  });
}

class ShardWorker {
  readonly #task: ShardTask;
  readonly #scenario: Scenario;
  readonly #writer: BatchWriter;
  readonly #shard: LiveShard;
  readonly #whenOver: () => void;
  readonly #recorder: TraceRecorder | undefined;
  #batchTimer: NodeJS.Timeout | undefined;
  #healthTimer: NodeJS.Timeout | undefined;
  #harm: SelfHarm | undefined;
  #isOver = false;

  constructor(task: ShardTask, whenOver: () => void) {
    const { worker, firstNode, nodes, ids, secrets, rows, backend, images, traced } = task;
    const { run, scenario } = documentOf(task);
    const adapter = adapterOf(scenario.backend.adapter);
    assert(adapter !== undefined, "the adapter of a run is known");
    this.#task = task;
    this.#scenario = scenario;
    this.#whenOver = whenOver;
    this.#writer = new BatchWriter(run, worker);
    const sink = this.#writer;
    const onMistakenJob = (job: number): void => this.#say({ kind: "mistaken job", job });
    const nodesOf = { firstNode, nodes, ids, secrets, rows };
    const isOurs = traced !== undefined && traced >= firstNode && traced < firstNode + nodes;
    this.#recorder = isOurs ? new TraceRecorder(traced - firstNode) : undefined;
    const recorder = this.#recorder;
    this.#shard = new LiveShard({ scenario, adapter, ...nodesOf, sink, backend, images, recorder, onMistakenJob });
    this.#batchTimer = setInterval(() => this.#flush(), BATCH_PERIOD_MS);
    this.#say({ kind: "ready" });
  }

  async obey(order: ToWorker): Promise<void> {
    switch (order.kind) {
      case "connect":
        this.#healthTimer = setInterval(() => this.#sayHealth(), HEALTH_PERIOD_MS);
        await this.#shard.connect(order.rampOriginHrtimeUs);
        this.#say({ kind: "connected" });
        break;
      case "begin":
        this.#shard.begin(order.clock);
        this.#harm = new SelfHarm(this.#scenario.selftest, this.#task.worker);
        break;
      case "job expected":
        this.#shard.jobExpected(order.job);
        break;
      case "job created":
        this.#shard.jobCreated(order.job, order.jobId);
        break;
      case "job not created":
        this.#shard.jobNotCreated(order.job);
        break;
      case "stop starts":
        this.#harm?.stop();
        this.#shard.stopStarts();
        break;
      case "end":
        await this.#shard.drain(order.drainMs);
        this.#end();
        break;
      default:
        unreachable(order);
    }
  }

  /** Hangs up without a word. */
  giveUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#batchTimer);
    clearInterval(this.#healthTimer);
    this.#harm?.stop();
    this.#shard.close();
    this.#whenOver();
  }

  #end(): void {
    // Before the shard is closed: then there is no watch to read any more.
    if (this.#healthTimer !== undefined) this.#sayHealth();
    this.giveUp();
    this.#flush();
    if (this.#recorder !== undefined) this.#say({ kind: "traced", steps: this.#recorder.steps });
    this.#say({ kind: "ended", mark: this.#writer.end() });
  }

  #flush(): void {
    const batch = this.#writer.flush();
    const message: FromWorker = { kind: "batch", batch, atHrtimeUs: hrtimeUs() };
    this.#task.port.postMessage(message, [batch.bytes.buffer]);
  }

  #sayHealth(): void {
    const { sockets, loop } = this.#shard.health();
    const atHrtimeUs = hrtimeUs();
    const sample = {
      worker: this.#task.worker,
      atWallMs: 0,
      loopDelayMaxMs: loop.lateUsMax / 1_000,
      // Only lateness that a person or a metric could feel: each timer of the system is a hair late.
      loopLatenessMs: (loop.lateUsSums[0] ?? 0) / 1_000,
      cpuMs: (loop.threadCpuUs ?? loop.processCpuUs) / 1_000,
      runQueueWaitMs: (loop.runQueueWaitUs ?? 0) / 1_000,
      sockets,
    };
    this.#say({ kind: "health", sample, atHrtimeUs });
  }

  #say(message: FromWorker): void {
    this.#task.port.postMessage(message);
  }
}

/** A worker that was built from another version, or was handed another run, would not drive the same fleet. */
function documentOf({ document: text, documentSha256, books }: ShardTask): RunDocument {
  assert(hashOf(text) === documentSha256, "a worker is handed the run document that was hashed");
  const document = readDocument(text);
  assert(document !== undefined, "a worker can read the run document");
  const own = versionsOf();
  for (const [name, version] of Object.entries(own)) {
    assert(document.versions[name] === version, `a worker has ${name} ${document.versions[name]}, as the run has`);
  }
  return withFleetBooks(
    document,
    books.map((bytes, cohort) => {
      const book = bytes && new FleetBook(bytes);
      const wanted = document.scenario.fleet.cohorts[cohort]?.from?.sha256;
      assert(book?.sha256 === wanted, "a worker is handed the fleet books that were hashed");
      return book;
    }),
  );
}
