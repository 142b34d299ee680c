/**
 * The workers of a run as its coordinator sees them: one order for all, one answer when all that still live have
 * followed it. What they send goes on record; what a dead one took with it is noted, and its nodes are looked at.
 */
import { unreachable } from "../base/assert.ts";
import { type FleetClock, fleetNowUs, hrtimeUs } from "../drivers/live/fleet-clock.ts";
import { booksOf } from "../fleet/fleet-rows.ts";
import type { HealthSample, LostWorker } from "../measure/run-facts.ts";
import type { TraceStep } from "../node/trace-step.ts";
import { recordFound } from "./found-running.ts";
import type { SealedDocument } from "./run-document.ts";
import type { RunRecords } from "./run-records.ts";
import type { FromWorker, NodeBackend } from "./worker-messages.ts";
import { WorkerPool } from "./worker-pool.ts";

/** From the order to the first dial: a message takes a few milliseconds. */
const RAMP_AHEAD_US = 50_000;
/**
 * A worker that has not closed its shard so long after the drain is taken for lost; of one whose thread has ended the
 * pool tells at once. It closes in some 20 ms of processor time, which took more than 5 s where four others wanted the
 * two processors and the run had the lowest priority: it was late, and nothing of it was lost.
 */
const CLOSE_MAX_MS = 30_000;
/** The same where somebody waits for the run to stop, from when it is known. */
const CLOSE_SOON_MAX_MS = 5_000;
/** After so long it is told what is waited for. */
const CLOSE_LATE_MS = 3_000;
/** A loop that stood still for so long is worth a warning. */
const STALL_MS = 1_000;

export interface CrewParts {
  readonly sealed: SealedDocument;
  readonly ids: readonly string[];
  readonly secrets: readonly string[];
  readonly backend: NodeBackend;
  readonly records: RunRecords;
  /** The node whose life is written down. */
  readonly traced: number | undefined;
  /** A sentence for a person. */
  readonly onTrouble: (sentence: string) => void;
  readonly onAllLost: () => void;
  /** Records of a job are wrong: a worker took another job's offers for its. */
  readonly onMistakenJob: (job: number) => void;
}

type Answer = "ready" | "connected" | "ended";

export class WorkerCrew {
  /** Workers that died, in the order of their deaths. */
  readonly lost: LostWorker[] = [];
  readonly #parts: CrewParts;
  readonly #pool: WorkerPool;
  readonly #workers: number;
  readonly #answers: Record<Answer, Set<number>> = { ready: new Set(), connected: new Set(), ended: new Set() };
  #check: () => void = () => {};
  #rampOriginUs = 0;
  #clock: FleetClock | undefined;
  #isOver = false;
  #lapse: ((afterMs: number) => void) | undefined;
  #isHurried = false;
  #tracedSteps: readonly TraceStep[] | undefined;
  /** Until the run's origin is known, a sample cannot say when it was. */
  #earlyHealth: (HealthSample & { readonly atHrtimeUs: number })[] = [];

