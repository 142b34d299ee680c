import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OtaRules } from "../../src/backend/rules/ota-rules.ts";

const NOW = 1_800_000_000_000;
const NODE_SECONDS = NOW / 1000;
const NODE = { project: "thermostat", version: "1.0.0", type: "switch", model: "s1" };

describe("a fetch", () => {
  test("is answered with nothing where no job is pending", () => {
    const { rules } = fleetOf(1);

    expect(rules.answerFetch(0, "1.0.0", NOW)).toBeUndefined();
    expect(rules.counters).toMatchObject({ fetches: 1, fetchesAnswered: 0, fetchesUnanswered: 1 });
  });

  test("is answered with the pending job, which is started for the node from then on", () => {
    const { rules, job } = rollout(2);

    expect(rules.answerFetch(0, "1.0.0", NOW)).toBe(job);

    expect(rules.beliefOf(job, 0)).toBe("started");
    expect(rules.beliefOf(job, 1)).toBe("triggered");
  });

  test("is answered with the job of the higher priority until the node is done with it, then with the next", () => {
    const { rules, image, job } = rollout(1);
    const urgent = rules.createJob({ image, targets: "all", trigger: "default", priority: 1 }, NOW).job;

    expect(rules.answerFetch(0, "1.0.0", NOW)).toBe(urgent);
    rules.takeStatus(0, urgent, "rejected", "", NODE_SECONDS, NOW);
    expect(rules.answerFetch(0, "1.0.0", NOW)).toBe(job);
  });

  test("is answered with the older of two jobs of one priority", () => {
    const { rules, image, job } = rollout(1);
    rules.createJob({ image, targets: "all", trigger: "default" }, NOW + 1);

    expect(rules.answerFetch(0, "1.0.0", NOW + 2)).toBe(job);
  });

  test.each(["failed", "fail", "delayed", "in-progress"])("is answered again after the status %s", (status) => {
    const { rules, job } = rollout(1);
    rules.takeStatus(0, job, status, "", NODE_SECONDS, NOW);

    expect(rules.answerFetch(0, "1.0.0", NOW)).toBe(job);
    expect(rules.beliefOf(job, 0)).toBe("started");
  });

  test.each(["success", "rejected"])("is never answered again after the status %s", (status) => {
    const { rules, job } = rollout(2);
    rules.takeStatus(0, job, status, "", NODE_SECONDS, NOW);

    expect(rules.answerFetch(0, "1.0.0", NOW)).toBeUndefined();
  });

  test("is not answered with a job that names other nodes only", () => {
    const { rules, image } = fleetOf(3);
    rules.createJob({ image, targets: [2], trigger: "default" }, NOW);

    expect(rules.answerFetch(0, "1.0.0", NOW)).toBeUndefined();
  });

  test("tells the backend which version the node runs", () => {
    const { rules } = fleetOf(1);

    rules.answerFetch(0, "1.7.0", NOW);

    expect(rules.versionOf(0)).toBe("1.7.0");
  });
});

describe("a force push", () => {
  test("starts the targets that are online and leaves the others to their fetch", () => {
    const { rules, image } = fleetOf(3);

    const { job, pushTo } = rules.createJob(
      { image, targets: "all", trigger: "force-push" },
      NOW,
      (node) => node !== 1,
    );

    expect(pushTo).toEqual([0, 2]);
    expect(rules.counts(job)).toMatchObject({ started: 2, triggered: 1, total: 3 });
    expect(rules.answerFetch(1, "1.0.0", NOW)).toBe(job);
  });

  test("passes over a node that has a job before this one", () => {
    const { rules, image } = rollout(1);

    expect(rules.createJob({ image, targets: "all", trigger: "force-push" }, NOW, () => true).pushTo).toEqual([]);
  });
});

