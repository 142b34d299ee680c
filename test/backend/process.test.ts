import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { ChildMessage, ParentMessage, ServeAddress, ServeConfig } from "../../src/backend/serve/messages.ts";
import { http, link, operatorOf } from "./embedded.ts";
import { jobFor, nodeNamed } from "../adapters/plans.ts";

const MAIN = fileURLToPath(new URL("../../dist/bundle/backend-serve-main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "otafleet-backend-"));
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

test("a forked backend starts, takes the clock, tells its health, stops and says what it counted", async () => {
  const child = forked();

  const address = await start(child, { fleetStartEpochMs: 1_800_000_000_000 });
  tell(child, {
    kind: "clock",
    originHrtimeNs: String(process.hrtime.bigint()),
    fleetStartEpochMs: 1_800_000_000_000,
    speed: 600,
  });
  const reply = await http(`${address.apiUrl}/apiversions`);
  tell(child, { kind: "health" });
  const health = await heard(child, "health");
  tell(child, { kind: "stop" });
  const stopped = await heard(child, "stopped");

  expect(reply.status).toBe(200);
  expect(address.caPem).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(health.rssBytes).toBeGreaterThan(1e6);
  expect(health.cpuUserUs).toBeGreaterThan(0);
  expect(stopped.counters).toMatchObject({ fetches: 0, imageRequests: 0 });
  expect(await ended(child)).toBe(0);
});

test("a forked backend ends when its channel closes", async () => {
  const child = forked();
  await start(child, {});

  child.disconnect();

  expect(await ended(child)).toBe(0);
});

test("a forked backend that Ctrl-C or a lapsed timeout reaches too goes on until it is told to stop", async () => {
  const child = forked();
  const { apiUrl } = await start(child, {});

  for (const signal of ["SIGINT", "SIGTERM"] as const) child.kill(signal);
  const reply = await http(`${apiUrl}/apiversions`);
  tell(child, { kind: "stop" });

  expect(reply.status).toBe(200);
  expect(await ended(child)).toBe(0);
});

test("a forked backend says in one sentence why it cannot start", async () => {
  const child = forked();
  tell(child, { kind: "start", config: { storeFile: join(folder, "missing", "x.sqlite") } });

  expect((await heard(child, "error")).text).toMatch(/^the backend cannot use the database .*x\.sqlite: .*$/);
});

test("a backend that is killed comes back with every acknowledged status, its secrets, its CA and its jobs", async () => {
  const storeFile = join(folder, "kept.sqlite");
  const first = forked();
  const address = await start(first, { storeFile });
  const { operator, nodes, secrets, jobId, links } = await rolloutOver(address, 20);
  await Promise.all(
    links.map((one, index) => one.status(jobId, index % 2 === 0 ? "success" : "failed", `text ${index}`)),
  );
  const counted = await operator.counters();

  first.kill("SIGKILL");
  await ended(first);
  for (const one of links) one.end();
  const second = forked();
  const again = await start(second, { storeFile });
  const beliefs = await operatorOf(again).beliefs(jobId);
  const node = await link(again, "node-1", secrets[1] ?? "");
  await node.subscribe();
  await node.fetch();
  const offer = await node.offer();
  node.end();

  expect([again.operatorToken, again.caPem]).toEqual([address.operatorToken, address.caPem]);
  expect(statSync(storeFile).mode & 0o777).toBe(0o600);
  expect([...beliefs.values()]).toEqual(
    nodes.map((_, index) => ({ belief: index % 2 === 0 ? "success" : "failed", info: `text ${index}` })),
  );
  expect((await operatorOf(again).counters())?.["statuses"]).toBe(counted?.["statuses"]);
  expect(offer).toMatchObject({ ota_job_id: jobId, metadata: { a: 1 } });
});

test("a backend that is killed amid a flood of statuses has lost none that it acknowledged", async () => {
  const storeFile = join(folder, "flood.sqlite");
  const first = forked();
  const address = await start(first, { storeFile });
  const { jobId, links } = await rolloutOver(address, 10);
  const ackedUpTo = links.map(() => -1);
  let acked = 0;

  const killed = new Promise<void>((resolve) => {
    for (const [index, one] of links.entries()) {
      one.client.on("close", () => resolve());
      for (let step = 0; step < 100; step++) {
        const acknowledged = () => {
          ackedUpTo[index] = Math.max(ackedUpTo[index] ?? -1, step);
          if (++acked === 300) first.kill("SIGKILL");
        };
        one.status(jobId, "in-progress", String(step)).then(acknowledged, () => {});
      }
    }
  });
  await killed;
  await ended(first);
  for (const one of links) one.end();
  const beliefs = await operatorOf(await start(forked(), { storeFile })).beliefs(jobId);

  const kept = [...beliefs.values()].map(({ info }) => (info === "" ? -1 : Number(info)));
  expect(acked).toBeGreaterThanOrEqual(300);
  kept.forEach((step, index) => expect(step).toBeGreaterThanOrEqual(ackedUpTo[index] ?? -1));
});

test("where a backend breaks, whoever asked for it is shown its stack, in which nothing acts on a terminal", async () => {
  const breaks = `process.on("newListener", (event) => {
    if (event === "uncaughtException") setImmediate(() => { throw new Error("sent \\x1b[2J by a node"); });
  });`;
  const execArgv = ["--enable-source-maps", "--import", `data:text/javascript,${encodeURIComponent(breaks)}`];
  const child = fork(MAIN, { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv });
  children.push(child);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));

  await once(child, "close");

  expect(said).toMatch(/^Error: sent \\x1b\[2J by a node\n {4}at /);
});

/** Enrolled and connected nodes with a job for all of them. */
async function rolloutOver(address: ServeAddress, count: number) {
  const operator = operatorOf(address);
  const nodes = Array.from({ length: count }, (_, index) => nodeNamed(`node-${index}`));
  const secrets = await operator.enrol(nodes);
  const imageId = await operator.upload({ name: "i", version: "2", project: "p", bytes: new Uint8Array(1000) });
  const targets = nodes.map(({ id }) => id);
  const jobId = await operator.createJob(jobFor(targets, { name: "kept", imageId, metadata: { a: 1 } }));
  const links = await Promise.all(nodes.map(({ id }, index) => link(address, id, secrets[index] ?? "")));
  return { operator, nodes, secrets, jobId, links };
}

function forked(): ChildProcess {
  const child = fork(MAIN, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  children.push(child);
  return child;
}

function tell(child: ChildProcess, message: ParentMessage): void {
  child.send(message);
}

async function start(child: ChildProcess, config: ServeConfig): Promise<ServeAddress> {
  tell(child, { kind: "start", config });
  return heard(child, "ready");
}

function heard<K extends ChildMessage["kind"]>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<ChildMessage, { kind: K }>> {
  return new Promise((resolve, reject) => {
    child.on("message", (message: ChildMessage) => {
      if (message.kind === kind) resolve(message as Extract<ChildMessage, { kind: K }>);
      else if (message.kind === "error") reject(new Error(message.text));
    });
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", resolve));
}
