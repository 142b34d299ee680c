import fc from "fast-check";
import { expect, test } from "vitest";
import { seedOf } from "../../src/base/random.ts";
import { traitsOf } from "../../src/fleet/traits.ts";
import { rolloutOrder, type RolloutOrder } from "../../src/scenario/rollout-order.ts";
import { RolloutPolicy } from "../../src/scenario/rollout-policy.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

test("shares are cumulative and rounded up, and the last stage takes whoever is left", () => {
  const { ends, nodes } = orderOf(staged("{ share: 1% }, { share: 25% }, { share: 100% }", 150));

  expect(ends).toEqual([2, 38, 150]);
  expect([...nodes].sort((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, node) => node));
});

test("7 % of 100 targets are 7", () => {
  expect(orderOf(staged("{ share: 7% }, { share: 100% }", 100)).ends).toEqual([7, 100]);
});

test("a stage of cohorts takes their targets, and a share behind it counts them in", () => {
  const scenario = staged("{ share: 10% }, { cohorts: [workshops] }, { share: 25% }, { share: 100% }", 100, 20);

  const { ends, nodes } = orderOf(scenario);

  const early = [...nodes.subarray(0, 10)].filter((node) => node >= 80).length;
  expect(ends).toEqual([10, 10 + 20 - early, 30 - early, 100]);
  expect([...nodes.subarray(10, ends[1])].every((node) => node >= 80)).toBe(true);
});

test("only targets are released", () => {
  const { nodes, ends } = orderOf(
    staged("{ share: 50% }, { share: 100% }", 100, 20, "targets: { cohorts: [workshops] }, "),
  );

  expect(ends).toEqual([10, 20]);
  expect([...nodes].every((node) => node >= 80)).toBe(true);
});

test("the same seed gives the same stages, another seed or another job others", () => {
  const scenario = staged("{ share: 10% }, { share: 100% }", 400);
  const first = [...orderOf(scenario).nodes];

  expect([...orderOf(scenario).nodes]).toEqual(first);
  expect([...orderOf({ ...scenario, seed: 2 }).nodes]).not.toEqual(first);
  const two = { ...scenario, jobs: [...scenario.jobs, ...scenario.jobs] };
  expect([...orderOf(two, 1).nodes]).not.toEqual(first);
});

test("a stage is a random sample: over many seeds each node is in it equally often", () => {
  const scenario = staged("{ share: 20% }, { share: 100% }", 50);
  const SEEDS = 2_000;
  const hits = Array.from({ length: 50 }, () => 0);

  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const node of orderOf({ ...scenario, seed }).nodes.subarray(0, 10)) hits[node] = (hits[node] ?? 0) + 1;
  }

  // 400 expected of each; its standard deviation is 17.9, and of fifty none strays by more than four of them.
  expect(hits.every((count) => Math.abs(count - SEEDS / 5) < 4 * Math.sqrt(SEEDS * 0.2 * 0.8))).toBe(true);
});

test.each([
  [0.03, 0.05],
  [0.05, 0.05],
  [0.1, 0.05],
  [0.1, 0.15],
])(
  "with a defect in %s of the nodes and a rule at %s, a stage of 40 is stopped as often as the binomial says",
  (defect, rule) => {
    const scenario = staged("{ share: 20% }, { share: 100% }", 200, 0, "", `faults: { boot-loop: ${defect * 100}% }, `);
    const SEEDS = 1_500;
    let stopped = 0;

    for (let seed = 1; seed <= SEEDS; seed++) {
      const seeded = { ...scenario, seed };
      const { nodes, ends } = orderOf(seeded);
      const hits = nodes
        .subarray(0, 40)
        .filter((node) => traitsOf(seeded.fleet, seedOf(seed), node).faults !== 0).length;
      if (isStopped(ends, hits, 40 - hits, rule)) stopped += 1;
    }

    const expected = 1 - binomialUpTo(Math.floor(rule * 40 + 1e-9), 40, defect);
    const deviation = Math.sqrt((expected * (1 - expected)) / SEEDS);
    expect(ends0(scenario)).toBe(40);
    expect(Math.abs(stopped / SEEDS - expected)).toBeLessThan(3.3 * deviation);
  },
);

test("whatever the stages, the order is a permutation of the targets and its ends ascend to all of them", () => {
  const shares = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      shares,
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      (given, nodes, seed) => {
        const stages = [...given].sort((a, b) => a - b).map((share) => `{ share: ${share}% }, `);
        const scenario = { ...staged(`${stages.join("")}{ share: 100% }`, nodes), seed };

        const order = orderOf(scenario);

        expect(new Set(order.nodes).size).toBe(nodes);
        expect(order.ends).toEqual([...order.ends].sort((a, b) => a - b));
        expect(order.ends.at(-1)).toBe(nodes);
      },
    ),
    { numRuns: 60 },
  );
});

function staged(stages: string, nodes: number, workshops = 0, before = "", traits = ""): Scenario {
  const homes = `name: homes, nodes: ${nodes - workshops}, ${traits}zones: Europe/Berlin, autofetch: { every: 6h }`;
  const cohort = workshops === 0 ? homes : `${homes} }, { name: workshops, nodes: ${workshops}, like: homes`;
  const job = `name: spring, ${before}rollout: { stages: [${stages}] }`;
  return scenarioOf(scenarioText({ job, more: `nodes: ${nodes}`, cohort }));
}

function orderOf(scenario: Scenario, job = 0): RolloutOrder {
  const plan = scenario.jobs[job]?.rollout;
  if (plan === undefined) throw new Error("the job is released in stages");
  return rolloutOrder(scenario, job, plan);
}

function ends0(scenario: Scenario): number | undefined {
  return orderOf(scenario).ends[0];
}

/** Whether a policy stops once all of its first stage have reported. */
function isStopped(ends: readonly number[], rejected: number, success: number, failedShare: number): boolean {
  const stage = { share: 1, cohorts: [], done: undefined, bakeUs: 1e9, approveAfterUs: undefined };
  const stop = { failedShare, of: rejected + success, silent: undefined };
  const plan = { stages: [stage, stage], lookUs: 1e6, inFlight: undefined, rate: undefined, stop };
  const policy = new RolloutPolicy(plan, ends);
  policy.begin(0);
  while (policy.act(0, []) !== undefined);
  const none = { none: 0, triggered: 0, started: 0, "in-progress": 0, delayed: 0, failed: 0 };
  return policy.act(1e6, [{ ...none, success, rejected }])?.kind === "stop";
}

/** P(X <= most) of the binomial, summed term by term. */
function binomialUpTo(most: number, trials: number, share: number): number {
  let term = (1 - share) ** trials;
  let sum = term;
  for (let hits = 1; hits <= most; hits++) {
    term *= ((trials - hits + 1) / hits) * (share / (1 - share));
    sum += term;
  }
  return sum;
}
