import { expect, test } from "vitest";
import { HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import { seedOf } from "../../src/base/random.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { traitsOf } from "../../src/fleet/traits.ts";
import { rolloutOrder } from "../../src/scenario/rollout-order.ts";
import { brokenLaws, fileOf, freshPath, jsonOf, smallScenario, watching } from "./small-runs.ts";

/** Forty nodes that ask every twenty minutes; ten of them are workshops, without faults. */
const CALM = "fleet.cohorts.workshops.faults={}";
/** Every workshop boot-loops, so a quarter of the fleet is hit by the image. */
const BAD = "fleet.cohorts.workshops.faults={ boot-loop: 100% }";

test("stages go out one after the other, and nobody is offered the job before its own", async () => {
  const { result, rows } = await planned(staged("stages: [{ share: 25%, bake: 2h }, { share: 100% }]"), CALM);

  const { rollout, completion } = result.jobs[0]!;
  expect(rollout!.stages).toMatchObject([
    { name: "to 25%", targets: 10, released: 10, firstReleasedAtUs: 0, lastReleasedAtUs: 0, confirmed: 10, hit: 0 },
    { name: "to 100%", targets: 30, released: 30, firstReleasedAtUs: 2 * HOUR_US, confirmed: 30, hit: 0 },
  ]);
  expect(rollout!.stages.every(({ doneAtUs }) => doneAtUs! > 0)).toBe(true);
  expect(rollout!.stop).toBeNull();
  expect(rows.filter(({ stage }) => stage === "to 25%")).toHaveLength(10);
  expect(rows.every(({ offeredAtUs, releasedAtUs }) => Number(offeredAtUs) >= Number(releasedAtUs))).toBe(true);
  expect(completion.max).toBeGreaterThan(2 * HOUR_US);
  expect(result.clock.endedBecause).toBe("all reachable targets settled");
  expect(result).toMatchObject({ verdict: "passed", outcomes: { success: 40 } });
  expect(brokenLaws(result)).toEqual([]);
});

test("a stop rule cancels what was released and spares the rest; truth and record say who was hit", async () => {
  const stop = "stages: [{ share: 50%, bake: 6h }, { share: 100% }], stop: { failed: 10%, of: 10 }";
  const { result, rows } = await planned(staged(stop), BAD);

  const { rollout, outcomes, cancelledAtUs } = result.jobs[0]!;
  const { stop: stopped, byThen, atEnd } = rollout!;
  expect(stopped).toMatchObject({ stage: 0, reason: "failed", hitsOnRecord: byThen.hit });
  expect(stopped!.atUs % (10 * MINUTE_US)).toBe(0);
  expect(cancelledAtUs).toBe(stopped!.atUs);
  expect(byThen.released).toBe(20);
  expect(byThen.hit).toBeGreaterThan(0);
  expect(byThen.downloaded).toBeGreaterThanOrEqual(byThen.confirmed + byThen.hit);
  expect(atEnd.hit).toBe(outcomes.rolledBack);
  expect(outcomes.cancelled).toBeGreaterThanOrEqual(20);
  expect(
    rows
      .filter(({ stage }) => stage === "")
      .every(({ outcome, belief }) => `${outcome} ${belief}` === "cancelled none"),
  ).toBe(true);
  expect(result.clock.endedBecause).toBe("all reachable targets settled");
  expect(brokenLaws(result)).toEqual([]);
});

test("nodes that heard of the job and fell silent stop it too", async () => {
  const silent = "silent: { after: 1h, share: 20% }";
  const stages = `stages: [{ share: 50%, bake: 6h }, { share: 100% }], stop: { ${silent}, of: 10 }`;
  const { result } = await planned(staged(stages), CALM, "fleet.cohorts.homes.faults={ lost-status: 50% }");

  expect(result.jobs[0]!.rollout!.stop).toMatchObject({ reason: "silent" });
  expect(result.jobs[0]!.rollout!.byThen.hitOnRecord).toBeNull();
});

test("a threshold counts who was hit, released and had downloaded by the stop, of the job's targets", async () => {
  const stages = staged("stages: [{ share: 50%, bake: 6h }, { share: 100% }], stop: { failed: 10%, of: 10 }");
  const thresholds =
    'thresholds={ rollout.hit: ["count>0"], "rollout.released{job:spring}": ["rate==50%"], rollout.downloaded: ["rate<40%"] }';
  const { result } = await planned(stages, BAD, thresholds);

  expect(result.thresholds.map(({ actual }) => actual)).toEqual([
    result.jobs[0]!.rollout!.byThen.hit,
    0.5,
    result.jobs[0]!.rollout!.byThen.downloaded / 40,
  ]);
  expect(result.thresholds.slice(0, 2).map(({ verdict }) => verdict)).toEqual(["passed", "passed"]);
});

test("a threshold on a rollout that there is not cannot pass", async () => {
  const { result } = await planned("jobs=[{ name: spring }]", CALM, 'thresholds={ rollout.hit: ["count<5"] }');

  expect(result.thresholds[0]).toMatchObject({ verdict: "cannot pass" });
  expect(result.jobs[0]!.rollout).toBeUndefined();
});

test("a limit in flight and a rate make batches, which are one job in everything that is told", async () => {
  const { result, rows } = await planned(staged("stages: [{ share: 100% }], inFlight: 20, rate: 8/h"), CALM);

  const released = rows.map(({ releasedAtUs }) => Number(releasedAtUs)).toSorted((a, b) => a - b);
  expect(new Set(released).size).toBeGreaterThanOrEqual(5);
  expect(
    Math.max(...released.map((at) => released.filter((other) => other > at - HOUR_US && other <= at).length)),
  ).toBe(8);
  expect(result.jobs).toHaveLength(1);
  expect(result.outcomes.success).toBe(40);
  expect(rows.every(({ belief }) => belief === "success")).toBe(true);
});

test("a force push reaches a stage as it is released", async () => {
  const job =
    "jobs=[{ name: spring, trigger: force-push, rollout: { stages: [{ share: 25%, bake: 90m }, { share: 100% }] } }]";
  const { result, rows } = await planned(job, CALM);

  expect(rows.every(({ offeredAtUs, releasedAtUs }) => Number(offeredAtUs) - Number(releasedAtUs) < MINUTE_US)).toBe(
    true,
  );
  expect(result.counters["offer received: push"]).toBe(40);
});

test("users are asked when their node is released", async () => {
  const trigger = "trigger: { user-approved: { share: 100%, delay: 30m } }";
  const { rows } = await planned(
    `jobs=[{ name: ask, ${trigger}, rollout: { stages: [{ share: 50%, bake: 2h }, { share: 100% }] } }]`,
    CALM,
  );

  expect(
    rows.every(({ offeredAtUs, releasedAtUs }) => Number(offeredAtUs) - Number(releasedAtUs) >= 30 * MINUTE_US),
  ).toBe(true);
});

test("a plain HTTP backend is rolled out to in stages as well", async () => {
  const { result } = await planned(
    staged("stages: [{ share: 25%, bake: 1h }, { share: 100% }], stop: { failed: 50%, of: 5 }"),
    CALM,
    "backend.adapter=http-poll",
  );

  expect(result).toMatchObject({ verdict: "passed", outcomes: { success: 40 } });
  expect(brokenLaws(result)).toEqual([]);
});

test("a stop, an upload and a second job are rehearsed by the timeline", async () => {
  const spring =
    "{ name: spring, rollout: { stages: [{ share: 50%, bake: 6h }, { share: 100% }], stop: { failed: 10%, of: 10 } } }";
  const hotfix = "{ name: hotfix, starts: by timeline, image: { make: { version: 3.0.0 } } }";
  const { result, rows } = await planned(
    `jobs=[${spring}, ${hotfix}]`,
    "timeline=[{ when: 'stopped{job:spring}', after: 1h, do: [{ upload: hotfix }, { start: hotfix }] }]",
    BAD,
  );

  const stoppedAtUs = result.jobs[0]!.rollout!.stop!.atUs;
  expect(result.jobs[1]!.createdAtUs).toBe(stoppedAtUs + HOUR_US);
  expect(result.operator).toEqual([
    { atUs: stoppedAtUs + HOUR_US, act: "upload", job: "hotfix", entry: 0, effect: "done" },
    { atUs: stoppedAtUs + HOUR_US, act: "start", job: "hotfix", entry: 0, effect: "done" },
  ]);
  expect(rows.filter(({ job, outcome }) => job === "hotfix" && outcome === "success")).toHaveLength(30);
  expect(rows.filter(({ job, finalVersion }) => job === "hotfix" && finalVersion === "3.0.0")).toHaveLength(30);
});

test("what one entry starts and cancels was made and is cancelled, in stages or not; a later cancel does nothing", async () => {
  for (const [stages, released] of [
    ["", 30],
    [", rollout: { stages: [{ share: 10%, bake: 1h }, { share: 100% }] }", 3],
  ] as const) {
    const { result } = await planned(
      `jobs=[{ name: spring, targets: { cohorts: [homes] }, starts: by timeline${stages} }]`,
      "timeline=[{ at: 1h, do: [{ start: spring }, { cancel: spring }] }, { at: 2h, do: { cancel: spring } }]",
      CALM,
    );

    const [job] = result.jobs;
    expect(job).toMatchObject({ createdAtUs: HOUR_US, cancelledAtUs: HOUR_US });
    expect(job!.rollout?.atEnd.released ?? 30).toBe(released);
    expect(result.outcomes.cancelled).toBe(30);
    expect(result.operator!.map(({ act, effect }) => `${act}: ${effect}`)).toEqual([
      "start: done",
      "cancel: done",
      "cancel: was over",
    ]);
    expect(brokenLaws(result)).toEqual([]);
  }
});

test("a condition on records starts a job, and a pause holds a rollout back", async () => {
  const spring =
    "{ name: spring, targets: { cohorts: [homes] }, rollout: { stages: [{ share: 50%, bake: 1h }, { share: 100% }] } }";
  const { result } = await planned(
    `jobs=[${spring}, { name: next, targets: { cohorts: [workshops] }, starts: by timeline }]`,
    "timeline=[{ at: 30m, do: { pause: spring } }, { when: 'success{job:spring} >= 50%', after: 3h, do: [{ resume: spring }, { start: next }] }]",
    CALM,
  );

  const [spring1, next] = result.jobs;
  expect(next!.createdAtUs).toBeGreaterThanOrEqual(3 * HOUR_US);
  expect(spring1!.rollout!.stages[1]!.firstReleasedAtUs).toBe(next!.createdAtUs);
  expect(result.outcomes.success).toBe(40);
});

test("power goes for a zone, and the backend is away, at the times of the timeline", async () => {
  const { result } = await planned(
    "jobs=[{ name: spring }]",
    "timeline=[{ at: 40m, do: [{ powerCut: { zones: [Asia/Kolkata], for: 20m } }, { restart: 10s }] }, { at: 2h, do: { restart: 5s } }]",
    CALM,
  );

  const inKolkata = result.zones.find(({ name }) => name === "Asia/Kolkata")!.nodes;
  expect(result.counters["powered off: power loss"]).toBe(inKolkata);
  expect(result.faults["restart"]).toEqual({ of: "backend", drawn: 2, fired: 2 });
  expect(result.operator!.map(({ act, atUs }) => `${act} ${atUs / MINUTE_US}`)).toEqual([
    "powerCut 40",
    "restart 40",
    "restart 120",
  ]);
});

test("the same scenario gives the same bytes", async () => {
  const set = [
    staged("stages: [{ share: 50%, bake: 2h }, { share: 100% }], inFlight: 9, stop: { failed: 40%, of: 10 }"),
    BAD,
  ];

  expect(jsonOf((await planned(...set)).result)).toBe(jsonOf((await planned(...set)).result));
});

test("a stage is stopped where its sample has more hits than the rule allows, and nowhere else", async () => {
  // Of 20 nodes more than two with a defect of 10 %: a third of the seeds. The binomial holds for samples drawn so.
  const rollout = staged(
    "stages: [{ share: 50%, done: 100%, bake: 1h }, { share: 100% }], stop: { failed: 10%, of: 20 }",
  );
  const faults = ["homes", "workshops"].map((cohort) => `fleet.cohorts.${cohort}.faults={ boot-loop: 10% }`);
  const seen = [];
  const expected = [];

  for (let seed = 1; seed <= 12; seed++) {
    const scenario = smallScenario(rollout, ...faults, `seed=${seed}`, "end.after=4h");
    const { nodes } = rolloutOrder(scenario, 0, scenario.jobs[0]!.rollout!);
    const hits = nodes.subarray(0, 20).filter((node) => traitsOf(scenario.fleet, seedOf(seed), node).faults !== 0);
    const { result } = await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching());
    seen.push(result.jobs[0]!.rollout!.stop?.stage === 0);
    expected.push(hits.length > 2);
  }

  expect(seen).toEqual(expected);
  expect(new Set(seen).size).toBe(2);
});