  /** Starts the threads. */
  constructor(parts: CrewParts) {
    this.#parts = parts;
    const { document, text, sha256 } = parts.sealed;
    this.#workers = document.workers;
    const books = booksOf(document.scenario.fleet).map((book) => book?.buffer);
    const { backend, traced } = parts;
    const common = { document: text, documentSha256: sha256, books, backend, images: document.images, traced };
    this.#pool = new WorkerPool(document.workers, common, parts.ids, parts.secrets, {
      onMessage: (worker, message) => this.#hear(worker, message),
      onDeath: (worker, why, lostMs) => this.#bury(worker, why, lostMs),
    });
  }

  /** The life of the node that is traced, once its worker has ended; undefined = it died, or none is traced. */
  get tracedSteps(): readonly TraceStep[] | undefined {
    return this.#tracedSteps;
  }

  /** All nodes are born. */
  ready(): Promise<void> {
    return this.#all("ready");
  }

  /** The ramp, from its first dial to its end. */
  connect(): Promise<void> {
    this.#rampOriginUs = hrtimeUs() + RAMP_AHEAD_US;
    this.#pool.tell({ kind: "connect", rampOriginHrtimeUs: this.#rampOriginUs });
    return this.#all("connected");
  }

  /** Fleet time runs from the clock's origin. */
  begin(clock: FleetClock): void {
    this.#clock = clock;
    this.#pool.tell({ kind: "begin", clock });
    const early = this.#earlyHealth;
    this.#earlyHealth = [];
    for (const { atHrtimeUs, ...sample } of early) this.#takeHealth(sample, atHrtimeUs);
  }

  jobExpected(job: number): void {
    this.#pool.tell({ kind: "job expected", job });
  }

  jobCreated(job: number, jobId: string): void {
    this.#pool.tell({ kind: "job created", job, jobId });
  }

  jobNotCreated(job: number): void {
    this.#pool.tell({ kind: "job not created", job });
  }

  /** Somebody waits for the run to stop: workers are given less time to close, counted from the first call. */
  hurry(): void {
    // A run whose disk is full is interrupted at each look at it, and would begin to wait anew each time.
    if (this.#isHurried) return;
    this.#isHurried = true;
    this.#lapse?.(CLOSE_SOON_MAX_MS);
  }

  /** No new starts, a bounded drain, and every shard closed; a worker that does not answer is lost. */
  async end(drainMs: number): Promise<void> {
    this.#pool.tell({ kind: "stop starts" });
    this.#pool.tell({ kind: "end", drainMs });
    const late = setTimeout(() => {
      const words = `${this.#workers - this.#answers.ended.size - this.#lostWithout("ended")} of ${this.#workers}`;
      this.#parts.onTrouble(`workers that have not closed yet: ${words}; they are waited for`);
    }, drainMs + CLOSE_LATE_MS);
    let patience: NodeJS.Timeout | undefined;
    const lapsed = new Promise<void>((resolve) => {
      this.#lapse = (afterMs) => {
        clearTimeout(patience);
        patience = setTimeout(resolve, afterMs);
      };
    });
    this.#lapse?.(drainMs + (this.#isHurried ? CLOSE_SOON_MAX_MS : CLOSE_MAX_MS));
    await Promise.race([this.#all("ended"), lapsed]);
    clearTimeout(late);
    clearTimeout(patience);
    this.#pool.giveUp("it did not close its shard");
    this.#isOver = true;
    for (const { atHrtimeUs, ...sample } of this.#earlyHealth) this.#takeHealth(sample, atHrtimeUs);
  }

  /** Ends the threads, whatever they are at. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  #all(answer: Answer): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (this.#answers[answer].size + this.#lostWithout(answer) >= this.#workers) resolve();
      };
      this.#check();
    });
  }

  #lostWithout(answer: Answer): number {
    return this.lost.filter(({ worker }) => !this.#answers[answer].has(worker)).length;
  }

  #hear(worker: number, message: FromWorker): void {
    const { records } = this.#parts;
    switch (message.kind) {
      case "batch":
        records.take(message.batch);
        return;
      case "health":
        this.#takeHealth(message.sample, message.atHrtimeUs);
        return;
      case "mistaken job":
        this.#parts.onMistakenJob(message.job);
        return;
      case "traced":
        this.#tracedSteps = message.steps;
        return;
      case "ended":
        records.takeEndMark(message.mark);
        break;
      case "ready":
      case "connected":
        break;
      default:
        unreachable(message);
    }
    this.#answers[message.kind].add(worker);
    this.#check();
  }

  #takeHealth(sample: HealthSample, atHrtimeUs: number): void {
    const { records, onTrouble } = this.#parts;
    if (this.#clock === undefined && !this.#isOver) {
      this.#earlyHealth.push({ ...sample, atHrtimeUs });
      return;
    }
    const originUs = this.#clock?.originHrtimeUs ?? this.#rampOriginUs;
    if (sample.loopDelayMaxMs > STALL_MS) {
      onTrouble(`worker ${sample.worker} stood still for ${Math.round(sample.loopDelayMaxMs)} ms`);
    }
    records.takeHealth({ ...sample, atWallMs: Math.round((atHrtimeUs - originUs) / 1_000) });
  }

  #bury(worker: number, why: string, lostMs: number): void {
    const { sealed, records, onTrouble, onAllLost } = this.#parts;
    const shard = this.#pool.shardOf(worker);
    const lastNode = shard.firstNode + shard.nodes - 1;
    this.lost.push({ worker, shard: worker, firstNode: shard.firstNode, lastNode, lostMs });
    const atUs = this.#clock === undefined ? 0 : fleetNowUs(this.#clock);
    records.write((sink) => recordFound(sealed.document.scenario, shard, atUs, sink));
    onTrouble(`worker ${worker} died with nodes ${shard.firstNode} to ${lastNode}: ${why}`);
    this.#check();
    if (this.lost.length === this.#workers) onAllLost();
  }
}
