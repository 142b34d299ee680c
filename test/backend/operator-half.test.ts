import { expect, test } from "vitest";
import type { HttpPort } from "../../src/adapters/adapter.ts";
import { RainmakerOperator } from "../../src/adapters/rainmaker/operator.ts";
import { jobFor, nodeNamed } from "../adapters/plans.ts";

const PLAN = jobFor(["a"], {
  trigger: "force-push",
  window: { startMinute: 120, endMinute: 270 },
  validity: { startSeconds: undefined, endSeconds: 5 },
  priority: 2,
});

test("a job is created with the flags in the query and window and validity in the metadata", async () => {
  const sent: Parameters<HttpPort>[0][] = [];
  const operator = operatorOf(async (request) => {
    sent.push(request);
    return answer(200, { ota_job_id: "job" });
  });

  expect(await operator.createJob(PLAN)).toBe("job");

  expect(sent[0]).toMatchObject({
    method: "POST",
    url: "http://backend/v1/admin/otajob?force_push=true",
    headers: { Authorization: "token" },
  });
  expect(JSON.parse(String(sent[0]?.body))).toEqual({
    ota_job_name: "spring",
    ota_image_id: "image",
    nodes: ["a"],
    priority: 2,
    metadata: { download_window: { start: 120, end: 270 }, validity: { end: 5 } },
  });
});

test.each([
  ["groups", { kind: "groups", ids: ["g"] }, { groups: ["g"] }],
  ["conditions", { kind: "dynamic", type: "switch", version: "1" }, { node_type: "switch", node_fw_version: "1" }],
] as const)("a job for %s names them, with its timeout and approval", async (_name, targets, fields) => {
  const sent: Parameters<HttpPort>[0][] = [];
  const operator = operatorOf(async (request) => {
    sent.push(request);
    return answer(200, { ota_job_id: "job" });
  });

  await operator.createJob(jobFor([], { targets, trigger: "user-approved", timeoutSeconds: 60 }));

  expect(sent[0]?.url).toBe("http://backend/v1/admin/otajob?user_approval=true");
  expect(JSON.parse(String(sent[0]?.body))).toEqual({
    ota_job_name: "spring",
    ota_image_id: "image",
    timeout: 60,
    ...fields,
  });
});

test("a group of 150 nodes is made with the first hundred, and the others are added", async () => {
  const sent: Parameters<HttpPort>[0][] = [];
  const operator = operatorOf(async (request) => {
    sent.push(request);
    return answer(200, { status: "success", group_id: "g" });
  });
  const nodeIds = Array.from({ length: 150 }, (_, index) => `n${index}`);

  expect(await operator.createGroup({ name: "house", nodeIds, parentId: "p" })).toBe("g");

  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST http://backend/v1/admin/node_group",
    "PUT http://backend/v1/admin/node_group?group_id=g",
  ]);
  expect(sent.map(({ body }) => JSON.parse(String(body)) as unknown)).toEqual([
    { group_name: "house", parent_group_id: "p", nodes: nodeIds.slice(0, 100) },
    { operation: "ADD", nodes: nodeIds.slice(100) },
  ]);
});

test.each([
  [
    "a refusal with words",
    400,
    { description: "no such image", error_code: 104012 },
    /status 400 \(code 104012\): no such image/,
  ],
  ["a refusal without words", 502, "<html>bad gateway</html>", /with status 502$/],
  ["a success that is no JSON", 200, "ok", /with status 200$/],
  ["a success without an id", 200, {}, /without ota_job_id/],
  ["an id that is no text", 200, { ota_job_id: 7 }, /without ota_job_id/],
])("%s is an error that names what the backend answered", async (_name, status, body, words) => {
  const operator = operatorOf(async () => answer(status, body));

  await expect(operator.createJob(PLAN)).rejects.toThrow(words);
});

test("an enrolment that answers fewer secrets than nodes is an error", async () => {
  const operator = operatorOf(async () => answer(200, { secrets: ["one"] }));
  const nodes = ["a", "b"].map((id) => nodeNamed(id));

  await expect(operator.enrol(nodes)).rejects.toThrow("2 nodes without a secret for each");
});

test("a belief that otafleet does not know is unknown, and a broken line is passed over", async () => {
  const statuses = [
    { node_id: "a", status: "exploded" },
    null,
    { node_id: 7 },
    { node_id: "b", status: "success", additional_info: "x" },
  ];
  const operator = operatorOf(async () => answer(200, { node_ota_status: statuses }));

  expect([...(await operator.beliefs("job"))]).toEqual([
    ["a", { belief: "unknown", info: "" }],
    ["b", { belief: "success", info: "x" }],
  ]);
});

test("counters that a backend does not show are undefined", async () => {
  expect(await operatorOf(async () => answer(200, {})).counters()).toBeUndefined();
});

function operatorOf(http: HttpPort) {
  return new RainmakerOperator({ baseUrl: "http://backend/", token: "token", settings: {} }, http);
}

function answer(status: number, body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers: {}, body: new TextEncoder().encode(text) };
}
