/**
 * The worker threads of a run, one shard each. A worker that dies takes its own shard with it and nothing else: the
 * others go on, and whoever runs the run is told what is missing.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Piscina } from "piscina";
import { hrtimeUs } from "../drivers/live/fleet-clock.ts";
import { type NodeRange, shardRange } from "../fleet/shard.ts";
import { NodeTable } from "../node/node-table.ts";
import { startedArgv, startedFile } from "./started-file.ts";
import { threadFault } from "./thread-fault.ts";
import type { FromWorker, ShardTask, ToWorker } from "./worker-messages.ts";

/** What a pool tells. */
export interface PoolListener {
  onMessage(worker: number, message: FromWorker): void;
  /** Never after the worker's end mark. `lostMs`: wall time from its last batch to its death. */
  onDeath(worker: number, why: string, lostMs: number): void;
}

/** What all workers of a run have in common. */
export type CommonTask = Pick<ShardTask, "document" | "documentSha256" | "books" | "backend" | "images" | "traced">;

interface PoolWorker {
  readonly range: NodeRange;
  readonly rows: SharedArrayBuffer;
  readonly port: MessagePort;
  lastBatchUs: number;
  state: "running" | "ended" | "lost";
}

export class WorkerPool {
  readonly #piscina: Piscina<ShardTask, void>;
  readonly #workers: PoolWorker[] = [];
  readonly #listener: PoolListener;
  #isClosing = false;

  /** Starts the threads; each is born with its shard, and says that it is ready. */
  constructor(
    workers: number,
    common: CommonTask,
    ids: readonly string[],
    secrets: readonly string[],
    listener: PoolListener,
  ) {
    this.#listener = listener;
    this.#piscina = new Piscina({
      filename: startedFile("engine/worker.js").href,
      name: "runShard",
      minThreads: workers,
      maxThreads: workers,
      // Otherwise a thread's event loop stands still between two tasks.
      atomics: "disabled",
      idleTimeout: Infinity,
      execArgv: startedArgv(),
    });
    for (let worker = 0; worker < workers; worker++) {
      const range = shardRange(ids.length, { k: worker, n: workers });
      this.#start(worker, range, common, ids.slice(range.first, range.end), secrets.slice(range.first, range.end));
    }
  }

  /** The nodes of a worker and the rows that it shares. */
  shardOf(worker: number): { readonly firstNode: number; readonly nodes: number; readonly rows: SharedArrayBuffer } {
    const { range, rows } = this.#workers[worker]!;
    return { firstNode: range.first, nodes: range.end - range.first, rows };
  }

  /** Tells all that are still there. */
  tell(order: ToWorker): void {
    for (const { port, state } of this.#workers) if (state === "running") port.postMessage(order);
  }

  /** Takes all that have not ended for dead. */
  giveUp(why: string): void {
    for (let worker = 0; worker < this.#workers.length; worker++) this.#over(worker, why);
  }

  /** Ends every thread, whatever it is at. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const { port } of this.#workers) port.close();
    await this.#piscina.destroy();
  }

  #start(
    number: number,
    range: NodeRange,
    common: CommonTask,
    ids: readonly string[],
    secrets: readonly string[],
  ): void {
    const { port1, port2 } = new MessageChannel();
    const nodes = range.end - range.first;
    const rows = new SharedArrayBuffer(NodeTable.bytesFor(nodes));
    const worker: PoolWorker = { range, rows, port: port1, lastBatchUs: hrtimeUs(), state: "running" };
    this.#workers.push(worker);
    port1.on("message", (message: FromWorker) => this.#hear(number, message));
    const task = { ...common, port: port2, worker: number, firstNode: range.first, nodes, ids, secrets, rows };
    this.#piscina.run(task, { transferList: [port2] }).then(
      () => this.#over(number, "it ended without a word"),
      (error: unknown) => this.#over(number, this.#isClosing ? "" : threadFault(error)),
    );
  }

  #hear(number: number, message: FromWorker): void {
    const worker = this.#workers[number]!;
    if (worker.state !== "running") return;
    if (message.kind === "batch") worker.lastBatchUs = message.atHrtimeUs;
    if (message.kind === "ended") worker.state = "ended";
    this.#listener.onMessage(number, message);
  }

  #over(number: number, why: string): void {
    const worker = this.#workers[number]!;
    const diedUs = hrtimeUs();
    // What it had sent is still in the port, and is as good as ever.
    for (;;) {
      const received = receiveMessageOnPort(worker.port);
      if (received === undefined) break;
      this.#hear(number, received.message as FromWorker);
    }
    if (worker.state !== "running" || this.#isClosing) return;
    worker.port.close();
    worker.state = "lost";
    this.#listener.onDeath(number, why, Math.ceil((diedUs - worker.lastBatchUs) / 1_000));
  }
}
