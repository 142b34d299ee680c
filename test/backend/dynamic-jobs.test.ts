/** Dynamic jobs and user-approved ones as the rules treat them. */
import { describe, expect, test } from "vitest";
import { OtaRules } from "../../src/backend/rules/ota-rules.ts";
import type { RulesOptions } from "../../src/backend/rules/ota-rules.ts";

const NOW = 1_800_000_000_000;
const SWITCH = { project: "p", version: "1.0", type: "switch", model: "s1" };

describe("a dynamic job", () => {
  test.each([
    ["a type", { type: "switch" }, [0, 1]],
    ["a model", { model: "s1" }, [0, 2]],
    ["a version", { version: "1.0" }, [0, 1, 2]],
    ["all three", { type: "switch", model: "s1", version: "1.0" }, [0]],
    ["what no node is", { type: "lamp" }, []],
  ])("by %s has every node as a target that matches all of it", (_name, targets, expected) => {
    const { rules, image } = rulesOf([SWITCH, { ...SWITCH, model: "s2" }, { ...SWITCH, type: "plug" }]);

    const { job } = rules.createJob({ image, targets, trigger: "default" }, NOW);

    expect([...rules.targetsOf(job)]).toEqual(expected);
  });

  test("takes in a node that enrols, changes its config or tells another version in a fetch", () => {
    const taken: (readonly [number, number])[] = [];
    const old = { ...SWITCH, version: "0.9" };
    const { rules, image } = rulesOf([old, old], { onTakenIn: (job, node) => taken.push([job, node]) });
    const { job } = rules.createJob({ image, targets: { version: "1.0" }, trigger: "default" }, NOW);

    const late = rules.addNode(SWITCH, NOW + 1_000);
    rules.updateNode(0, { version: "1.0" }, NOW + 2_000);

    expect(rules.answerFetch(1, "0.9", NOW + 3_000)).toBeUndefined();
    expect(rules.answerFetch(1, "1.0", NOW + 4_000)).toBe(job);
    expect(taken).toEqual([
      [job, late],
      [job, 0],
      [job, 1],
    ]);
    expect(rules.recordOf(job, 0)).toMatchObject({ belief: "triggered", atSeconds: NOW / 1_000 + 2 });
  });

  test("keeps a node that has ceased to match", () => {
    const { rules, image } = rulesOf([SWITCH]);
    const { job } = rules.createJob({ image, targets: { version: "1.0" }, trigger: "default" }, NOW);

    expect(rules.answerFetch(0, "2.0", NOW)).toBe(job);
    expect(rules.takeStatus(0, job, "success", "", undefined, NOW)).toBe("applied");
  });

  test("never finishes, and serves whoever comes after all others are done", () => {
    const { rules, image } = rulesOf([SWITCH]);
    const { job } = rules.createJob({ image, targets: { type: "switch" }, trigger: "default" }, NOW);
    rules.takeStatus(0, job, "success", "", undefined, NOW);

    expect(rules.stateOf(job)).toBe("active");
    expect(rules.answerFetch(rules.addNode(SWITCH, NOW), "1.0", NOW)).toBe(job);
  });

  test("takes in nobody after its cancel, nor after its timeout", () => {
    const { rules, image } = rulesOf([]);
    const plan = { image, targets: { type: "switch" }, trigger: "default" } as const;
    const cancelled = rules.createJob(plan, NOW).job;
    const timed = rules.createJob({ ...plan, timeoutMs: 1_000 }, NOW).job;
    rules.cancelJob(cancelled, NOW);

    rules.addNode(SWITCH, NOW + 1_000);

    expect([rules.counts(cancelled).total, rules.counts(timed).total]).toEqual([0, 0]);
    expect(rules.stateOf(timed)).toBe("expired");
  });

  test("pushes to those that match at its creation; whoever comes later must ask", () => {
    const { rules, image } = rulesOf([SWITCH]);
    const plan = { image, targets: { type: "switch" }, trigger: "force-push" } as const;

    const { job, pushTo } = rules.createJob(plan, NOW, () => true);
    const late = rules.addNode(SWITCH, NOW);

    expect(pushTo).toEqual([0]);
    expect(rules.beliefOf(job, late)).toBe("triggered");
  });

  test("grows to any node number, far beyond the room that it began with", () => {
    const { rules, image } = rulesOf([]);
    const { job } = rules.createJob({ image, targets: { model: "s1" }, trigger: "default" }, NOW);

    for (let node = 0; node < 1_000; node++) rules.addNode({ ...SWITCH, model: node % 3 === 0 ? "s1" : "s2" }, NOW);

    expect(rules.counts(job).total).toBe(334);
    expect([...rules.targetsOf(job, 990)]).toEqual([990, 993, 996, 999]);
  });
});

