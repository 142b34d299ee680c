import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { VirtualFleet } from "../../src/drivers/virtual/virtual-fleet.ts";
import { EventHash } from "../../src/measure/event-hash.ts";
import { randomWorld } from "./random-world.ts";

const SCRIPT = fileURLToPath(new URL("./record-hash.mjs", import.meta.url));
/** Seeds whose worlds are short and have spells, faults and windows. */
const SEEDS = [2, 3, 8];

test("the same scenario and seed give the same records, byte by byte", () => {
  for (const seed of SEEDS) expect(hashOf(seed)).toBe(hashOf(seed));
});

test("a hundred seeds give a hundred different runs", () => {
  const hashes = Array.from({ length: 100 }, (_, seed) => hashesOf(seed + 2_000));

  expect(new Set(hashes.map(({ sha256 }) => sha256)).size).toBe(100);
  expect(new Set(hashes.map(({ events }) => events)).size).toBe(100);
});

test("another seed alone makes another run of the same scenario", () => {
  expect(hashOf(2, { seed: 1_002 })).not.toBe(hashOf(2));
});

test("time zone and locale of the machine change nothing", async () => {
  const seed = SEEDS[0] as number;

  const [india, egypt] = await Promise.all([
    inProcess(seed, { TZ: "Asia/Kolkata", LC_ALL: "de_DE.UTF-8" }),
    inProcess(seed, { TZ: "America/St_Johns", LC_ALL: "ar_EG.UTF-8" }),
  ]);

  expect([india.timeZone, egypt.timeZone]).toEqual(["Asia/Calcutta", "America/St_Johns"]);
  expect([india.locale, egypt.locale]).toEqual(["de-DE", "ar-EG"]);
  expect(india.hash).toBe(hashOf(seed));
  expect(egypt.hash).toBe(india.hash);
});

function hashOf(seed: number, changes: { readonly seed?: number } = {}): string {
  return hashesOf(seed, changes).sha256;
}

function hashesOf(
  seed: number,
  changes: { readonly seed?: number } = {},
): { readonly sha256: string; readonly events: string } {
  const { scenario, adapter, image } = randomWorld(seed);
  const hash = createHash("sha256");
  const sink = new EventHash({ record: (...numbers: number[]) => void hash.update(new Float64Array(numbers)) });
  new VirtualFleet({ scenario: { ...scenario, ...changes }, adapter, sink, images: [image] }).run(() => false);
  return { sha256: hash.digest("hex"), events: sink.hex };
}

interface Told {
  readonly hash: string;
  readonly timeZone: string;
  readonly locale: string;
}

function inProcess(seed: number, env: Readonly<Record<string, string>>): Promise<Told> {
  const { scenario, image } = randomWorld(seed);
  const child = spawn(process.execPath, [SCRIPT], { env, stdio: ["pipe", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stdin.end(JSON.stringify({ scenario, image }));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(out) as Told);
      else reject(new Error(`${SCRIPT} ended with ${code}`));
    });
  });
}
