import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HttpPollOperator } from "../../src/adapters/http-poll/operator.ts";
import { embedded, http, httpPort, rollout } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";
import { jobFor, nodeNamed } from "../adapters/plans.ts";

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
  expect((await report("node-c", { job: made.jobId })).status).toBe(400);
  expect((await report("node-c", { job: "unknown", status: "success" })).status).toBe(204);
  expect((await report("node-c", { status: "failed", reason: "not JSON" })).status).toBe(204);

  expect(running.backend.counters()).toMatchObject({ statusesUnreadable: 2, statusesUnknownJob: 2 });
});

test("a plain operator enrols, uploads, makes a job with its hours, reads who did what, and cancels", async () => {
  const operator = new HttpPollOperator(
    { baseUrl: running.address.apiUrl, token: running.address.operatorToken, settings: {} },
    httpPort,
  );
  const nodes = Array.from({ length: 501 }, (_, index) => nodeNamed(`plain-${index}`));
  const secrets = await operator.enrol(nodes);
  const imageId = await operator.upload({ name: "i", version: "2", project: "p", bytes: IMAGE });
  const jobId = await operator.createJob(
    jobFor(
      nodes.map(({ id }) => id),
      {
        name: "plain",
        imageId,
        window: { startMinute: 60, endMinute: 120 },
        validity: { startSeconds: undefined, endSeconds: 1_900_000_000 },
        metadata: { colour: "green" },
      },
    ),
  );
  const manifest = JSON.parse((await poll("plain-500", secrets[500])).body.toString()) as unknown;
  await report("plain-0", { job: jobId, status: "failed", reason: "begin failed", error: "ESP_FAIL" }, secrets[0]);
  const beliefs = await operator.beliefs(jobId);
  await operator.cancelJob(jobId);

  expect(manifest).toMatchObject({
    job: jobId,
    window: { start: 60, end: 120 },
    validity: { end: 1_900_000_000 },
    metadata: { colour: "green" },
  });
  expect(beliefs.size).toBe(501);
  expect(beliefs.get("plain-0")).toEqual({ belief: "failed", info: "begin failed: ESP_FAIL" });
  expect(beliefs.get("plain-500")).toEqual({ belief: "started", info: "" });
  expect(await operator.cancelJob(jobId)).toBe("over before");
  await expect(operator.beliefs("none")).rejects.toThrow(/does not exist/);
  expect(await operator.counters()).toMatchObject({ pollRequests: expect.any(Number) });
});

function poll(id: string, token = made.secrets[made.nodes.indexOf(id)]) {
  return http(`${running.address.apiUrl}/poll/${id}?version=1.0.0`, { headers: { Authorization: `Bearer ${token}` } });
}

function report(id: string, body: unknown, token = made.secrets[made.nodes.indexOf(id)]) {
  return http(`${running.address.apiUrl}/poll/${id}/status`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}