test.each([
  ["by defects and their own faults", ["fleet.cohorts.homes.faults={ brick: 10%, lost-status: 20% }"]],
  [
    "but for those who refuse it for a fault of their own",
    ["fleet.cohorts.homes.faults={ wrong-image: 40%, brick: 10% }"],
  ],
  [
    "and those who take it all the same where nothing is checked",
    ["fleet.cohorts.homes.faults={ wrong-image: 40% }", "fleet.cohorts.homes.runs.checks={ project: false }"],
  ],
  [
    "but for those whose fuses are ahead of it",
    ["fleet.cohorts.homes.runs.secureVersion=0", "fleet.cohorts.workshops.runs={ secureVersion: 3 }"],
  ],
  [
    "and those whose fuses are ahead of it where only the bootloader looks",
    ["fleet.cohorts.workshops.runs={ secureVersion: 3, checks: { secureVersion: false } }"],
  ],
  [
    "and those who have one attempt, and lose a block",
    [
      "fleet.cohorts.homes.faults={ corrupt-block: 30% }",
      "fleet.cohorts.homes.runs.generation={ rainmaker-1.16: 1, rainmaker-1.5.7: 1 }",
    ],
  ],
  [
    "and those of another chip who call that a failure",
    ["fleet.cohorts.workshops.runs={ chip: esp32s3, generation: { rainmaker-1.16: 1, rainmaker-2022-11: 1 } }"],
  ],
])("whom a rollout would have hit is whom it hits that no rule stops: %s", async (_, set) => {
  const defects = "image.make.defects=[{ fault: boot-loop, share: 20% }]";
  const stages = "stages: [{ share: 50%, bake: 2h }, { share: 100% }]";

  const stopped = await planned(staged(`${stages}, stop: { failed: 1%, of: 2 }`), defects, ...set);
  const through = await planned(staged(stages), defects, ...set);

  const [one, all] = [stopped, through].map(({ result }) => result.jobs[0]!.rollout!);
  expect(one!.stop).not.toBeNull();
  expect(all!.stop).toBeNull();
  expect(one!.wouldHit).toBe(all!.atEnd.hit);
  expect(all!.wouldHit).toBe(all!.atEnd.hit);
  expect(one!.wouldHit).toBeGreaterThan(one!.atEnd.hit);
  expect(one!.wouldHitLater).toBe(0);
});

