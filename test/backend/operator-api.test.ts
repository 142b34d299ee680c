import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildAppImage } from "../../src/image/build-image.ts";
import { embedded, http, link, operatorOf, rollout } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";
import { nodeNamed } from "../adapters/plans.ts";

let running: Embedded;
let made: Awaited<ReturnType<typeof rollout>>;

beforeAll(async () => {
  running = await embedded();
  made = await rollout(running);
});

afterAll(() => running.stop());

describe("an operator", () => {
  test("enrols more nodes than one request holds and gets a secret for each, in order", async () => {
    const nodes = Array.from({ length: 1201 }, (_, index) => nodeNamed(`many-${index}`));

    const secrets = await running.operator.enrol(nodes);

    expect(secrets.length).toBe(1201);
    expect(secrets[1200]).toBe(running.backend.ledger.secretOf("many-1200"));
  });

  test("gets the same secret for a node that is enrolled again", async () => {
    const [secret] = await running.operator.enrol([nodeNamed("node-a", { version: "1.0.1" })]);

    expect(secret).toBe(made.secrets[0]);
  });

  test("reads every target's belief, page by page", async () => {
    const ids = Array.from({ length: 1201 }, (_, index) => `many-${index}`);
    const jobId = await running.operator.createJob({ ...made.plan, name: "many", targets: { kind: "nodes", ids } });
    const page = await admin("GET", `otajob/status?ota_job_id=${jobId}&num_records=1000`);

    const beliefs = await running.operator.beliefs(jobId);

    expect(page.json["next_id"]).toBeTypeOf("string");
    expect([...beliefs.keys()]).toEqual(ids);
    expect(beliefs.get("many-7")).toEqual({ belief: "triggered", info: "" });
  });

  test("sends window, validity and own metadata to the nodes in one object", async () => {
    await running.operator.createJob({
      ...made.plan,
      name: "windowed",
      priority: 1,
      targets: { kind: "nodes", ids: ["node-b"] },
      window: { startMinute: 120, endMinute: 270 },
      validity: { startSeconds: 1_800_000_000, endSeconds: undefined },
      metadata: { colour: "grün/blau" },
    });
    const node = await link(running.address, "node-b", made.secrets[1] ?? "");
    await node.subscribe();
    await node.fetch();

    const offer = await node.offer();

    expect(offer["metadata"]).toEqual({
      colour: "grün/blau",
      download_window: { start: 120, end: 270 },
      validity: { start: 1_800_000_000 },
    });
    node.end();
  });

  test("cancels a job once, and hears then that it is over", async () => {
    const jobId = await running.operator.createJob({ ...made.plan, name: "short" });

    expect(await running.operator.cancelJob(jobId)).toBe("cancelled");

    expect(await running.operator.cancelJob(jobId)).toBe("over before");
    expect((await admin("GET", `otajob?ota_job_id=${jobId}`)).json["status"]).toBe("cancelled");
  });

  test("reads the backend's counters", async () => {
    expect(await running.operator.counters()).toMatchObject({ fetches: expect.any(Number), imageBytesServed: 0 });
  });

  test("uploads an image in base64 as RainMaker has it", async () => {
    const base64 = Buffer.from("firmware").toString("base64");

    const { json } = await admin("POST", "otaimage", { image_name: "x", base64_fwimage: base64, fw_version: "3" });

    expect(running.backend.ledger.imageOf(String(json["ota_image_id"]))?.bytes).toEqual(
      new Uint8Array(Buffer.from("firmware")),
    );
  });

  test("is refused without the token, and with a bearer prefix that RainMaker does not know", async () => {
    for (const token of ["", "wrong", `Bearer ${running.address.operatorToken}`]) {
      const reply = await http(`${running.address.apiUrl}/v1/admin/counters`, { headers: { Authorization: token } });
      expect(reply.status).toBe(401);
    }
    const words = {
      "/v1/admin": "the operator's token alone, without Bearer",
      "/admin": "the word Bearer, a space and",
    };
    for (const [path, form] of Object.entries(words)) {
      const reply = await http(`${running.address.apiUrl}${path}/counters`, { headers: { Authorization: "wrong" } });
      expect(reply.body.toString()).toContain(`Authorization: must be ${form}`);
    }
    const stranger = operatorOf({ ...running.address, operatorToken: "wrong" });
    await expect(stranger.counters()).rejects.toThrow(/401 \(code 100004\): Authorization/);
  });

  test("finds the supported versions without a token", async () => {
    const reply = await http(`${running.address.apiUrl}/apiversions`);

    expect(JSON.parse(reply.body.toString())).toMatchObject({ supported_versions: ["v1"] });
  });
});

test("an image brings the version and project of its header, where the request names no others", async () => {
  const bytes = buildAppImage({ chip: "esp32", project: "thermostat", version: "2.0.0", sizeBytes: 4096, seed: 7 });
  const upload = async (query: string, body: Uint8Array | string) => {
    const url = `${running.address.apiUrl}/v1/admin/otaimage/upload?image_name=x${query}`;
    const reply = await http(url, { method: "POST", headers: { Authorization: running.address.operatorToken }, body });
    const json = JSON.parse(reply.body.toString()) as Record<string, unknown>;
    const image = running.backend.ledger.imageOf(String(json["ota_image_id"]));
    return image === undefined ? json["error_code"] : `${image.project} ${image.version}`;
  };

  expect(await upload("", bytes)).toBe("thermostat 2.0.0");
  expect(await upload("&fw_version=3&project=boiler", bytes)).toBe("boiler 3");
  expect(await upload("&fw_version=3&project=boiler", "no image of Espressif")).toBe("boiler 3");
  expect(await upload("", "no image of Espressif")).toBe(104031);
});

