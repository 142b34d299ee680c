import { expect, test } from "vitest";
import { HOUR_US } from "../../src/base/instant.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import type { OutcomeCounts, RunResult } from "../../src/measure/run-result.ts";
import { brokenLaws, fileOf, freshPath, jsonOf, smallScenario, watching } from "./small-runs.ts";

/** Forty nodes that run 1.4.2 and ask every twenty minutes; ten of them are workshops, without faults. */
const CALM = ["fleet.cohorts.workshops.faults={}"];

test("of two jobs at the same time, the one with the smaller number comes first on every node", async () => {
  const { rows } = await planned(
    "jobs=[{ name: late, priority: 9 }, { name: soon, priority: 2, image: { make: { version: 3.0.0 } } }]",
  );

  const both = nodesOf(rows, "soon").map((soon, node) => [soon.offeredAt, nodesOf(rows, "late")[node]!.offeredAt]);
  expect(both).toHaveLength(40);
  expect(both.every(([soon, late]) => soon! < late!)).toBe(true);
});

test("without a word about priority, the job that was there first comes first", async () => {
  const { rows } = await planned("jobs=[{ name: early }, { name: next, image: { make: { version: 3.0.0 } } }]");

  const next = nodesOf(rows, "next");
  expect(nodesOf(rows, "early").every(({ offeredAt }, node) => offeredAt < next[node]!.offeredAt)).toBe(true);
});

test("a job that starts later is created then, and the run waits for it", async () => {
  const { result } = await planned(
    "jobs=[{ name: now }, { name: later, starts: 5h, image: { make: { version: 3.0.0 } } }]",
  );

  expect(result.jobs.map(({ createdAtUs }) => createdAtUs)).toEqual([0, 5 * HOUR_US]);
  expect(result.clock.endedBecause).toBe("all reachable targets settled");
  expect(result.clock.endedAtUs).toBeGreaterThan(5 * HOUR_US);
  expect(outcomesOf(result, "later")).toEqual({ success: 40 });
});

test("after a cancel nobody is offered the job; who has the offer goes on and is counted", async () => {
  const { result, rows } = await planned(
    "jobs=[{ name: cut, cancel: 10m }]",
    "image.make.size=1MiB",
    "fleet.cohorts.homes.link={ throughput: 2KiB/s }",
  );

  const [job] = result.jobs;
  expect(job?.cancelledAtUs).toBe(HOUR_US / 6);
  expect(job!.outcomes.cancelled).toBeGreaterThan(5);
  expect(job!.outcomes.installedAfterCancel).toBeGreaterThan(5);
  expect(job!.outcomes.cancelled + job!.outcomes.success).toBe(40);
  expect(result.truth.installedAfterCancel).toBe(job!.outcomes.installedAfterCancel);
  expect(rows.filter(({ offeredAt }) => offeredAt > HOUR_US / 6)).toEqual([]);
});

test("a cancel of a job that is over by then is a remark, and nothing is missing", async () => {
  const { result } = await planned("jobs=[{ name: done, cancel: 11h }]");

  expect(result.verdict).toBe("passed");
  expect(result.remarks).toEqual([expect.stringMatching(/^The job done was not cancelled: it was over before/)]);
  expect(result.jobs[0]?.cancelledAtUs).toBeNull();
});

test("users approve one by one, each node is offered the job then, and the others stay waiting", async () => {
  const { result, rows } = await planned(
    "jobs=[{ name: ask, trigger: { user-approved: { share: 60%, delay: { exponential: { mean: 1h } }, forgetful: 30%, reminder: 2h } } }]",
  );

  const { outcomes } = result.jobs[0]!;
  const { waitingForApproval } = outcomes.unfinishedBy;
  expect(outcomes.success + outcomes.unfinished).toBe(40);
  expect(outcomes.success).toBeGreaterThan(15);
  expect(waitingForApproval.online).toBe(outcomes.unfinished);
  expect(result.metrics["approval"]).toMatchObject({ count: outcomes.success, size: 40, isValid: true });
  expect(result.metrics["approval"]!.p90).toBe("not reached");
  // Nobody approves twice, so whoever has it was offered it once, and not by asking.
  expect(result.counters["offer received: push"]).toBe(outcomes.success);
  expect(rows.filter(({ outcome, belief }) => outcome === "unfinished" && belief !== "triggered")).toEqual([]);
  expect(result.clock.endedBecause).toBe("all reachable targets settled");
});