describe("a status", () => {
  test("after success or rejected changes nothing and is counted as late", () => {
    const { rules, job } = rollout(2);
    rules.takeStatus(0, job, "success", "done", NODE_SECONDS, NOW);

    expect(rules.takeStatus(0, job, "failed", "not done", NODE_SECONDS, NOW)).toBe("late");

    expect(rules.recordOf(job, 0)).toMatchObject({ belief: "success", text: "done" });
    expect(rules.counters.statusesLate).toBe(1);
  });

  test("after the cancel of its job is dropped and counted", () => {
    const { rules, job } = rollout(1);
    rules.answerFetch(0, "1.0.0", NOW);
    rules.cancelJob(job, NOW);

    expect(rules.takeStatus(0, job, "success", "", NODE_SECONDS, NOW)).toBe("late");

    expect(rules.beliefOf(job, 0)).toBe("started");
    expect(rules.counters.statusesAfterCancel).toBe(1);
  });

  test.each([
    ["of an unknown job", 0, 7, "success", "unknown job"],
    ["without a known job id", 0, undefined, "success", "unknown job"],
    ["with a word that nodes do not say", 0, 0, "started", "unknown status"],
    ["of a node that is no target", 1, 0, "success", "not a target"],
  ] as const)("%s changes nothing", (_name, node, job, status, outcome) => {
    const { rules, image } = fleetOf(2);
    rules.createJob({ image, targets: [0], trigger: "default" }, NOW);

    expect(rules.takeStatus(node, job, status, "", NODE_SECONDS, NOW)).toBe(outcome);

    expect(rules.counts(0)).toMatchObject({ triggered: 1, total: 1 });
  });

  test.each([
    ["its own time where that can be true", NODE_SECONDS - 5, NODE_SECONDS - 5, true],
    ["the backend's time where the node's clock was never set", 42, NODE_SECONDS, false],
    ["the backend's time where the node's clock is days ahead", NODE_SECONDS + 86_401, NODE_SECONDS, false],
    ["the backend's time where the node sent none", undefined, NODE_SECONDS, false],
  ])("keeps %s", (_name, nodeSeconds, atSeconds, isNodeTime) => {
    const { rules, job } = rollout(1);

    rules.takeStatus(0, job, "in-progress", "", nodeSeconds, NOW);

    expect(rules.recordOf(job, 0)).toMatchObject({ atSeconds, isNodeTime });
  });

  test("is called a success whatever it says by a backend that believes the first", () => {
    const { rules, job } = rollout(2, { believesFirstStatus: true });

    rules.takeStatus(0, job, "in-progress", "", NODE_SECONDS, NOW);

    expect(rules.beliefOf(job, 0)).toBe("success");
  });
});

describe("a job", () => {
  test("is finished once every target is success or rejected, and not before", () => {
    const { rules, job } = rollout(2);

    rules.takeStatus(0, job, "success", "", NODE_SECONDS, NOW);
    rules.takeStatus(1, job, "failed", "", NODE_SECONDS, NOW);
    expect(rules.stateOf(job)).toBe("active");

    rules.takeStatus(1, job, "rejected", "", NODE_SECONDS, NOW);
    expect(rules.stateOf(job)).toBe("finished");
  });

  test("expires at its timeout, not a millisecond before", () => {
    const { rules, image } = fleetOf(1);
    const { job } = rules.createJob({ image, targets: "all", trigger: "default", timeoutMs: 1000 }, NOW);

    expect(rules.answerFetch(0, "1.0.0", NOW + 999)).toBe(job);
    expect(rules.answerFetch(0, "1.0.0", NOW + 1000)).toBeUndefined();

    expect(rules.stateOf(job)).toBe("expired");
    expect(rules.takeStatus(0, job, "success", "", NODE_SECONDS, NOW + 1000)).toBe("late");
  });

  test("can be cancelled once", () => {
    const { rules, job } = rollout(1);

    expect(rules.cancelJob(job, NOW)).toBe(true);
    expect(rules.cancelJob(job, NOW)).toBe(false);
    expect(rules.answerFetch(0, "1.0.0", NOW)).toBeUndefined();
  });

  test("counts a target once that is named twice", () => {
    const { rules, image } = fleetOf(5);

    const { job } = rules.createJob({ image, targets: [4, 2, 4], trigger: "default" }, NOW);

    expect(rules.counts(job).total).toBe(2);
    expect([...rules.targetsOf(job)]).toEqual([2, 4]);
  });
});