describe("a user-approved job", () => {
  test("is not served, leaves the jobs behind it to the node, and is served like any other once approved", () => {
    const { rules, image } = rulesOf([SWITCH]);
    const plan = { image, targets: "all" } as const;
    const approved = rules.createJob({ ...plan, trigger: "user-approved", priority: 1 }, NOW).job;
    const plain = rules.createJob({ ...plan, trigger: "default" }, NOW).job;

    expect(rules.answerFetch(0, "1.0", NOW)).toBe(plain);
    expect(rules.beliefOf(approved, 0)).toBe("triggered");

    expect(rules.approve(approved, 0, NOW)).toBe(true);
    expect(rules.beliefOf(approved, 0)).toBe("started");
    expect(rules.answerFetch(0, "1.0", NOW)).toBe(approved);
  });

  test("is pushed to nobody at its creation, and never again on an operator's word", () => {
    const { rules, image } = rulesOf([SWITCH]);
    const { job, pushTo } = rules.createJob({ image, targets: "all", trigger: "user-approved" }, NOW, () => true);

    expect(pushTo).toEqual([]);
    expect(rules.retriggerJob(job, NOW, () => true)).toBeUndefined();
  });

  test("is approved once for each node, and counts as a push", () => {
    const { rules, image } = rulesOf([SWITCH, SWITCH]);
    const { job } = rules.createJob({ image, targets: "all", trigger: "user-approved" }, NOW);

    expect([rules.approve(job, 0, NOW), rules.approve(job, 0, NOW), rules.approve(job, 1, NOW)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(rules.counters).toMatchObject({ approvals: 2, pushes: 2 });
  });

  test.each([
    ["of another node", "user-approved", [1], () => {}],
    ["that needs no approval", "default", [0], () => {}],
    ["that was cancelled", "user-approved", [0], (rules: OtaRules) => rules.cancelJob(0, NOW)],
    ["that the node is done with", "user-approved", [0], done],
  ] as const)("%s cannot be approved", (_name, trigger, targets, before) => {
    const { rules, image } = rulesOf([SWITCH, SWITCH]);
    const { job } = rules.createJob({ image, targets, trigger }, NOW);
    before(rules);

    expect(rules.approve(job, 0, NOW)).toBe(false);
  });

  test("takes no status of a node that was never offered it", () => {
    const { rules, image } = rulesOf([SWITCH]);
    const { job } = rules.createJob({ image, targets: "all", trigger: "user-approved" }, NOW);

    expect(rules.takeStatus(0, job, "success", "", undefined, NOW)).toBe("not a target");
    expect(rules.beliefOf(job, 0)).toBe("triggered");
  });

  test("that waits is named to the user, the first by priority", () => {
    const { rules, image } = rulesOf([SWITCH]);
    const plan = { image, targets: "all", trigger: "user-approved" } as const;
    const later = rules.createJob(plan, NOW).job;
    const first = rules.createJob({ ...plan, priority: 2 }, NOW).job;

    expect(rules.jobToApprove(0, NOW)).toBe(first);
    rules.approve(first, 0, NOW);
    expect(rules.jobToApprove(0, NOW)).toBe(later);
    rules.cancelJob(later, NOW);
    expect(rules.jobToApprove(0, NOW)).toBeUndefined();
  });
});

describe("a job that is triggered again", () => {
  test("goes to the targets that are online, not done with it and have no job before it", () => {
    const { rules, image } = rulesOf([SWITCH, SWITCH, SWITCH, SWITCH]);
    const { job } = rules.createJob({ image, targets: "all", trigger: "default" }, NOW);
    rules.createJob({ image, targets: [3], trigger: "default", priority: 1 }, NOW);
    rules.takeStatus(0, job, "failed", "", undefined, NOW);
    rules.takeStatus(1, job, "success", "", undefined, NOW);

    expect(rules.retriggerJob(job, NOW, (node) => node !== 2)).toEqual([0]);

    expect(rules.counts(job)).toMatchObject({ started: 1, success: 1, triggered: 2 });
    expect(rules.counters.pushes).toBe(1);
  });

  test("must still be active", () => {
    const { rules, image } = rulesOf([SWITCH]);
    const { job } = rules.createJob({ image, targets: "all", trigger: "default" }, NOW);
    rules.cancelJob(job, NOW);

    expect(rules.retriggerJob(job, NOW, () => true)).toBeUndefined();
  });
});

function done(rules: OtaRules): void {
  rules.approve(0, 0, NOW);
  rules.takeStatus(0, 0, "success", "", undefined, NOW);
}

function rulesOf(nodes: readonly (typeof SWITCH)[], options: RulesOptions = {}) {
  const rules = new OtaRules(options);
  for (const node of nodes) rules.addNode(node);
  const image = rules.addImage({ project: "p", version: "2.0", sizeBytes: 1_000 });
  return { rules, image };
}
