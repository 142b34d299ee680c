import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { UserError } from "../../src/base/user-error.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { reportOf, rewriteReports } from "../../src/engine/recompute.ts";
import { hashOf, type RunDocument } from "../../src/engine/run-document.ts";
import type { ConclusionView } from "../../src/engine/run-options.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { brokenLaws, fileOf, freshPath, jsonOf, smallScenario, watching } from "./small-runs.ts";

const { TZ, LC_ALL } = process.env;

afterEach(() => {
  setOrUnset("TZ", TZ);
  setOrUnset("LC_ALL", LC_ALL);
});

test("a plan brings every node to an end and holds every law that virtual time can show", async () => {
  const { result, folder } = await planned(smallScenario("nodes=400"));

  expect(result.verdict, result.reasons.join("\n")).toBe("passed");
  expect(result.clock).toMatchObject({ driver: "virtual", speed: 1, wallMs: null });
  expect(result.populations).toMatchObject({ nodes: 400, settled: 400 });
  expect(result.truth.falseSuccess).toBe(0);
  expect(brokenLaws(result)).toEqual([]);
  expect(folder).toBeUndefined();
});

/** Few nodes, of whom some are away for days: what ends the plan may be that one of them comes back. */
const LATE = `
name: late
clock: { start: 2026-03-10T20:15:00Z }
image: { make: { version: 2.0.0, size: 64KiB } }
nodes: 8
fleet:
  cohorts:
    - name: homes
      runs: { version: 1.0.0 }
      zones: Europe/Berlin
      link: { throughput: 120KiB/s }
      offline: { spells: 0.2/d, last: { lognormal: { p50: 2d, p95: 6d } } }
      autofetch: { every: 24h }
jobs: [{ name: spring }]
end: { when: settled, after: 20d }
`;

test.each([4, 12, 23])(
  "who comes back as all reachable are settled is none of them any more, seed %s",
  async (seed) => {
    const overrides = { set: [`seed=${seed}`] };
    const { result } = await planned(
      resolveScenario(readScenario(LATE, "late.yaml", { adapters: ADAPTERS, overrides })).scenario,
    );

    expect(result.clock.endedBecause).toBe("all reachable targets settled");
    expect(result.populations.settled).toBe(result.populations.reachable);
  },
);

test("equal scenarios and seeds give equal bytes in every file, whatever the machine's time zone and language", async () => {
  const scenario = smallScenario("nodes=200", "fleet.cohorts.homes.offline={spells: 2/d, last: 30m}");
  const [here, there] = [freshPath(), freshPath()];

  process.env["TZ"] = "America/New_York";
  await planned(scenario, here);
  process.env["TZ"] = "Asia/Kolkata";
  process.env["LC_ALL"] = "de_DE.UTF-8";
  await planned(scenario, there);

  expect(readdirSync(here).sort()).toEqual([
    "histograms.hlog",
    "junit.xml",
    "nodes.csv",
    "report.html",
    "result.json",
    "run.json",
    "summary.md",
  ]);
  for (const name of readdirSync(here)) {
    expect(fileOf({ folder: there }, name)).toBe(fileOf({ folder: here }, name));
  }
});

test("a plan that breaks in mid-life leaves no folder behind", async () => {
  const scenario = smallScenario("nodes=4");
  const outDir = freshPath();
  const options = { scenario, imageBytes: madeImage(scenario), outDir };
  const breaking = watching(() => {
    throw new Error("broken");
  });

  await expect(planScenario(options, breaking)).rejects.toThrow("broken");

  expect(existsSync(outDir)).toBe(false);
});

test("a plan says which part of its result and which file comes next", async () => {
  const scenario = smallScenario();
  const told: string[] = [];
  const watcher = {
    ...watching(),
    onConclusion: ({ step, part, nodes }: ConclusionView) =>
      told.push([step, part, ...(nodes === undefined ? [] : [nodes.done, nodes.all])].join(" ")),
  };

  await planScenario({ scenario, imageBytes: madeImage(scenario), outDir: freshPath() }, watcher);

  expect(told.slice(0, 2)).toEqual(["computing the result outcomes", "computing the result metrics"]);
  expect(told).toContain("computing the result staggering");
  expect(told.at(-1)).toBe("writing nodes.csv 0 40");
});

