import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunResult } from "../../src/measure/run-result.ts";
import { http } from "../backend/embedded.ts";
import { inOneProcess } from "./one-process.ts";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";
import { endServingAtLast, Serving } from "./serving.ts";
import { told } from "./told.ts";

/** Done within seconds of real time: nodes ask at once, and boot and write at once. */
const REAL_TIME = SMALL_SCENARIO.replace("speed: 600", "speed: 1")
  .replace("start: 2026-03-10T12:00:00Z", "start: now")
  .replace("nodes: 40", "nodes: 12")
  .replace("size: 64KiB", "size: 8KiB")
  .replace(
    "autofetch: { every: 10m }, boot: 2s",
    "autofetch: { every: 1m, phase: 1s }, boot: 300ms, flash: { write: 900KB/s }",
  )
  .replace("after: 4h", "after: 20s");

/** Three fleets at once on a busy machine may need longer. */
const UNHURRIED = REAL_TIME.replace("after: 20s", "after: 30s");

const GROUPED = UNHURRIED.replace(
  "fleet:\n",
  'fleet:\n  groups: [{ name: everyone, nodes: ["0-5"], groups: [rest] }, { name: rest, nodes: ["6-11"] }]\n',
).replace("{ name: spring }", "{ name: spring, targets: { groups: [everyone] } }");

const folder = temporaryFolder();
const realTime = written(folder, "real-time.yaml", REAL_TIME);
endServingAtLast();

// They mostly wait for real time to pass, and the refusals below use it.
test.concurrent("three runs at once against one serve do not meet, and leave nothing behind but what is to be kept", async () => {
  const serving = await Serving.start(["--data", join(folder, "shared"), "--tls"]);
  const { mqtt, mqtts = "", api } = serving.addresses;
  const plain = written(folder, "plain.yaml", UNHURRIED);
  const polling = written(folder, "poll.yaml", `${UNHURRIED}backend: { adapter: http-poll }\n`);

  const runs = await Promise.all(
    [
      runOf(serving, mqtt, api).toSpliced(1, 1, written(folder, "grouped.yaml", GROUPED)),
      runOf(serving, mqtts, api).toSpliced(1, 1, plain),
      [...runOf(serving, api).toSpliced(1, 1, polling), "--keep"],
    ].map((words, index) => otafleet([...words, "--json", "-o", join(folder, `run-${index}`)])),
  );

  for (const { code, stdout, stderr } of runs) {
    // The machine may be too busy for a verdict of passed; what became of the nodes holds all the same.
    expect([0, 4], stderr).toContain(code);
    const result = JSON.parse(stdout) as RunResult;
    // What the other runs do on the backend breaks no law of this one.
    expect(result.laws.filter(({ verdict }) => verdict === "broken")).toEqual([]);
    expect(result.outcomes).toMatchObject({ targeted: 12, success: 12 });
    expect(result.truth).toMatchObject({ falseSuccess: 0, unreported: 0 });
    expect(Math.abs(Date.parse(result.clock.start) - Date.now())).toBeLessThan(600_000);
  }
  const documents = runs.map((_, index) => readFileSync(join(folder, `run-${index}`, "run.json"), "utf8"));
  for (const document of documents) expect(document).not.toContain(serving.token);
  const jobs = (await ask(serving, "otajob?all=true"))["ota_jobs"] as Job[];
  expect(new Set(jobs.map(({ ota_job_name: name }) => name)).size).toBe(3);
  for (const { status } of jobs) expect(["finished", "cancelled"]).toContain(status);
  expect(jobs.filter(({ groups }) => groups !== undefined && groups.length > 0)).toHaveLength(1);
  // Only what was to be kept is in the lists; the run's own archive has the rest.
  expect((await ask(serving, "otajob"))["ota_jobs"]).toHaveLength(1);
  expect((await ask(serving, "otaimage"))["ota_images"]).toHaveLength(1);
  const kept = (JSON.parse(documents[2] ?? "") as { nodePrefix: string }).nodePrefix;
  expect(kept).toMatch(/^ota-[0-9a-f]{8}-$/);
  await serving.end("SIGINT");

  const again = await Serving.start(["--data", join(folder, "shared"), "--tls"]);
  const { total, nodes } = await ask(again, "nodes");
  expect(total).toBe(12);
  expect((await ask(again, "node_group"))["total"]).toBe(0);
  expect((nodes as string[]).every((id) => id.startsWith(kept))).toBe(true);
  await again.end("SIGINT");
}, 90_000);

