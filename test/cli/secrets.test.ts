/**
 * Secrets that are planted where a run has secrets, and looked for in all that it prints and writes: as they are, and
 * in the spellings that a log might have of them.
 */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded } from "../backend/embedded.ts";
import type { Embedded } from "../backend/embedded.ts";
import { type Ended, otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

const folder = temporaryFolder();
const OPERATOR_TOKEN = "canary-of-the-operator-0123456789";
const BROKER_PASSWORD = "canary-of-the-broker-0123456789";
const RUN_SECRET = "canary-of-the-run-0123456789";

/** A backend in this process, whose every secret is known. */
let running: Embedded;

beforeAll(async () => {
  running = await embedded({ operatorToken: OPERATOR_TOKEN, runSecret: RUN_SECRET, images: "http" });
});

afterAll(() => running.stop());

test("a planted secret is found, as it is and in other spellings", () => {
  const planted = temporaryFolder();
  mkdirSync(join(planted, "below"));
  written(planted, "below/events.log", Buffer.concat([Buffer.of(0, 255), Buffer.from(RUN_SECRET)]));
  const stderr = Buffer.from(OPERATOR_TOKEN).toString("base64");

  const found = secretsIn({ code: 0, stdout: "", stderr }, planted);

  expect(found).toEqual([
    "the operator's token, base64 in standard error",
    `the run's secret in ${join(planted, "below/events.log")}`,
  ]);
});

test("a run with rollbacks, cut power and foreign images writes and prints none of its secrets", async () => {
  const { mqttPort, apiUrl } = running.address;
  const url = `url: ["mqtt://127.0.0.1:${mqttPort}", "${apiUrl}"]`;
  const faults = "faults: { boot-loop: 10%, power-loss-in-write: 20%, corrupt-block: 10%, wrong-image: 10% }";
  const text = SMALL_SCENARIO.replace("nodes: 40", `nodes: 20\nbackend: { ${url}, allowSpeed: true }`).replace(
    "boot: 2s",
    `boot: 2s, ${faults}`,
  );
  const out = join(folder, "faulty");

  const ended = await otafleet(["run", written(folder, "faulty.yaml", text), "--out", out, "--json"], {
    env: { OTAFLEET_OPERATOR_TOKEN: OPERATOR_TOKEN, OTAFLEET_BROKER_PASSWORD: BROKER_PASSWORD },
  });

  expect(ended.stderr).toContain("report");
  expect(ended.stdout).toContain('"outcomes"');
  expect(running.backend.counters()["imageRequests"]).toBeGreaterThan(10);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(["result.json", "events.log", "nodes.csv", "report.html"]));
  expect(secretsIn(ended, out)).toEqual([]);
});

test("a run whose every download is refused, because its URLs have expired, keeps its secrets too", async () => {
  const usual = running;
  running = await embedded({ operatorToken: OPERATOR_TOKEN, runSecret: RUN_SECRET, images: "http", urlLifeSeconds: 0 });
  try {
    const { mqttPort, apiUrl } = running.address;
    const url = `url: ["mqtt://127.0.0.1:${mqttPort}", "${apiUrl}"]`;
    const text = SMALL_SCENARIO.replace("nodes: 40", `nodes: 5\nbackend: { ${url}, allowSpeed: true }`);
    const out = join(folder, "expired");

    const ended = await otafleet(
      ["run", written(folder, "expired.yaml", text.replace("after: 4h", "after: 20m")), "--out", out],
      { env: { OTAFLEET_OPERATOR_TOKEN: OPERATOR_TOKEN } },
    );

    expect(ended.stderr).toContain("report");
    expect(running.backend.counters()["imageRequestsExpired"]).toBeGreaterThanOrEqual(5);
    expect(secretsIn(ended, out)).toEqual([]);
  } finally {
    await running.stop();
    running = usual;
  }
});

test("a run that is refused, with a stack even, names no secret", async () => {
  const { mqttPort, apiUrl } = running.address;
  const url = `url: ["mqtt://127.0.0.1:${mqttPort}", "${apiUrl}"]`;
  const refused = SMALL_SCENARIO.replace("nodes: 40", `nodes: 2\nbackend: { ${url}, allowSpeed: true }`);
  const away = SMALL_SCENARIO.replace("nodes: 40", `nodes: 2\nbackend: { broker: { url: "mqtt://127.0.0.1:1" } }`);
  const env = { OTAFLEET_OPERATOR_TOKEN: `${OPERATOR_TOKEN}-wrong`, OTAFLEET_BROKER_PASSWORD: BROKER_PASSWORD };

  const byToken = await otafleet(["run", written(folder, "refused.yaml", refused), "--debug"], { cwd: folder, env });
  const byBroker = await otafleet(["run", written(folder, "away.yaml", away), "--debug"], { cwd: folder, env });

  expect([byToken.code, byBroker.code]).toEqual([3, 3]);
  expect(secretsIn(byToken, folder)).toEqual([]);
  expect(secretsIn(byBroker, folder)).toEqual([]);
});

/** Each secret that stands in what a command has printed, or in a file below `top`, and where. */
function secretsIn({ stdout, stderr }: Ended, top: string): readonly string[] {
  const texts = new Map([
    ["standard output", Buffer.from(stdout)],
    ["standard error", Buffer.from(stderr)],
  ]);
  for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) texts.set(path, readFileSync(path));
  }
  return [...texts].flatMap(([place, bytes]) =>
    canaries()
      .filter(([, canary]) => bytes.includes(canary))
      .map(([name]) => `${name} in ${place}`),
  );
}

/** Secrets by name, each as it is, in base64 and in hexadecimal. */
function canaries(): [name: string, canary: string][] {
  const { ledger } = running.backend;
  const ids: string[] = [];
  for (let node = 0; ledger.idOfNode(node) !== ""; node++) ids.push(ledger.idOfNode(node));
  const { keyPem } = JSON.parse(ledger.setting("certificates") ?? "{}") as { readonly keyPem: string };
  const secrets: [string, string][] = [
    ["the operator's token", OPERATOR_TOKEN],
    ["the broker's password", BROKER_PASSWORD],
    ["the run's secret", RUN_SECRET],
    ["the secret of URLs", ledger.urlSecret],
    ["a private key", keyPem.split("\n")[1] ?? ""],
    ...ids.map((id): [string, string] => [`the secret of ${id}`, ledger.secretOf(id)]),
  ];
  expect(secrets.every(([, secret]) => secret.length >= 20)).toBe(true);
  return [
    ...secrets.flatMap(([name, secret]): [string, string][] => [
      [name, secret],
      [`${name}, base64`, Buffer.from(secret).toString("base64")],
      [`${name}, hex`, Buffer.from(secret).toString("hex")],
    ]),
    ["a signature of a URL", "&sig="],
    ["any private key", "PRIVATE KEY"],
  ];
}
