/** The operator half of RainMaker against a running backend: groups, every kind of target, approvals, timeouts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { jobFor, nodeNamed } from "../adapters/plans.ts";
import { embedded, link, operatorOf } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";

const IDS = Array.from({ length: 250 }, (_, index) => `node-${index}`);

let running: Embedded;
let imageId: string;
let secrets: readonly string[];

beforeAll(async () => {
  running = await embedded({ images: "http" });
  const typed = (id: string, index: number) => nodeNamed(id, { type: index < 10 ? "lamp" : "switch", model: "m" });
  secrets = await running.operator.enrol(IDS.map(typed));
  imageId = await running.operator.upload({ name: "i", version: "2", project: "p", bytes: new Uint8Array(10) });
});

afterAll(() => running.stop());

test("a group of more nodes than RainMaker takes at once has all of them, and a job for it those of its parts", async () => {
  const { operator } = running;
  const parentId = await operator.createGroup({ name: "all", nodeIds: IDS.slice(10), parentId: undefined });
  await operator.createGroup({ name: "part", nodeIds: IDS.slice(0, 20), parentId });

  const jobId = await operator.createJob(
    jobFor([], { name: "of groups", imageId, targets: { kind: "groups", ids: [parentId] } }),
  );

  expect((await operator.beliefs(jobId)).size).toBe(250);
});

test("a dynamic job has the nodes of its type, and takes in a node that is enrolled later", async () => {
  const { operator } = running;
  const targets = { kind: "dynamic", type: "lamp", model: "m", version: undefined } as const;
  const jobId = await operator.createJob(jobFor([], { name: "lamps", imageId, targets }));
  const before = await operator.beliefs(jobId);

  await operator.enrol([nodeNamed("new-lamp", { type: "lamp", model: "m" })]);

  expect([...before.keys()]).toEqual(IDS.slice(0, 10));
  expect((await operator.beliefs(jobId)).get("new-lamp")).toEqual({ belief: "triggered", info: "" });
});

test("an approval is refused while the node is offline, given once, and then there is nothing to approve", async () => {
  const { operator, address } = running;
  const plan = jobFor(["node-7"], { name: "approved", imageId, trigger: "user-approved", priority: 1 });
  const jobId = await operator.createJob(plan);
  const offline = await operator.approve(jobId, "node-7");
  const node = await link(address, "node-7", secrets[7] ?? "");
  await node.subscribe();

  const approved = await operator.approve(jobId, "node-7");

  expect([offline, approved]).toEqual(["offline", "approved"]);
  expect((await node.offer())["ota_job_id"]).toBe(jobId);
  expect(await operator.approve(jobId, "node-7")).toBe("nothing to approve");
  expect(await operator.approve(jobId, "node-8")).toBe("nothing to approve");
  expect(await operator.approve("none", "node-7")).toBe("nothing to approve");
  await operator.cancelJob(jobId);
  expect(await operator.approve(jobId, "node-7")).toBe("nothing to approve");
  node.end();
});

test("an approval that fails for another reason is an error in the backend's own words", async () => {
  const jobId = await running.operator.createJob(
    jobFor(["node-9"], { name: "of nobody", imageId, trigger: "user-approved" }),
  );
  const stranger = operatorOf({ ...running.address, operatorToken: "wrong" });

  await expect(stranger.approve(jobId, "node-9")).rejects.toThrow(/401 \(code 100004\): Authorization/);
  await expect(running.operator.approve(jobId, "nobody")).rejects.toThrow(/node nobody does not exist/);
});

test("a timeout that the backend does not take is told in its own words, and one that it takes is kept", async () => {
  const { operator, backend } = running;
  const plan = jobFor(["node-1"], { name: "timed", imageId });

  await expect(operator.createJob({ ...plan, timeoutSeconds: 2_592_001 })).rejects.toThrow(/code 105055\): timeout/);
  const jobId = await operator.createJob({ ...plan, timeoutSeconds: 60 });

  expect(backend.ledger.jobOf(jobId)?.timeoutMs).toBe(60_000);
});

test.each([
  ["rainmaker", "active"],
  ["documents", "finished"],
] as const)("a backend that goes by %s calls a job of which the one target failed %s", async (strict, state) => {
  const other = await embedded({ images: "http", strict });
  const [secret] = await other.operator.enrol([nodeNamed("node-a")]);
  const image = { name: "i", version: "2", project: "p", bytes: new Uint8Array(10) };
  const jobId = await other.operator.createJob(jobFor(["node-a"], { imageId: await other.operator.upload(image) }));
  const node = await link(other.address, "node-a", secret ?? "");

  await node.status(jobId, "failed");

  expect(other.backend.ledger.stateOf(other.backend.ledger.jobOf(jobId)!)).toBe(state);
  node.end();
  await other.stop();
});