test("a known path names the methods that it takes, and to strangers nothing", async () => {
  const url = `${running.address.apiUrl}/v1/admin/otajob/status`;

  const known = await http(url, { method: "DELETE", headers: { Authorization: running.address.operatorToken } });
  const stranger = await http(url, { method: "DELETE" });

  expect([known.status, known.headers["allow"]]).toEqual([405, "GET, HEAD"]);
  expect([stranger.status, stranger.headers["allow"]]).toEqual([401, undefined]);
});

test("nodes that poll may ask with parameters of their own", async () => {
  const headers = { Authorization: `Bearer ${running.backend.ledger.secretOf("node-a")}` };

  const reply = await http(`${running.address.apiUrl}/poll/node-a?version=1.0.0&uptime=7`, { headers });

  expect([200, 204]).toContain(reply.status);
});

describe("a bad request", () => {
  const job = { ota_job_name: "bad", ota_image_id: "ID", nodes: ["node-a"] };

  test.each([
    ["no JSON", "POST", "otajob", "{", /body is not JSON/],
    ["an array", "POST", "otajob", [], /body/],
    ["no name", "POST", "otajob", { ...job, ota_job_name: undefined }, /ota_job_name/],
    ["an unknown image", "POST", "otajob", job, /ota_image_id: image ID does not exist/],
    ["no nodes", "POST", "otajob", { ...job, nodes: [] }, /nodes: must name at least one node/],
    [
      "unknown nodes",
      "POST",
      "otajob",
      { ...job, ota_image_id: undefined, nodes: ["nobody"] },
      /nodes: node "nobody" does not exist/,
    ],
    ["a priority of 11", "POST", "otajob", { ...job, priority: 11 }, /priority/],
    ["a timeout of 1.5", "POST", "otajob", { ...job, timeout: 1.5 }, /timeout/],
    ["a field that is not known", "POST", "otajob", { ...job, colour: "red" }, /colour/],
    ["a network", "POST", "otajob?network_serialised=true", job, /network_serialised: must be false/],
    ["metadata that is text", "POST", "otajob", { ...job, metadata: "x" }, /metadata/],
    ["a flag that is neither", "POST", "otajob?force_push=yes", job, /force_push is "yes"; must be true or false/],
    ["a job that is not there", "PUT", "otajob", { ota_job_id: "x" }, /ota_job_id: job "x" does not exist/],
    ["a page size of a million", "GET", "otajob?num_records=1000000", undefined, /num_records is "1000000"/],
    ["a start that is no number", "GET", "otajob?start_id=-1", undefined, /start_id is "-1"/],
    ["statuses of no job", "GET", "otajob/status", undefined, /ota_job_id/],
    [
      "a node id with a slash",
      "POST",
      "nodes",
      { nodes: [{ node_id: "a/b", project: "", fw_version: "" }] },
      /nodes.0.node_id/,
    ],
    ["an empty image", "POST", "otaimage/upload?image_name=x&fw_version=1", "", /body: must hold the image/],
    ["an image without a name", "POST", "otaimage/upload?fw_version=1", "x", /image_name/],
    ["an image without a version", "POST", "otaimage/upload?image_name=x", "x", /fw_version/],
    [
      "an image that is no base64",
      "POST",
      "otaimage",
      { image_name: "x", base64_fwimage: "%" },
      /base64_fwimage: must be base64/,
    ],
    ["no such path", "GET", "nothing", undefined, /no such path/],
  ])("with %s is answered 4xx and one sentence that names it", async (_name, method, path, body, words) => {
    const known = typeof body === "object" && "ota_image_id" in body && body.ota_image_id === undefined;

    const { status, json } = await admin(method, path, known ? { ...body, ota_image_id: made.imageId } : body);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(json).toMatchObject({
      status: "failure",
      error_code: expect.any(Number),
      description: expect.stringMatching(words),
    });
  });

  test("with a body over the limit is answered 413, whether it says its length or comes in chunks", async () => {
    const text = JSON.stringify({ image_name: "x", base64_fwimage: "A".repeat(7_100_000), fw_version: "1" });
    const headers = { Authorization: running.address.operatorToken };

    for (const more of [{}, { "Transfer-Encoding": "chunked" }]) {
      const url = `${running.address.apiUrl}/v1/admin/otaimage`;
      const outcome = await http(url, { method: "POST", headers: { ...headers, ...more }, body: text }).then(
        (reply) => reply.status,
        // The answer may be lost when the link closes while the body is still being sent.
        (error: NodeJS.ErrnoException) => error.code,
      );
      expect([413, "EPIPE", "ECONNRESET"]).toContain(outcome);
    }
    expect((await admin("GET", "otaimage")).status).toBe(200);
  });

  test("with metadata nested a hundred thousand deep is answered 400", async () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const body = `{"ota_job_name":"deep","ota_image_id":"${made.imageId}","nodes":["node-a"],"metadata":${deep}}`;

    expect((await admin("POST", "otajob", body)).json["description"]).toMatch(/^metadata: must be at most/);
  });

  test("without any body is answered 400", async () => {
    for (const method of ["POST", "PUT"]) expect((await admin(method, "otajob")).status).toBe(400);
  });

  test("with a name that another job has is refused", async () => {
    const body = { ota_job_name: made.plan.name, ota_image_id: made.imageId, nodes: made.nodes };

    expect((await admin("POST", "otajob", body)).json).toMatchObject({ error_code: 105005 });
  });
});

async function admin(method: string, path: string, body?: unknown) {
  const reply = await http(`${running.address.apiUrl}/v1/admin/${path}`, {
    method,
    headers: { Authorization: running.address.operatorToken },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: reply.status, json: JSON.parse(reply.body.toString()) as Record<string, unknown> };
}