test("an approval that finds its node offline comes an hour later", async () => {
  const { result } = await planned(
    "jobs=[{ name: ask, trigger: { user-approved: { share: 100%, delay: 1h } } }]",
    "fleet.cohorts.homes.offline={ spells: 24/d, last: 30m }",
  );

  const { min, max } = result.metrics["approval"]!;
  expect(min).toBe(HOUR_US);
  expect(max).toBeGreaterThanOrEqual(2 * HOUR_US);
  expect(max! % HOUR_US).toBe(0);
});

test("a dynamic job takes in whoever comes to run its version", async () => {
  const { result, rows } = await planned(
    "jobs=[{ name: first, targets: { cohorts: [homes] } }, { name: second, image: { make: { version: 3.0.0 } }, targets: { dynamic: { version: 2.0.0 } } }]",
  );

  expect(outcomesOf(result, "first")).toEqual({ success: 30 });
  expect(outcomesOf(result, "second")).toEqual({ success: 30 });
  expect(rows.filter(({ job }) => job === "second").every(({ finalVersion }) => finalVersion === "3.0.0")).toBe(true);
  expect(result.counters["offers for other nodes"]).toBe(0);
});

test("a job for a group reaches its sub-groups' nodes, and nobody else", async () => {
  const { result, rows } = await planned(
    "fleet.groups=[{ name: town, nodes: [1], groups: [shops] }, { name: shops, cohorts: [workshops] }]",
    "jobs=[{ name: there, targets: { groups: [town] } }]",
  );

  expect(outcomesOf(result, "there")).toEqual({ success: 11 });
  expect(rows.map(({ index }) => index)).toEqual([1, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
});

test("a node with a higher secure version refuses the image, and one with the same takes it", async () => {
  const image = "image.make.secureVersion=3";
  const { result } = await planned(
    image,
    "fleet.cohorts.homes.runs.secureVersion=3",
    "fleet.cohorts.workshops.runs={ secureVersion: 4 }",
  );

  expect(outcomesOf(result, "spring")).toEqual({ success: 30, rejected: 10 });
});

test.each([
  ["project", "runs={ project: kettle, checks: { project: false } }", "runs={ project: kettle }"],
  ["version", "runs={ version: 2.0.0, checks: { version: false } }", "runs={ version: 2.0.0 }"],
])("a node built without the check of the %s installs what others refuse", async (_, without, having) => {
  const { result } = await planned(`fleet.cohorts.workshops.${without}`);
  const { result: checked } = await planned(`fleet.cohorts.workshops.${having}`);

  expect(outcomesOf(result, "spring")).toEqual({ success: 40 });
  expect(outcomesOf(checked, "spring")).toEqual({ success: 30, rejected: 10 });
});

test("a node built without the check of the secure version writes the image, and its bootloader does not boot it", async () => {
  const { result } = await planned(
    "fleet.cohorts.workshops.runs={ secureVersion: 1, checks: { secureVersion: false } }",
  );

  const outcomes = outcomesOf(result, "spring");
  expect(outcomes["success"]).toBe(30);
  expect(outcomes["rejected"]).toBeUndefined();
  expect(result.counters["image applied"]).toBeGreaterThan(30);
});

test("after its timeout a job is offered to nobody, and whoever has not begun is expired", async () => {
  const { result } = await planned("jobs=[{ name: brief, timeout: 10m }]");

  const outcomes = outcomesOf(result, "brief");
  expect(outcomes["success"]! + outcomes["expired"]!).toBe(40);
  expect(outcomes["expired"]).toBeGreaterThan(5);
});

test("a backend that keeps to the documents pushes a job with a timeout, RainMaker's does not", async () => {
  const timed = "jobs=[{ name: timed, timeout: 6h }]";
  const { result } = await planned(timed, "backend.strict=documents");
  const { result: real } = await planned(timed);

  expect(result.counters["offer received: push"]).toBe(40);
  expect(real.counters["offer received: push"] ?? 0).toBe(0);
});

test("two jobs that bring one image are told apart by the node that installed it", async () => {
  const { result } = await planned(
    "jobs=[{ name: homes, targets: { cohorts: [homes] } }, { name: shops, targets: { cohorts: [workshops] } }]",
  );

  expect(outcomesOf(result, "homes")).toEqual({ success: 30 });
  expect(outcomesOf(result, "shops")).toEqual({ success: 10 });
});

interface Row {
  readonly index: number;
  readonly job: string;
  readonly outcome: string;
  readonly belief: string;
  readonly finalVersion: string;
  readonly offeredAt: number;
}

/** Plans twice and expects equal bytes; every law holds. Rows of targets only. */
async function planned(
  ...set: readonly string[]
): Promise<{ readonly result: RunResult; readonly rows: readonly Row[] }> {
  const scenario = smallScenario(...CALM, ...set);
  const [outDir, again] = [freshPath(), freshPath()];
  const { result } = await planScenario({ scenario, imageBytes: madeImage(scenario), outDir }, watching());
  const { result: second } = await planScenario(
    { scenario, imageBytes: madeImage(scenario), outDir: again },
    watching(),
  );

  expect(jsonOf(second)).toBe(jsonOf(result));
  const csv = fileOf({ folder: outDir }, "nodes.csv");
  expect(fileOf({ folder: again }, "nodes.csv")).toBe(csv);
  expect(brokenLaws(result)).toEqual([]);
  const rows = rowsOf(csv);
  expect(versionsRun(result.firmware.images)).toEqual(versionsRun(rows));
  return { result, rows: rows.filter(({ job }) => job !== "") };
}

/** How many nodes run each version at the end, by the result or line by line; a node has a line for each job. */
function versionsRun(
  all: readonly ({ readonly version: string; readonly nodes: number } | Pick<Row, "index" | "finalVersion">)[],
): Readonly<Record<string, number>> {
  const versions = new Map<string, number>();
  const seen = new Set<number>();
  for (const each of all) {
    const [version, nodes] = "nodes" in each ? [each.version, each.nodes] : [each.finalVersion, 1];
    if ("index" in each && seen.has(each.index)) continue;
    if ("index" in each) seen.add(each.index);
    if (nodes > 0) versions.set(version, (versions.get(version) ?? 0) + nodes);
  }
  return Object.fromEntries(versions);
}

function rowsOf(csv: string): readonly Row[] {
  const [head = "", ...lines] = csv.trimEnd().split("\r\n");
  const names = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    const cell = (name: string): string => cells[names.indexOf(name)] ?? "";
    return {
      index: Number(cell("index")),
      job: cell("job"),
      outcome: cell("outcome"),
      belief: cell("belief"),
      finalVersion: cell("finalVersion"),
      offeredAt: Number(cell("offeredAtUs")),
    };
  });
}

function nodesOf(rows: readonly Row[], job: string): readonly Row[] {
  return rows.filter((row) => row.job === job);
}

/** The outcomes of a job that any node has. */
function outcomesOf({ jobs }: RunResult, name: string): Readonly<Record<string, number>> {
  const { outcomes } = jobs.find((job) => job.name === name)!;
  const classes = [
    "success",
    "rolledBack",
    "rejected",
    "cancelled",
    "expired",
    "failed",
    "unfinished",
    "lost",
    "bricked",
  ] as const;
  const counted = classes.map((name) => [name, outcomes[name as keyof OutcomeCounts] as number] as const);
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}