test("another seed gives another fleet", async () => {
  const one = await planned(smallScenario("seed=1"));
  const other = await planned(smallScenario("seed=2"));

  expect(jsonOf(other.result)).not.toBe(jsonOf(one.result));
  expect(other.result.eventHash).not.toBe(one.result.eventHash);
});

test("a plan tells the hash of its events, which a fault of one node changes, and tags do not", async () => {
  const hashOf = async (...set: readonly string[]) => (await planned(smallScenario(...set))).result.eventHash;

  const plain = await hashOf();

  expect(plain).toMatch(/^[0-9a-f]{16}$/);
  expect(await hashOf("tags={ build: '7' }")).toBe(plain);
  expect(await hashOf("fleet.cohorts.workshops.faults.boot-loop=30%")).not.toBe(plain);
});

test("a plan in which a backend believes the first status fails by the truth", async () => {
  const scenario = smallScenario(
    "selftest.backend-believes-first-status=true",
    "fleet.cohorts.workshops.faults.boot-loop=100%",
  );

  const { result } = await planned(scenario);

  expect(result.verdict).toBe("failed");
  expect(result.truth.falseSuccess).toBe(10);
});

test("a plan of crowded servers and an outage holds every law, tells of its servers, and has the same bytes again", async () => {
  const scenario = smallScenario(
    "nodes=150",
    "model={fetch: {servers: 1, service: {exponential: {mean: 800ms}}, queue: 2}, statuses: {servers: 1, service: 500ms, queue: 3}}",
    "model.broker={connects: 2/s, backlog: 10, fanOut: 1/s}",
    "model.cdn={egress: 400kbit/s, connections: 2, firstByte: 30ms}",
    "model.outages=[{at: 3m, for: 2m}]",
  );

  const [{ result }, again] = [await planned(scenario), await planned(scenario)];

  expect(brokenLaws(result)).toEqual([]);
  expect(result.truth.falseSuccess).toBe(0);
  expect(jsonOf(again.result)).toBe(jsonOf(result));
  const { servers = [], downloads } = result.model ?? {};
  expect(servers.map(({ name, refused }) => [name, refused > 0])).toEqual([
    ["fetch", true],
    ["statuses", true],
    ["broker connects", true],
    ["broker fan-out", false],
  ]);
  expect(downloads).toMatchObject({ inFlightPeak: 2, egressPeakBytesPerSecond: 50_000 });
  expect(downloads?.egressBytesByBucket).toHaveLength(result.timelines.buckets);
});

test("a plan keeps no event log, so its reports are made anew by living through it once more, to the same bytes", async () => {
  const outDir = freshPath();
  const { files } = await planned(smallScenario("nodes=4"), outDir);
  const texts = files.map((path) => readFileSync(path, "utf8"));
  // As a plan that was killed leaves it.
  for (const path of files) rmSync(path);

  const again = await rewriteReports(outDir);

  expect(again.files.toSorted()).toEqual(files.toSorted());
  expect(files.map((path) => readFileSync(path, "utf8"))).toEqual(texts);
  expect(await reportOf(outDir)).toEqual(again.result);
});

test("a plan of other versions is not made anew: it might be another one", async () => {
  const outDir = freshPath();
  await planned(smallScenario("nodes=4"), outDir);
  const path = join(outDir, "run.json");
  const { seal: _, ...document } = JSON.parse(readFileSync(path, "utf8")) as RunDocument & { readonly seal: string };
  const older = { ...document, versions: { ...document.versions, otafleet: "0.0.1" } };
  writeFileSync(path, JSON.stringify({ ...older, seal: hashOf(JSON.stringify(older)) }));

  await expect(rewriteReports(outDir)).rejects.toThrow(UserError);
  await expect(rewriteReports(outDir)).rejects.toThrow(
    /is of a plan that was made with other versions \(otafleet 0\.0\.1 there, \d.* here\); plan it again, into a new folder/,
  );
});

function planned(scenario: Scenario, outDir?: string) {
  return planScenario({ scenario, imageBytes: madeImage(scenario), outDir }, watching());
}

function setOrUnset(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
