import { expect, test } from "vitest";
import type { JobNumber, RulesJobPlan } from "../../src/backend/rules/job-plan.ts";
import { OtaRules } from "../../src/backend/rules/ota-rules.ts";

const NODES = 1_000;

test("a node is served the batch that it is in, and no other", () => {
  const { rules, create } = world();
  const batches = [
    [3, 700],
    [5, 900],
    [4, 999],
  ].map((targets) => create({ targets }));

  expect([3, 4, 5, 700, 900, 999].map((node) => rules.answerFetch(node, "", 1))).toEqual(
    [0, 2, 1, 0, 1, 2].map((batch) => batches[batch]),
  );
  expect(rules.answerFetch(6, "", 1)).toBeUndefined();
});

test("between a job for all and a batch, priority decides, then age", () => {
  const { rules, create } = world();
  const late = create({ targets: "all", priority: 6 });
  const batch = create({ targets: [1, 800] });
  const young = create({ targets: "all" });
  const urgent = create({ targets: [2, 800], priority: 1 });

  expect([1, 2, 800, 9].map((node) => rules.answerFetch(node, "", 1))).toEqual([batch, urgent, urgent, young]);
  rules.takeStatus(9, young, "success", "", undefined, 2);
  expect(rules.answerFetch(9, "", 3)).toBe(late);
});

test("a batch that is cancelled or done is served to nobody, and keeps what is on record", () => {
  const { rules, create } = world();
  const first = create({ targets: [10, 990] });
  const second = create({ targets: [20, 980] });

  for (const node of [10, 990]) rules.takeStatus(node, first, "success", "", undefined, 1);
  rules.cancelJob(second, 2);

  expect([rules.stateOf(first), rules.stateOf(second)]).toEqual(["finished", "cancelled"]);
  expect([10, 20, 980, 990].map((node) => rules.answerFetch(node, "", 3))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(rules.counts(first)).toMatchObject({ success: 2, total: 2 });
  expect([...rules.targetsOf(second)]).toEqual([20, 980]);
  expect([...rules.targetsOf(second, 21)]).toEqual([980]);
  expect([rules.beliefOf(first, 10), rules.beliefOf(first, 11), rules.beliefOf(second, 980)]).toEqual([
    "success",
    "none",
    "triggered",
  ]);
});

test("a node named twice is one target, and users approve for their batch", () => {
  const { rules, create } = world();
  const job = create({ targets: [900, 7, 900], trigger: "user-approved" });

  expect(rules.counts(job).total).toBe(2);
  expect(rules.jobToApprove(900, 1)).toBe(job);
  expect(rules.jobToApprove(8, 1)).toBeUndefined();
  expect(rules.approve(job, 900, 2)).toBe(true);
  expect(rules.answerFetch(900, "", 3)).toBe(job);
});

function world() {
  const rules = new OtaRules();
  for (let node = 0; node < NODES; node++)
    rules.addNode({ project: "demo", version: "1.0.0", type: "demo", model: "demo" });
  const image = rules.addImage({ project: "demo", version: "2.0.0", sizeBytes: 1 });
  const create = (plan: Partial<RulesJobPlan>): JobNumber =>
    rules.createJob({ image, targets: "all", trigger: "default", ...plan }, 0).job;
  return { rules, create };
}
