/** `kill -9` at any moment, and disks without room: what was acknowledged is on record, and nothing else is said. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { draw } from "../../src/base/random.ts";
import type { NodeLink } from "../backend/embedded.ts";
import { jobFor } from "../adapters/plans.ts";
import { http, link } from "../backend/embedded.ts";
import { temporaryFolder } from "./otafleet.ts";
import { endServingAtLast, Serving } from "./serving.ts";

const NODES = 10;
const KILLS = 10;
/** Statuses that each node has under way at once. */
const IN_FLIGHT = 8;
/** A kill comes after so many acknowledgements at most. */
const ACKS_MAX = 200;
const SEED = 20261124;

const folder = temporaryFolder();
endServingAtLast();

test(`of ${KILLS} kill -9 at random moments (seed ${SEED}) none loses a status, job, image or node that was acknowledged`, async () => {
  const data = join(folder, "killed");
  let serving = await Serving.start(["--data", data]);
  const { addresses, token } = serving;
  const world = await rollout(serving);
  const acked = world.ids.map(() => -1);
  let next = 0;

  for (let round = 0; round < KILLS; round++) {
    const links = await Promise.all(world.ids.map((id, node) => link(portsOf(serving), id, world.secrets[node] ?? "")));
    const killAfter = 1 + Math.floor(draw(SEED, 0, 0, round) * ACKS_MAX);
    const before = [...acked];
    // What the API acknowledges while statuses flow is as safe as they are.
    const more = api(serving, round).then(
      (made) => world.made.push(made),
      () => {},
    );
    await floodUntil(links, world.jobId, { acked, killAfter, from: next }, () => serving.end("SIGKILL"));
    await more;
    next += 10_000;
    for (const one of links) one.end();

    serving = await Serving.start(["--data", data]);
    const beliefs = await serving.operator.beliefs(world.jobId);
    const kept = world.ids.map((id) => Number(beliefs.get(id)?.info));
    kept.forEach((step, node) =>
      expect(step, `round ${round}, ${world.ids[node]}`).toBeGreaterThanOrEqual(acked[node]!),
    );
    expect(acked.reduce((sum, step) => sum + step, 0)).toBeGreaterThan(before.reduce((sum, step) => sum + step, 0));
    for (const { jobId } of world.made) expect(await imageOf(serving, jobId)).toBe(1000);
  }

  expect(serving.addresses).toEqual(addresses);
  expect(serving.token).toBe(token);
  expect(await serving.operator.enrol(world.nodes)).toEqual(world.secrets);
  await serving.end("SIGINT");
});

test("a disk without room: nothing is acknowledged, the operator is told why, and all that was is there afterwards", async () => {
  const data = join(folder, "full");
  const limited = await Serving.start(["--data", data], 600);
  const world = await rollout(limited);
  const acked = world.ids.map(() => -1);
  const links = await Promise.all(world.ids.map((id, node) => link(portsOf(limited), id, world.secrets[node] ?? "")));

  await floodUntil(links, world.jobId, { acked, killAfter: Infinity, from: 0 }, () => Promise.resolve());
  const told = await limited.says("nothing is acknowledged until it can be");
  const refused = await http(`${limited.addresses.api}/v1/admin/nodes`, {
    method: "POST",
    headers: { Authorization: limited.token },
    body: JSON.stringify({ nodes: [{ node_id: "late", project: "p", fw_version: "1" }] }),
  });
  const reads = await limited.operator.counters();
  await limited.end("SIGKILL");
  for (const one of links) one.end();
  const roomy = await Serving.start(["--data", data]);
  const beliefs = await roomy.operator.beliefs(world.jobId);

  expect(told).toMatch(/! the change could not be stored: .+; nothing is acknowledged/);
  expect(refused.status).toBe(503);
  expect(refused.body.toString()).toMatch(/the change could not be stored/);
  expect(reads).toMatchObject({ mqttPublishes: expect.any(Number) });
  expect(acked.some((step) => step >= 0)).toBe(true);
  world.ids.forEach((id, node) => expect(Number(beliefs.get(id)?.info)).toBeGreaterThanOrEqual(acked[node]!));
  await roomy.end("SIGINT");
});

async function rollout({ operator }: Serving) {
  const ids = Array.from({ length: NODES }, (_, index) => `node-${index}`);
  const nodes = ids.map((id) => ({ id, project: "p", version: "1", type: "light", model: "p" }));
  const secrets = await operator.enrol(nodes);
  const imageId = await operator.upload({ name: "i", version: "2", project: "p", bytes: new Uint8Array(1000) });
  const jobId = await operator.createJob(jobFor(ids, { name: "flood", imageId }));
  return { ids, nodes, secrets, jobId, made: [] as { readonly jobId: string }[] };
}

async function api({ operator }: Serving, round: number): Promise<{ readonly jobId: string }> {
  const name = `more-${round}`;
  const imageId = await operator.upload({ name, version: "3", project: "p", bytes: new Uint8Array(1000) });
  return { jobId: await operator.createJob(jobFor(["node-0"], { name, imageId })) };
}

/** The size of the image of a job that is there. */
async function imageOf({ addresses, token }: Serving, jobId: string): Promise<unknown> {
  const ask = async (path: string): Promise<Record<string, unknown>> => {
    const reply = await http(`${addresses.api}/v1/admin/${path}`, { headers: { Authorization: token } });
    return JSON.parse(reply.body.toString()) as Record<string, unknown>;
  };
  const job = await ask(`otajob?ota_job_id=${jobId}`);
  const { ota_images: images } = await ask(`otaimage?ota_image_id=${String(job["ota_image_id"])}`);
  return (images as { readonly file_size: number }[])[0]?.file_size;
}

interface Flood {
  /** The last step of each node that was acknowledged; brought up to date. */
  readonly acked: number[];
  readonly killAfter: number;
  readonly from: number;
}

/** Every node reports step after step, until so many are acknowledged or the backend hangs up. */
async function floodUntil(
  links: readonly NodeLink[],
  jobId: string,
  { acked, killAfter, from }: Flood,
  kill: () => Promise<unknown>,
): Promise<void> {
  let count = 0;
  let killed: Promise<unknown> | undefined;
  await Promise.all(
    links.map(async (one, node) => {
      const closed = new Promise<"closed">((resolve) => one.client.once("close", () => resolve("closed")));
      let step = from;
      const report = async (): Promise<void> => {
        for (;;) {
          const mine = step++;
          const sent = one.status(jobId, "in-progress", String(mine)).then(
            () => "acknowledged" as const,
            () => "closed" as const,
          );
          if ((await Promise.race([sent, closed])) === "closed") return;
          acked[node] = Math.max(acked[node]!, mine);
          if (++count >= killAfter) killed ??= kill();
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, report));
    }),
  );
  await killed;
}

function portsOf(serving: Serving) {
  return { mqttPort: serving.port("mqtt") };
}