test.concurrent("a run whose server is killed and comes back, and the one after it, are held to no count that is gone", async () => {
  const words = ["--data", join(folder, "killed")];
  const serving = await Serving.start(words);
  const { mqtt, api } = serving.addresses;
  // As slow as it takes to be killed in the middle.
  const slow = written(
    folder,
    "slow.yaml",
    REAL_TIME.replace("boot: 300ms", "boot: 300ms, link: { throughput: 2KB/s }"),
  );

  const cutWords = [...runOf(serving, mqtt, api).toSpliced(1, 1, slow), "--json", "-o", join(folder, "cut")];
  let cut: ReturnType<typeof otafleet> | undefined;
  // Asked only then: questions that the server counted before the run would tell by themselves that it began anew.
  await new Promise<void>((resolve) => {
    const onStderr = (text: string): void => {
      if (text.includes("rolling out")) resolve();
    };
    cut = otafleet(cutWords, { onStderr });
  });
  while (((await serving.operator.counters())?.["statuses"] ?? 0) < 12) await nextTurn();
  await serving.end("SIGKILL");
  const again = await Serving.start(words);
  await cut;
  const after = otafleet([...runOf(again, mqtt, api), "--json", "-o", join(folder, "after")]);

  const results = [await cut, await after].map((end) => JSON.parse(end?.stdout ?? "") as RunResult);
  for (const { laws, outcomes } of results) {
    expect(laws.filter(({ verdict }) => verdict === "broken")).toEqual([]);
    expect(outcomes).toMatchObject({ targeted: 12 });
  }
  const [unseen, seen] = results.map(({ laws }) =>
    laws.filter(({ verdict }) => verdict === "not checkable").map(({ id }) => id),
  );
  expect(unseen).toEqual(expect.arrayContaining(["C7", "C8.statuses", "C8.connections"]));
  expect(seen).not.toContain("C8.statuses");
  await again.end("SIGINT");
}, 90_000);

test.concurrent("a speed other than 1 against a backend at an url is refused, with what to write", async () => {
  const small = written(folder, "small.yaml", SMALL_SCENARIO);

  const { lines, exitCode } = await told("run", small, "-b", "mqtt://127.0.0.1:1", "http://127.0.0.1:1");

  expect(exitCode).toBe(2);
  expect(lines.join("\n")).toMatch(/clock\.speed is 600; must be 1 with .*--set clock\.speed=1 --set clock\.start=now/);
});

test.concurrent("a start on another day than the backend's is warned of", async () => {
  const words = [
    "run",
    realTime,
    "--set",
    "clock.start=2026-03-10T12:00:00Z",
    "-b",
    "mqtt://127.0.0.1:1",
    "http://127.0.0.1:1",
  ];

  const { code, stderr } = await inOneProcess(words);

  expect(code).toBe(3);
  expect(stderr).toContain("clock.start");
  expect(stderr).toContain("--set clock.start=now");
});

test.concurrent.each([
  [["mqtt://broker.example", "https://127.0.0.1:1"], "mqtt://broker.example"],
  [["mqtt://127.0.0.1:1", "https://192.168.7.7:8443"], "https://192.168.7.7:8443/"],
  [["mqtts://169.254.169.254", "https://127.0.0.1:1"], "mqtts://169.254.169.254"],
])("a backend on another machine is refused without --allow-remote, by its url: %s", async (urls, named) => {
  expect(await told("run", realTime, "-q", "--backend", ...urls)).toEqual({
    exitCode: 2,
    lines: [`backend.url is ${named}, on another machine; add --allow-remote if it is yours to put under load`],
  });
});