test("of a defect that strikes late it is told that it would have hit at most so many", async () => {
  const defects = "image.make.defects=[{ fault: boot-loop, share: 40%, after: 10h }]";
  const faults = "fleet.cohorts.homes.faults={ boot-loop: 30% }";
  const stages = "stages: [{ share: 30%, bake: 1h }, { share: 100% }], stop: { failed: 1%, of: 2 }";

  const { result } = await planned(staged(stages), defects, faults);

  const { wouldHit, wouldHitLater } = result.jobs[0]!.rollout!;
  const own = result.faults["boot-loop"]!.drawn;
  expect(wouldHitLater).toBeGreaterThan(0);
  expect(wouldHit! - wouldHitLater!).toBe(own);
});

test("a fault of nodes that a stop spared has tested nothing, and the verdict says why", async () => {
  const defects = "image.make.defects=[{ fault: boot-loop }]";
  const spared = "fleet.cohorts.workshops.faults={ power-loss-in-write: 100% }";
  const stages = "stages: [{ cohorts: [homes], bake: 1h }, { share: 100% }], stop: { failed: 1%, of: 2 }";

  const { result } = await planned(staged(stages), defects, spared);
  const shadowed = await planned(
    staged(stages),
    defects,
    "fleet.cohorts.homes.faults={ lost-status: 0%, corrupt-block: 10% }",
  );

  expect(result.verdict).toBe("invalid");
  expect(result.faults["power-loss-in-write"]).toEqual({ of: "node", drawn: 10, fired: 0, isSpared: true });
  expect(result.reasons).toContain(
    "The fault power-loss-in-write was drawn for 10 nodes and never fired: none of them began a download before the stop or cancel.",
  );
  expect(shadowed.result.faults["corrupt-block"]?.isSpared).toBeUndefined();
});

function staged(rollout: string): string {
  return `jobs=[{ name: spring, rollout: { ${rollout} } }]`;
}

async function planned(...set: readonly string[]) {
  const scenario = smallScenario(...set);
  const end = await planScenario({ scenario, imageBytes: madeImage(scenario), outDir: freshPath() }, watching());
  return { result: end.result, rows: rowsOf(fileOf({ folder: end.folder! }, "nodes.csv")) };
}

function rowsOf(csv: string): readonly Readonly<Record<string, string>>[] {
  const [head = "", ...lines] = csv.trimEnd().split("\r\n");
  const headers = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [headers[at]!, cell])));
}
