import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { reportOf, rewriteReports } from "../../src/engine/recompute.ts";
import type { LiveView } from "../../src/engine/run-options.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import {
  brokenLaws,
  fileOf,
  freshPath,
  jsonOf,
  smallRun,
  smallScenario,
  stableColumns,
  watching,
} from "./small-runs.ts";

describe("the same fleet, driven by one thread and by two,", () => {
  const OPERATOR_TOKEN = "this-token-opens-every-door";
  const scenario = smallScenario("seed=7");
  const views: LiveView[] = [];
  const phases: string[] = [];
  let one: Awaited<ReturnType<typeof smallRun>>;
  let two: typeof one;

  beforeAll(async () => {
    one = await smallRun(scenario, { workers: 1, operatorToken: OPERATOR_TOKEN });
    const onPhase = (phase: string): void => void phases.push(phase);
    two = await smallRun(scenario, { workers: 2 }, { ...watching((live) => views.push(live)), onPhase });
  }, 60_000);

  test("comes to an end with every node, holds every law and leaves a whole folder", () => {
    const end = two;

    expect(end.result.verdict, end.result.reasons.join("\n")).toBe("passed");
    expect(end.result.outcomes).toMatchObject({ targeted: 40, settled: 40, unfinished: 0, lost: 0 });
    expect(end.result.outcomes.rolledBack).toBeGreaterThan(0);
    expect(end.result.faults["boot-loop"]?.drawn).toBe(end.result.outcomes.rolledBack);
    expect(brokenLaws(end.result)).toEqual([]);
    expect(end.result.laws.filter(({ verdict }) => verdict === "not checkable")).toEqual([]);
    expect(end.unwritten).toEqual([]);
    expect(readdirSync(end.folder).sort()).toEqual([
      "beliefs.json",
      "events.log",
      "facts.json",
      "health.jsonl",
      "histograms.hlog",
      "junit.xml",
      "nodes.csv",
      "report.html",
      "result.json",
      "run.json",
      "summary.md",
    ]);
    expect(phases).toContain("all settled; waiting a minute of fleet time for late changes");
    expect(views.at(-1)).toMatchObject({ nodes: 40, settled: 40, downloadsInFlight: 0 });
    expect(views.every(({ fleetUs }, at) => at === 0 || fleetUs >= views[at - 1]!.fleetUs)).toBe(true);
  });

  test("has the report of its folder, byte for byte", async () => {
    const end = one;
    const [json, csv, html] = ["result.json", "nodes.csv", "report.html"].map((name) => fileOf(end, name));

    const again = await reportOf(end.folder);
    // As of a report that was killed; no process has this number.
    const draft = join(end.folder, "nodes.csv.999999999.0123abcd.draft");
    writeFileSync(draft, "half of it");
    await rewriteReports(end.folder);

    expect(jsonOf(end.result)).toBe(json);
    expect(jsonOf(again)).toBe(json);
    expect(["result.json", "nodes.csv", "report.html"].map((name) => fileOf(end, name))).toEqual([json, csv, html]);
    expect(existsSync(draft)).toBe(false);
  });

  test("has the traits, faults, outcomes and versions of virtual time, node by node", async () => {
    const outDir = freshPath();

    await planScenario({ scenario, imageBytes: madeImage(scenario), outDir }, watching());

    const columns = stableColumns(fileOf(one, "nodes.csv"));
    expect(columns).toHaveLength(42);
    expect(stableColumns(fileOf(two, "nodes.csv"))).toEqual(columns);
    expect(stableColumns(fileOf({ folder: outDir }, "nodes.csv"))).toEqual(columns);
  });

  test("writes no secret into its folder", () => {
    for (const name of readdirSync(one.folder)) expect(fileOf(one, name)).not.toMatch(/this-token|"secret/i);
  });
});

test("a job that is pushed is known by its offers before anybody has told its id", async () => {
  const scenario = smallScenario("jobs.0.trigger=force-push", "fleet.cohorts.workshops.faults.boot-loop=0%");

  const { result } = await smallRun(scenario, { workers: 2 });

  expect(result.verdict, result.reasons.join("\n")).toBe("passed");
  expect(result.outcomes.success).toBe(40);
  expect(result.counters["offer received: push"]).toBeGreaterThanOrEqual(40);
  expect(result.jobs[0]?.createdAtUs).toBeGreaterThan(0);
});

test("a fleet that boots along the ramp hears of the job by its fetch after the boot", async () => {
  const scenario = smallScenario("fleet.begins=booting", "fleet.cohorts.workshops.faults.boot-loop=0%");

  const { result } = await smallRun(scenario);

  expect(result.verdict, result.reasons.join("\n")).toBe("passed");
  expect(result.outcomes.success).toBe(40);
});

test("nodes without MQTT poll the same backend by plain HTTP", async () => {
  // The new image waits 90 s of fleet time for its first answer: at 3,600 times real time that were 25 ms.
  const scenario = smallScenario(
    "backend.adapter=http-poll",
    "clock.speed=120",
    "fleet.cohorts.homes.autofetch.every=4m",
    "fleet.cohorts.workshops.faults.boot-loop=0%",
  );

  const { result } = await smallRun(scenario);

  expect(brokenLaws(result)).toEqual([]);
  expect(result.verdict, result.reasons.join("\n")).toBe("passed");
  expect(result.outcomes.success).toBe(40);
});

test("nodes dial the embedded backend by TLS where a scenario says so", async () => {
  const { result } = await smallRun(smallScenario("backend.tls=true", "nodes=12"));

  expect(result.verdict, result.reasons.join("\n")).toBe("passed");
  expect(result.metrics["connect_tls"]?.min).toBeGreaterThan(0);
});