describe("against a backend with TLS", () => {
  let serving: Serving;

  beforeAll(async () => {
    serving = await Serving.start(["--tls"]);
  });

  afterAll(() => serving.end("SIGINT"));

  test.concurrent("a backend where nothing listens ends the run with 3, the url and the cause", async () => {
    const nobody = await freePort();

    const noApi = await inOneProcess([...runOf(serving, serving.addresses.mqtt, `http://127.0.0.1:${nobody}`), "-q"]);
    const noBroker = await inOneProcess([...runOf(serving, `mqtt://127.0.0.1:${nobody}`, serving.addresses.api), "-q"]);

    expect([noApi.code, noBroker.code]).toEqual([3, 3]);
    expect(noApi.stderr).toBe(
      `otafleet: Cannot reach the backend at http://127.0.0.1:${nobody}: nothing listens there\n`,
    );
    expect(noBroker.stderr).toBe(
      `otafleet: Cannot reach the broker at mqtt://127.0.0.1:${nobody}: nothing listens there\n`,
    );
  });

  test.concurrent("a wrong token ends the run with 3 and says where it came from", async () => {
    const { mqtt, api, caFile } = serving.addresses;
    const file = written(folder, "wrong-token", "wrong\n");
    const words = ["run", realTime, "-q", "--ca", caFile, "--backend", mqtt, api];

    const byFile = await inOneProcess([...words, "--token-file", file]);
    const byVariable = await inOneProcess(words, { OTAFLEET_OPERATOR_TOKEN: "secret-canary" });
    const none = await inOneProcess(words, { OTAFLEET_OPERATOR_TOKEN: "" });

    expect([byFile.code, byVariable.code, none.code]).toEqual([3, 3, 3]);
    expect(byFile.stderr).toBe(
      `otafleet: The backend at ${api} refused the operator's token (status 401): it is that of --token-file ${file}\n`,
    );
    expect(byVariable.stderr).toContain("it is that of OTAFLEET_OPERATOR_TOKEN\n");
    expect(byVariable.stderr).not.toContain("secret-canary");
    expect(none.stderr).toContain("there is none; name it with --token-file or in OTAFLEET_OPERATOR_TOKEN\n");
  });

  test.concurrent("a certificate that nobody signed whom one trusts ends the run with 3 and speaks of --ca", async () => {
    const { mqtt, mqtts = "", api, operatorTokenFile } = serving.addresses;
    const words = ["run", realTime, "-q", "--token-file", operatorTokenFile, "--backend"];

    const atApi = await inOneProcess([...words, mqtt, api]);
    const atBroker = await inOneProcess([...words, mqtts, api]);

    expect([atApi.code, atBroker.code]).toEqual([3, 3]);
    expect(atApi.stderr).toMatch(/^otafleet: Cannot reach the backend at https:.* name its CA with --ca\n$/);
    expect(atBroker.stderr).toMatch(/^otafleet: Cannot reach the broker at mqtts:.* name its CA with --ca\n$/);
  });
});

test.concurrent("all wrong flags are told at once", async () => {
  const key = written(folder, "key.pem", "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n");
  const empty = written(folder, "empty-token", "\n");
  const words = ["--ca", key, "--token-file", empty, "--allow-host", "http://x.example/"];

  const { code, stderr } = await otafleet(["run", realTime, ...words]);
  const alone = await told("run", realTime, "--allow-host", "x.example");

  expect(code).toBe(2);
  expect(stderr).toBe(
    `--ca ${key} has no certificate in PEM; name a file with CA certificates in PEM\n` +
      `--token-file ${empty} holds none; the file must hold the operator's token, on one line\n` +
      `--allow-host is "http://x.example/"; must be a host alone, such as images.example\n3 mistakes.\n`,
  );
  expect(alone.lines).toEqual(["--allow-host is x.example; goes with --allow-remote only"]);
});

interface Job {
  readonly ota_job_name: string;
  readonly status: string;
  readonly groups?: readonly string[];
}

function runOf({ addresses }: Serving, ...urls: readonly string[]): string[] {
  const { operatorTokenFile, caFile } = addresses;
  return ["run", realTime, "--token-file", operatorTokenFile, "--ca", caFile, "--backend", ...urls];
}

async function ask({ addresses, token, ca }: Serving, path: string): Promise<Record<string, unknown>> {
  const reply = await http(`${addresses.api}/v1/admin/${path}`, { headers: { Authorization: token }, ca });
  return JSON.parse(reply.body.toString()) as Record<string, unknown>;
}

/** A port where nothing listens: one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
