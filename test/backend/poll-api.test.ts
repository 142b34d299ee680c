import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded, http, rollout } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";

const IMAGE = new Uint8Array(1000).fill(9);
let running: Embedded;
let made: Awaited<ReturnType<typeof rollout>>;

beforeAll(async () => {
  running = await embedded({ images: "http" });
  made = await rollout(running, IMAGE, ["node-a", "node-b", "node-c"]);
});

afterAll(() => running.stop());

test("a node that polls gets a manifest, downloads, reports, and is left alone afterwards", async () => {
  const first = await poll("node-a");
  const manifest = JSON.parse(first.body.toString()) as Record<string, unknown>;
  const image = await http(String(manifest["url"]));
  const reported = await report("node-a", { job: manifest["job"], status: "success", info: "done" });
  const second = await poll("node-a");

  expect(first.status).toBe(200);
  expect(manifest).toMatchObject({
    version: "2.0.0",
    size: 1000,
    checksum: createHash("sha256").update(IMAGE).digest("hex"),
    job: made.jobId,
  });
  expect(image.body).toEqual(Buffer.from(IMAGE));
  expect(reported.status).toBe(204);
  expect(second.status).toBe(204);
  expect((await running.operator.beliefs(made.jobId)).get("node-a")).toEqual({ belief: "success", info: "done" });
});

test("a poll with another node's token, or none, is refused with 401", async () => {
  expect((await poll("node-b", made.secrets[0])).status).toBe(401);
  expect((await poll("node-b", "")).status).toBe(401);
  expect((await poll("stranger", running.backend.ledger.secretOf("stranger"))).status).toBe(401);
});

test("a status that cannot be read is answered 400 and counted; one of an unknown job is acknowledged", async () => {
  expect((await report("node-c", "{")).status).toBe(400);
  expect((await report("node-c", { job: 1, status: "success" })).status).toBe(400);
  expect((await report("node-c", { job: "unknown", status: "success" })).status).toBe(204);

  expect(running.backend.counters()).toMatchObject({ statusesUnreadable: 2, statusesUnknownJob: 1 });
});

function poll(id: string, token = made.secrets[made.nodes.indexOf(id)]) {
  return http(`${running.address.apiUrl}/poll/${id}?version=1.0.0`, { headers: { Authorization: `Bearer ${token}` } });
}

function report(id: string, body: unknown) {
  return http(`${running.address.apiUrl}/poll/${id}/status`, {
    method: "POST",
    headers: { Authorization: `Bearer ${made.secrets[made.nodes.indexOf(id)]}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}
