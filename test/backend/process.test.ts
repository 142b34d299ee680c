import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { ChildMessage, ParentMessage, ServeAddress, ServeConfig } from "../../src/backend/serve/messages.ts";
import { http, link, operatorOf } from "./embedded.ts";

const MAIN = fileURLToPath(new URL("../../dist/backend/serve/main.js", import.meta.url));
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

test("a forked backend says in one sentence why it cannot start", async () => {
  const child = forked();
  tell(child, { kind: "start", config: { storeFile: join(folder, "missing", "x.sqlite") } });

  expect((await heard(child, "error")).text).toMatch(/^the backend cannot use the database .*x\.sqlite: .*$/);
});

test("a backend that is killed comes back with every acknowledged status, its secrets, its CA and its jobs", async () => {
  const storeFile = join(folder, "kept.sqlite");
  const first = forked();
  const address = await start(first, { storeFile });
  const operator = operatorOf(address);
  const nodes = Array.from({ length: 20 }, (_, index) => ({ id: `node-${index}`, project: "p", version: "1" }));
  const secrets = await operator.enrol(nodes);
  const imageId = await operator.upload({ name: "i", version: "2", project: "p", bytes: new Uint8Array(1000) });
  const plan = {
    name: "kept",
    imageId,
    targets: nodes.map(({ id }) => id),
    trigger: "default",
    metadata: { a: 1 },
  } as const;
  const jobId = await operator.createJob({ ...plan, window: undefined, validity: undefined, priority: undefined });
  const links = await Promise.all(nodes.map(({ id }, index) => link(address, id, secrets[index] ?? "")));
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
