/** Groups, jobs and approvals over the backend's API, and the number with which it refuses each mistake. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeNamed } from "../adapters/plans.ts";
import { embedded, http, link } from "./embedded.ts";
import type { Embedded, NodeLink } from "./embedded.ts";

const NODES = [
  nodeNamed("hall-1", { type: "switch", model: "s1" }),
  nodeNamed("hall-2", { type: "switch", model: "s2" }),
  nodeNamed("yard-1", { type: "pump", model: "p1", version: "1.1.0" }),
];

let running: Embedded;
let imageId: string;
let secrets: readonly string[];
let jobsMade = 0;

beforeAll(async () => {
  running = await embedded({ images: "http" });
  secrets = await running.operator.enrol(NODES);
  imageId = await running.operator.upload({ name: "i", version: "2.0.0", project: "p", bytes: new Uint8Array(100) });
});

afterAll(() => running.stop());

describe("a job", () => {
  test.each([
    ["no targets", "", {}, 105002, /nodes: the job has no targets/],
    ["an empty list of nodes", "", { nodes: [] }, 105002, /nodes: must name at least one node/],
    ["an empty list of groups", "", { groups: [] }, 105002, /groups: must name at least one group/],
    ["eleven groups", "", { groups: Array(11).fill("FFFF-FFFF") }, 105028, /groups/],
    ["more nodes than it takes", "", { nodes: Array(1_000_001).fill("a") }, 105029, /nodes/],
    ["a group that is not there", "", { groups: ["nowhere"] }, 100006, /groups: group "nowhere" does not exist/],
    ["an unknown node", "", { nodes: ["hall-1", "nobody"] }, 100015, /nodes: node "nobody" does not exist/],
    ["conditions and nodes", "", { node_type: "switch", nodes: ["hall-1"] }, 105052, /must stand without nodes/],
    ["conditions and groups", "", { node_type: "switch", groups: ["FFFF-FFFF"] }, 105052, /nodes and groups/],
    ["a priority of 0", "", { nodes: ["hall-1"], priority: 0 }, 105054, /priority/],
    ["a priority of 11", "", { nodes: ["hall-1"], priority: 11 }, 105054, /priority/],
    ["a priority that is text", "", { nodes: ["hall-1"], priority: "1" }, 105054, /priority/],
    ["a timeout of nothing", "", { nodes: ["hall-1"], timeout: 0 }, 105055, /timeout/],
    ["a timeout over 30 days", "", { nodes: ["hall-1"], timeout: 2_592_001 }, 105055, /timeout/],
    ["approval and a timeout", "user_approval=true", { nodes: ["hall-1"], timeout: 60 }, 105056, /timeout/],
    ["notify without approval", "notify=true", { nodes: ["hall-1"] }, 105057, /notify: must be false/],
    ["notify", "notify=true&user_approval=true", { nodes: ["hall-1"] }, 100006, /notify: must be false/],
    ["approval and a push", "user_approval=true&force_push=true", { nodes: ["hall-1"] }, 100006, /user_approval/],
    ["continuous nodes", "continuous=true", { nodes: ["hall-1"] }, 100006, /continuous: goes with node_type/],
    ["an image that is not there", "", { nodes: ["hall-1"], ota_image_id: "x" }, 104012, /ota_image_id/],
  ])("with %s is refused with its number", async (_name, query, fields, code, words) => {
    const { status, json } = await createJob(fields, query);

    expect([status, json]).toEqual([
      400,
      { status: "failure", error_code: code, description: expect.stringMatching(words) },
    ]);
  });

  test("with the last good priority and timeout is made", async () => {
    for (const fields of [
      { priority: 1, timeout: 1 },
      { priority: 10, timeout: 2_592_000 },
    ]) {
      const { json } = await createJob({ nodes: ["hall-1"], ...fields });
      const job = await jobOf(json["ota_job_id"]);

      expect(job["priority"]).toBe(fields.priority);
      expect(Number(job["expiry_timestamp_num"]) - Number(job["triggered_timestamp"])).toBe(fields.timeout);
    }
  });

  test("with a name that another has is refused", async () => {
    const made = await createJob({ nodes: ["hall-1"], ota_job_name: "once" });
    const again = await createJob({ nodes: ["hall-1"], ota_job_name: "once" });

    expect(made.status).toBe(200);
    expect(again.json).toMatchObject({ error_code: 105005 });
  });

  test("with an archived image is refused, until the image is taken back", async () => {
    const old = await running.operator.upload({ name: "old", version: "1", project: "p", bytes: Uint8Array.of(1) });
    const archive = (flag: string) => admin("PUT", `otaimage?ota_image_id=${old}&archive=${flag}`);
    const wish = { nodes: ["hall-1"], ota_image_id: old };

    expect((await archive("false")).json).toMatchObject({ error_code: 104024 });
    expect((await archive("true")).status).toBe(200);
    expect((await archive("true")).json).toMatchObject({ error_code: 104023 });
    expect((await createJob(wish)).json).toMatchObject({ error_code: 104034 });
    expect((await idsOf("otaimage", "ota_images", "ota_image_id")).includes(old)).toBe(false);
    expect(await idsOf("otaimage?archived=true", "ota_images", "ota_image_id")).toEqual([old]);
    await archive("false");
    expect((await createJob(wish)).status).toBe(200);
  });

  test("for all nodes has every node that is known", async () => {
    const { json } = await createJob({ groups: ["FFFF-FFFF"] });

    expect(await jobOf(json["ota_job_id"])).toMatchObject({ total_node_count: 3, groups: ["FFFF-FFFF"] });
  });

  test("with conditions tells them, and takes in the node whose config comes to match", async () => {
    const { json } = await createJob({ node_type: "lamp", node_model: "l1" }, "continuous=true");
    const before = await jobOf(json["ota_job_id"]);
    const node = await online("hall-1");
    await node.publish("node/hall-1/config", { info: { type: "lamp", model: "l1" } });

    const after = await jobOf(json["ota_job_id"]);

    expect(before).toMatchObject({
      group_query: "node_type: lamp && node_model: l1",
      continuous: true,
      total_node_count: 0,
    });
    expect(after).toMatchObject({ total_node_count: 1, triggered_count: 1 });
    await running.operator.enrol([NODES[0]!]);
    node.end();
  });

  test("is archived once, only after its end, and is then listed on demand only", async () => {
    const { json } = await createJob({ nodes: ["hall-1"] });
    const id = String(json["ota_job_id"]);
    const archive = () => admin("PUT", "otajob", { ota_job_id: id, archive: "true" });
    const listed = async (query: string) => (await idsOf(`otajob?${query}`, "ota_jobs", "ota_job_id")).includes(id);

    expect((await archive()).json).toMatchObject({ error_code: 105032 });
    await admin("PUT", "otajob", { ota_job_id: id });
    expect((await archive()).status).toBe(200);
    expect([(await archive()).status, (await archive()).json["error_code"]]).toEqual([404, 105032]);
    expect([await listed(""), await listed("archived=true"), await listed("all=true")]).toEqual([false, true, true]);
  });

  test("is found by a part of its name, and by its image", async () => {
    await createJob({ nodes: ["hall-1"], ota_job_name: "needle in hay" });

    const named = await idsOf("otajob?ota_job_name=needle", "ota_jobs", "ota_job_name");
    const ofImage = await idsOf("otajob?ota_image_id=none", "ota_jobs", "ota_job_name");

    expect([named, ofImage]).toEqual([["needle in hay"], []]);
  });

  test("tells how many are how far in a summary of its own", async () => {
    const { json } = await createJob({ nodes: ["hall-1", "hall-2"] });

    const summary = await admin("GET", `otajob/status/summary?ota_job_id=${String(json["ota_job_id"])}`);

    expect(summary.json).toMatchObject({ triggered: 2, started: 0, total: 2 });
  });

  test("that is triggered again reaches the targets that are online", async () => {
    const node = await online("yard-1");
    const { json } = await createJob({ nodes: ["yard-1", "hall-2"], priority: 1 });
    const id = String(json["ota_job_id"]);

    const again = await admin("POST", "otajob/retrigger", { ota_job_id: id });

    expect(again.json).toEqual({ status: "success", description: "sent to 1 nodes" });
    expect((await node.offer())["ota_job_id"]).toBe(id);
    await admin("PUT", "otajob", { ota_job_id: id });
    expect((await admin("POST", "otajob/retrigger", { ota_job_id: id })).json).toMatchObject({ error_code: 105081 });
    node.end();
  });
});

describe("an approval", () => {
  test("starts the job: the node gets the offer, and the user sees how far it is", async () => {
    const { json } = await createJob({ nodes: ["yard-1"], description: "Better pumping.", priority: 2 }, APPROVAL);
    const id = String(json["ota_job_id"]);
    const node = await online("yard-1");
    const waiting = await user("GET", "ota_update?node_id=yard-1");
    const refused = await admin("POST", "otajob/retrigger", { ota_job_id: id });

    const approved = await user("POST", "ota_update", { ota_job_id: id, node_id: "yard-1" });

    expect(waiting.json).toMatchObject({
      ota_available: true,
      ota_job_id: id,
      description: "Better pumping.",
      fw_version: "2.0.0",
      file_size: 100,
    });
    expect(refused.json).toMatchObject({ error_code: 105079 });
    expect(approved.status).toBe(200);
    expect((await node.offer())["ota_job_id"]).toBe(id);
    expect((await user("GET", "ota_update?node_id=yard-1")).json).toMatchObject({ ota_available: false });
    await node.status(id, "in-progress", "Downloading Firmware Image");
    expect((await user("GET", `ota_status?node_id=yard-1&ota_job_id=${id}`)).json).toMatchObject({
      node_id: "yard-1",
      status: "in-progress",
      additional_info: "Downloading Firmware Image",
    });
    node.end();
  });

  test("is refused with its number where there is nothing to approve, or nobody there", async () => {
    const { json } = await createJob({ nodes: ["hall-2"] }, APPROVAL);
    const id = String(json["ota_job_id"]);
    const plain = String((await createJob({ nodes: ["hall-2"] })).json["ota_job_id"]);
    const codeOf = async (job: string, node: string) => {
      const reply = await user("POST", "ota_update", { ota_job_id: job, node_id: node });
      return [reply.status, reply.json["error_code"]];
    };

    expect(await codeOf(id, "hall-2")).toEqual([400, 102001]);
    expect(await codeOf(id, "hall-1")).toEqual([400, 105036]);
    expect(await codeOf("none", "hall-2")).toEqual([400, 105061]);
    expect(await codeOf(plain, "hall-2")).toEqual([400, 105061]);
    expect(await codeOf(id, "nobody")).toEqual([404, 100015]);
    const node = await online("hall-2");
    expect((await user("POST", "ota_update", { ota_job_id: id, node_id: "hall-2" })).status).toBe(200);
    expect(await codeOf(id, "hall-2")).toEqual([400, 105061]);
    const status = await user("GET", `ota_status?node_id=hall-1&ota_job_id=${id}`);
    expect([status.status, status.json["error_code"]]).toEqual([404, 105024]);
    node.end();
  });
});

describe("a group", () => {
  test("brings its own nodes and those of its sub-groups to a job, each once", async () => {
    const house = await group({ group_name: "house", nodes: ["hall-1"] });
    const floor = await group({ group_name: "floor", nodes: ["hall-1", "hall-2"], parent_group_id: house });
    const room = await group({ group_name: "room", nodes: ["yard-1"], parent_group_id: floor });

    const { json } = await createJob({ groups: [house, room], nodes: ["hall-2"] });

    expect(await jobOf(json["ota_job_id"])).toMatchObject({ total_node_count: 3, groups: [house, room] });
  });

  test("takes nodes and gives them back; a job keeps the members of its creation", async () => {
    const id = await group({ group_name: "changing", nodes: ["hall-1"] });
    const { json } = await createJob({ groups: [id] });

    await admin("PUT", `node_group?group_id=${id}`, { operation: "ADD", nodes: ["hall-2", "yard-1"] });
    await admin("PUT", `node_group?group_id=${id}`, { operation: "REMOVE", nodes: ["hall-1", "yard-1"] });

    expect(await groupOf(id)).toMatchObject({ nodes: ["hall-2"], total: 1 });
    expect((await jobOf(json["ota_job_id"]))["total_node_count"]).toBe(1);
  });

  test("with conditions has who matches at its creation, and who matches at a regroup", async () => {
    const id = await group({ group_name: "pumps", node_type: "pump", node_fw_version: "1.1.0" });
    await running.operator.enrol([nodeNamed("yard-2", { type: "pump", model: "p2", version: "1.1.0" })]);
    const before = await groupOf(id);

    await admin("PUT", `node_group?group_id=${id}`, { regroup: true });

    expect(before).toMatchObject({ nodes: ["yard-1"], group_query: "node_type: pump && node_fw_version: 1.1.0" });
    expect(await groupOf(id)).toMatchObject({ nodes: ["yard-1", "yard-2"] });
  });

  test("is shown with its nodes' details and sub-groups, found by its name, and deleted from below", async () => {
    const top = await group({ group_name: "top", type: "site", description: "All of it." });
    const low = await group({ group_name: "low", parent_group_id: top, nodes: ["hall-1"] });
    const shown = await admin("GET", "node_group?group_name=top&sub_groups=true");
    const details = await admin("GET", `node_group?group_id=${low}&node_details=true`);
    const drop = (id: string) => admin("DELETE", `node_group?group_id=${id}`);

    expect(shown.json["groups"]).toMatchObject([
      { group_id: top, type: "site", description: "All of it.", total: 0, sub_groups: [{ group_id: low, total: 1 }] },
    ]);
    expect(details.json["groups"]).toMatchObject([
      { parent_group_id: top, node_details: [{ node_id: "hall-1", type: "switch", node_status: "offline" }] },
    ]);
    expect((await drop(top)).json["description"]).toMatch(/has 1 sub-groups; delete them first/);
    expect([(await drop(low)).status, (await drop(top)).status, (await drop(top)).status]).toEqual([200, 200, 404]);
  });

  test.each([
    ["a name of one letter", { group_name: "x" }, 100006, /group_name/],
    ["unknown nodes", { group_name: "xx", nodes: ["nobody"] }, 100015, /nobody/],
    ["101 nodes", { group_name: "xx", nodes: Array(101).fill("hall-1") }, 100006, /nodes/],
    ["conditions and nodes", { group_name: "xx", node_type: "pump", nodes: ["hall-1"] }, 100006, /without nodes/],
    [
      "conditions that nobody matches",
      { group_name: "xx", node_type: "ship" },
      108063,
      /No node matches node_type: ship/,
    ],
    ["a parent that is not there", { group_name: "xx", parent_group_id: "none" }, 100006, /parent_group_id/],
  ])("with %s is refused", async (_name, body, code, words) => {
    const { status, json } = await admin("POST", "node_group", body);

    expect(status).toBe(400);
    expect(json).toMatchObject({ error_code: code, description: expect.stringMatching(words) });
  });

  test("refuses changes that are not of its kind, and more sub-groups than RainMaker has", async () => {
    const plain = await group({ group_name: "plain" });
    const dynamic = await group({ group_name: "dynamic", node_type: "switch" });
    const change = async (id: string, body: unknown) =>
      (await admin("PUT", `node_group?group_id=${id}`, body)).json["description"];

    expect(await change(plain, { regroup: true })).toMatch(/regroup: goes with dynamic groups only/);
    expect(await change(plain, { operation: "ADD" })).toMatch(/operation, nodes: must both be there/);
    expect(await change(dynamic, { operation: "ADD", nodes: ["yard-1"] })).toMatch(/the group is dynamic/);
    expect(await change("none", { regroup: true })).toMatch(/group "none" does not exist/);
    const child = { group_name: "child", parent_group_id: dynamic };
    expect((await admin("POST", "node_group", child)).json["description"]).toMatch(/dynamic group has no sub-groups/);
    for (let n = 0; n < 100; n++) await group({ group_name: "child", parent_group_id: plain });
    const last = await admin("POST", "node_group", { group_name: "one more", parent_group_id: plain });
    expect(last.json["description"]).toMatch(/has 100 sub-groups, the most it can have/);
  });

  test("without members is no target of a job", async () => {
    const id = await group({ group_name: "empty" });

    expect((await createJob({ groups: [id] })).json).toMatchObject({ error_code: 105002 });
  });
});

describe("the list of nodes", () => {
  test.each([
    ["type=switch", ["hall-1", "hall-2"]],
    ["type=switch&model=s2", ["hall-2"]],
    ["type=pump&model=p1&fw_version=1.1.0", ["yard-1"]],
    ["type=pump&model=p1&fw_version=1.0.0", []],
    ["type=pump&model=p1&node_status=offline", ["yard-1"]],
    ["project_name=nothing", []],
    ["type=switch&num_records=1&start_id=1", ["hall-2"]],
  ])("by %s", async (query, expected) => {
    const { json } = await admin("GET", `nodes?${query}`);

    expect(json["nodes"]).toEqual(expected);
  });

  test("tells who is online", async () => {
    const node = await online("hall-1");

    const { json } = await admin("GET", "nodes?node_status=online");

    expect(json["node_info"]).toMatchObject([{ node_id: "hall-1", node_status: "online", model: "s1" }]);
    node.end();
  });

  test.each(["model=s1", "type=switch&fw_version=1.0.0", "node_status=asleep"])("by %s is refused", async (query) => {
    expect((await admin("GET", `nodes?${query}`)).status).toBe(400);
  });
});

const APPROVAL = "user_approval=true";

async function createJob(fields: Readonly<Record<string, unknown>>, query = "") {
  const body = { ota_job_name: `job ${++jobsMade}`, ota_image_id: imageId, ...fields };
  return admin("POST", `otajob?${query}`, body);
}

async function group(body: Readonly<Record<string, unknown>>): Promise<string> {
  const { json } = await admin("POST", "node_group", body);
  expect(json["status"], JSON.stringify(json)).toBe("success");
  return String(json["group_id"]);
}

async function groupOf(id: string) {
  const { json } = await admin("GET", `node_group?group_id=${id}`);
  return (json["groups"] as Record<string, unknown>[])[0];
}

async function jobOf(id: unknown) {
  return (await admin("GET", `otajob?ota_job_id=${String(id)}`)).json;
}

/** One field of every entry of a list. */
async function idsOf(path: string, list: string, field: string) {
  const { json } = await admin("GET", path);
  return (json[list] as Record<string, unknown>[]).map((entry) => entry[field]);
}

async function online(id: string): Promise<NodeLink> {
  const node = await link(running.address, id, secrets[NODES.findIndex((one) => one.id === id)] ?? "");
  await node.subscribe();
  return node;
}

function admin(method: string, path: string, body?: unknown) {
  return ask(method, `admin/${path}`, body);
}

function user(method: string, path: string, body?: unknown) {
  return ask(method, `user/nodes/${path}`, body);
}

async function ask(method: string, path: string, body: unknown) {
  const reply = await http(`${running.address.apiUrl}/v1/${path}`, {
    method,
    headers: { Authorization: running.address.operatorToken },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: reply.status, json: JSON.parse(reply.body.toString()) as Record<string, unknown> };
}
