/** A worker's shard in the test's own thread: nothing of a real worker thread is seen by coverage or by a debugger. */
import { once } from "node:events";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { expect, test } from "vitest";
import { BrokenInvariant } from "../../src/base/assert.ts";
import { hrtimeUs } from "../../src/drivers/live/fleet-clock.ts";
import { hashOf, sealedDocument } from "../../src/engine/run-document.ts";
import { runShard } from "../../src/engine/worker.ts";
import type { FromWorker, ShardTask, ToWorker } from "../../src/engine/worker-messages.ts";
import { crc32 } from "../../src/measure/crc32.ts";
import { NodeTable } from "../../src/node/node-table.ts";
import { smallScenario } from "./small-runs.ts";

// Nodes are dialling a port where nothing listens: a worker's own business needs no backend.
const BACKEND = {
  mqtt: { host: "127.0.0.1", port: 1, ca: undefined },
  baseUrl: "http://127.0.0.1:1",
  ca: undefined,
  allowedHosts: [],
};

test("a worker sends its records in a sequence without a gap, also where there are none, and an end mark over all", async () => {
  const { port, heard, ended } = started();
  await until(port, () => heard.some(({ kind }) => kind === "ready"));

  say(port, { kind: "connect", rampOriginHrtimeUs: hrtimeUs() });
  await until(port, () => heard.some(({ kind }) => kind === "connected"));
  say(port, { kind: "begin", clock: { originHrtimeUs: hrtimeUs(), startEpochMs: 0, speed: 60 } });
  say(port, { kind: "stop starts" });
  await until(port, () => batchesOf(heard).filter(({ bytes }) => bytes.length === 0).length > 1);
  say(port, { kind: "end", drainMs: 100 });
  await ended;
  await until(port, () => heard.at(-1)?.kind === "ended");

  const batches = batchesOf(heard);
  const last = heard.at(-1);
  expect(batches.map(({ sequence }) => sequence)).toEqual(batches.map((_, place) => place));
  expect(batches.every(({ shard, run }) => shard === 0 && run === "small 2026")).toBe(true);
  expect(last?.kind === "ended" && last.mark).toEqual({
    shard: 0,
    batches: batches.length,
    records: batches.reduce((sum, { bytes }) => sum + bytes.length / 32, 0),
    checksum: batches.reduce((sum, { bytes }) => crc32(bytes, sum), 0),
  });
  expect(heard.some((message) => message.kind === "health" && message.sample.worker === 0)).toBe(true);
});

test("a worker refuses a run document that is not the one that was hashed", async () => {
  await expect(runShard({ ...taskOf(), documentSha256: hashOf("another run") })).rejects.toThrow(BrokenInvariant);
});

test("a worker refuses the run of another version of the program", async () => {
  const other = taskOf().document.replace(`"node": "${process.versions.node}"`, '"node": "20.0.0"');
  const { seal: _, ...fields } = JSON.parse(other) as Record<string, unknown>;
  // That version sealed what it wrote as this one does.
  const document = JSON.stringify({ ...fields, seal: hashOf(JSON.stringify(fields)) });

  const refused = runShard({ ...taskOf(), document, documentSha256: hashOf(document) });

  await expect(refused).rejects.toThrow("a worker has node 20.0.0, as the run has");
});

test("a worker whose run has gone away ends", async () => {
  const { port, ended } = started();

  port.close();

  await expect(ended).resolves.toBeUndefined();
});

function started() {
  const { port1, port2 } = new MessageChannel();
  const heard: FromWorker[] = [];
  port1.on("message", (message: FromWorker) => heard.push(message));
  return { port: port1, heard, ended: runShard(taskOf(port2)) };
}

function taskOf(port: MessagePort = new MessageChannel().port1): ShardTask {
  const scenario = smallScenario("nodes=4");
  const parts = { scenario, images: [new Uint8Array(16)], workers: 1, startedAt: "2026", command: undefined };
  const { document, text, sha256 } = sealedDocument({ ...parts, driver: "live" });
  const ids = Array.from({ length: 4 }, (_, node) => `test-node-${node}`);
  return {
    port,
    document: text,
    documentSha256: sha256,
    books: [],
    worker: 0,
    firstNode: 0,
    nodes: 4,
    ids,
    secrets: ids,
    rows: new SharedArrayBuffer(NodeTable.bytesFor(4)),
    backend: BACKEND,
    images: document.images,
    traced: undefined,
  };
}

function say(port: MessagePort, order: ToWorker): void {
  port.postMessage(order);
}

async function until(port: MessagePort, isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await once(port, "message");
}

function batchesOf(heard: readonly FromWorker[]) {
  return heard.flatMap((message) => (message.kind === "batch" ? [message.batch] : []));
}