describe("any sequence of calls", () => {
  const NODES = 4;
  const word = fc.constantFrom(
    "in-progress",
    "success",
    "failed",
    "fail",
    "delayed",
    "rejected",
    "started",
    "nonsense",
  );
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("fetch" as const), node: fc.nat(NODES - 1) }) },
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant("status" as const), node: fc.nat(NODES - 1), job: fc.nat(4), word }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("create" as const),
        targets: fc.array(fc.nat(NODES - 1), { minLength: 1, maxLength: NODES }),
        push: fc.boolean(),
        priority: fc.integer({ min: 1, max: 3 }),
        timeoutMs: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), job: fc.nat(4) }) },
  );

  test("keeps every target counted, lets done states absorb and never offers what is over", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { rules, image } = fleetOf(NODES);
        const done = new Map<string, string>();
        let sent = 0;
        steps.forEach((one, index) => {
          const now = NOW + index;
          const before = { ...rules.counters };
          if (one.kind === "create") {
            const { targets, push, priority, timeoutMs } = one;
            const trigger = push ? "force-push" : "default";
            const made = rules.createJob(
              { image, targets, trigger, priority, timeoutMs },
              now,
              (node) => node % 2 === 0,
            );
            sent += made.pushTo.length;
            expect(rules.counts(made.job).total).toBe(new Set(targets).size);
          } else if (one.kind === "cancel") {
            if (one.job < rules.jobCount) rules.cancelJob(one.job, now);
          } else if (one.kind === "fetch") {
            const job = rules.answerFetch(one.node, "1", now);
            if (job !== undefined) {
              sent++;
              expect(rules.stateOf(job)).toBe("active");
              expect(done.has(`${job}/${one.node}`)).toBe(false);
              expect(rules.beliefOf(job, one.node)).toBe("started");
            }
          } else {
            const job = one.job < rules.jobCount ? one.job : undefined;
            const belief = job === undefined ? undefined : rules.beliefOf(job, one.node);
            const outcome = rules.takeStatus(one.node, job, one.word, "", undefined, now);
            if (outcome !== "applied" && job !== undefined) expect(rules.beliefOf(job, one.node)).toBe(belief);
            if (outcome === "applied") expect(rules.stateOf(job ?? -1)).toMatch(/^(active|finished)$/);
            expect(rules.counters.statuses).toBe(before.statuses + 1);
          }
          for (let job = 0; job < rules.jobCount; job++) {
            const { total, ...counts } = rules.counts(job);
            expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(total);
            for (const node of rules.targetsOf(job)) {
              const belief = rules.beliefOf(job, node);
              const key = `${job}/${node}`;
              if (done.has(key)) expect(belief).toBe(done.get(key));
              else if (belief === "success" || belief === "rejected") done.set(key, belief);
            }
          }
        });
        const c = rules.counters;
        expect(c.fetches).toBe(c.fetchesAnswered + c.fetchesUnanswered);
        expect(sent).toBe(c.fetchesAnswered + c.pushes);
        expect(c.statuses).toBe(
          c.statusesApplied +
            c.statusesLate +
            c.statusesAfterCancel +
            c.statusesAfterExpiry +
            c.statusesUnknownJob +
            c.statusesUnknownStatus +
            c.statusesNotATarget +
            c.statusesUnreadable,
        );
        expect(c.statusesApplied).toBe(
          c.appliedInProgress + c.appliedDelayed + c.appliedSuccess + c.appliedFailed + c.appliedRejected,
        );
      }),
      { numRuns: 200 },
    );
  });
});

function fleetOf(nodes: number, options = {}) {
  const rules = new OtaRules(options);
  for (let node = 0; node < nodes; node++) rules.addNode(NODE);
  const image = rules.addImage({ project: "thermostat", version: "2.0.0", sizeBytes: 1000 });
  return { rules, image };
}

function rollout(nodes: number, options = {}) {
  const fleet = fleetOf(nodes, options);
  return { ...fleet, job: fleet.rules.createJob({ image: fleet.image, targets: "all", trigger: "default" }, NOW).job };
}
