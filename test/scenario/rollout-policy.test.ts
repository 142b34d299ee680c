import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import { type BatchCounts, RolloutPolicy } from "../../src/scenario/rollout-policy.ts";
import type { RolloutPlan, StagePlan } from "../../src/scenario/rollout.ts";

test("a stage is released whole at the start, and the next one when its bake is over", () => {
  const { released, walk } = rollout(
    { stages: [stage({ bakeUs: 24 * HOUR_US }), stage({ bakeUs: HOUR_US }), stage()] },
    [10, 40, 100],
  );

  walk(26 * HOUR_US);

  expect(released).toEqual(["0h 0: 0-10", "24h 1: 10-40", "25h 2: 40-100"]);
});

test("a person lets the next stage go so long after the bake", () => {
  const plan = { stages: [stage({ bakeUs: 2 * HOUR_US, approveAfterUs: 3 * HOUR_US }), stage()] };
  const { released, walk } = rollout(plan, [10, 20]);

  walk(10 * HOUR_US);

  expect(released).toEqual(["0h 0: 0-10", "5h 1: 10-20"]);
});

test("with `done` the bake begins at the look that finds so many at an end", () => {
  const plan = { stages: [stage({ done: 0.5, bakeUs: HOUR_US }), stage()] };
  const { released, walk, put } = rollout(plan, [10, 20]);

  put(0, { success: 4, rejected: 1 }, 95 * MINUTE_US);
  walk(10 * HOUR_US);

  // Looks are every ten minutes: the fifth end of 95 minutes is seen at 100, and the bake is over an hour later.
  expect(released).toEqual(["0h 0: 0-10", `${160 / 60}h 1: 10-20`]);
});

test("a stage that has nobody left bakes for nobody", () => {
  const { released, walk } = rollout(
    { stages: [stage({ bakeUs: HOUR_US }), stage({ bakeUs: 50 * HOUR_US }), stage()] },
    [10, 10, 20],
  );

  walk(2 * HOUR_US);

  expect(released).toEqual(["0h 0: 0-10", "1h 2: 10-20"]);
});

test("a rate lets a span's worth go at once, and as much again when the span is over", () => {
  const plan = { stages: [stage()], rate: { targets: 40, perUs: HOUR_US } };
  const { released, walk } = rollout(plan, [100]);

  walk(5 * HOUR_US);

  expect(released).toEqual(["0h 0: 0-40", "1h 0: 40-80", "2h 0: 80-100"]);
});

test("a limit of targets in flight makes room as the backend has ends on record, a tenth of it at a time", () => {
  const { released, walk, put } = rollout({ stages: [stage()], inFlight: 20 }, [50]);

  put(0, { success: 1 }, 5 * MINUTE_US);
  put(0, { success: 2 }, 25 * MINUTE_US);
  put(0, { success: 15, failed: 5 }, 45 * MINUTE_US);
  walk(2 * HOUR_US);

  expect(released).toEqual(["0h 0: 0-20", "0.5h 0: 20-22", `${50 / 60}h 0: 22-40`]);
});

test.each([
  ["of 100 reports 5 are not more than 5 %", { success: 95, failed: 5 }, undefined],
  ["of 100 reports 6 are", { success: 94, failed: 2, rejected: 4 }, { reason: "failed", hits: 6, of: 100 }],
  ["99 reports are too few, whatever they say", { rejected: 99 }, undefined],
])("the stop rule by failures: %s", (_what, counts, stop) => {
  const plan = {
    stages: [stage({ bakeUs: 50 * HOUR_US }), stage()],
    stop: { failedShare: 0.05, of: 100, silent: undefined },
  };
  const { stops, walk, put } = rollout(plan, [200, 400]);

  put(0, counts, 95 * MINUTE_US);
  walk(3 * HOUR_US);

  expect(stops).toEqual(stop === undefined ? [] : [{ kind: "stop", ...stop, atUs: 100 * MINUTE_US }]);
});

test("29 of 100 are 29 %: no more for a stop rule, and enough for a bake", () => {
  const stop = { failedShare: 0.29, of: 100, silent: undefined };
  const plan = { stages: [stage({ done: 0.55, bakeUs: HOUR_US }), stage()], stop };
  const { released, stops, walk, put } = rollout(plan, [100, 200]);

  put(0, { success: 26, failed: 29 }, 5 * MINUTE_US);
  walk(HOUR_US);
  put(0, { success: 71, failed: 29 }, HOUR_US);
  walk(3 * HOUR_US);

  expect(stops).toEqual([]);
  expect(released).toEqual(["0h 0: 0-100", `${70 / 60}h 1: 100-200`]);
});

test("silence counts from a batch's release, of those that have heard, and who is put off is not silent", () => {
  const silent = { afterUs: 2 * HOUR_US, share: 0.2 };
  const plan = { stages: [stage({ bakeUs: HOUR_US }), stage()], stop: { failedShare: undefined, of: 10, silent } };
  const { stops, walk, put } = rollout(plan, [20, 40]);

  put(0, { triggered: 5, started: 2, "in-progress": 1, delayed: 4, success: 8 }, MINUTE_US);
  put(1, { started: 20 }, HOUR_US);
  walk(2.5 * HOUR_US);
  expect(stops).toEqual([]);

  walk(3 * HOUR_US);

  expect(stops).toEqual([{ kind: "stop", reason: "silent", hits: 23, of: 35, atUs: 3 * HOUR_US }]);
});

test("after a stop nothing is released, and nobody looks any more", () => {
  const plan = { stages: [stage({ bakeUs: HOUR_US }), stage()], stop: { failedShare: 0, of: 1, silent: undefined } };
  const { released, policy, walk, put } = rollout(plan, [10, 20]);

  put(0, { failed: 1 }, 10 * MINUTE_US);
  walk(20 * HOUR_US);

  expect(released).toEqual(["0h 0: 0-10"]);
  expect(policy.nextUs).toBe(Infinity);
  expect(policy.isReleasing).toBe(false);
});

test("a paused rollout releases nothing and is still watched; resumed, it goes on at once", () => {
  const plan = { stages: [stage({ bakeUs: HOUR_US }), stage()], stop: { failedShare: 0.5, of: 5, silent: undefined } };
  const { released, stops, policy, walk, put } = rollout(plan, [10, 20]);

  walk(30 * MINUTE_US);
  policy.pause();
  walk(3 * HOUR_US);
  expect(released).toEqual(["0h 0: 0-10"]);

  policy.resume(3 * HOUR_US);
  walk(3 * HOUR_US);
  expect(released).toEqual(["0h 0: 0-10", "3h 1: 10-20"]);

  policy.pause();
  put(0, { failed: 9 }, 3 * HOUR_US);
  walk(4 * HOUR_US);
  expect(stops).toHaveLength(1);
});

test("when all is released and at an end, nobody looks any more", () => {
  const plan = { stages: [stage()], stop: { failedShare: 0.5, of: 5, silent: undefined } };
  const { policy, walk, put } = rollout(plan, [10]);

  put(0, { success: 10 }, 10 * MINUTE_US);
  walk(20 * MINUTE_US);

  expect(policy.nextUs).toBe(Infinity);
});

test("whatever the backend says, no limit is passed, nobody is released twice, and stages keep their order", () => {
  const plans = fc.record({
    sizes: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 5 }),
    bakes: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 }),
    inFlight: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    rate: fc.option(fc.record({ targets: fc.integer({ min: 1, max: 40 }), minutes: fc.integer({ min: 1, max: 90 }) }), {
      nil: undefined,
    }),
    /** Per mille of the open targets that come to an end between two looks. */
    pace: fc.integer({ min: 0, max: 1_000 }),
  });
  fc.assert(
    fc.property(plans, ({ sizes, bakes, inFlight, rate, pace }) => {
      const ends = sizes.reduce<number[]>((all, size) => [...all, (all.at(-1) ?? 0) + size], []);
      const stages = sizes.map((_, at) => stage({ bakeUs: (bakes[at] ?? 0) * MINUTE_US }));
      const perUs = (rate?.minutes ?? 1) * MINUTE_US;
      const plan = planOf({ stages, inFlight, rate: rate && { targets: rate.targets, perUs } });
      const policy = new RolloutPolicy(plan, ends);
      const batches: { readonly targets: number; readonly atUs: number; done: number }[] = [];
      let released = 0;
      policy.begin(0);
      // Where all come to an end, the slowest rate has time to let everybody go.
      for (let round = 0; round < (pace === 1_000 ? 5_000 : 200) && policy.nextUs < Infinity; round++) {
        const nowUs = policy.nextUs;
        for (const batch of batches) batch.done += Math.floor(((batch.targets - batch.done) * pace) / 1_000);
        const onRecord = batches.map(({ targets, done }) => counts({ success: done, triggered: targets - done }));
        for (let action = policy.act(nowUs, onRecord); action !== undefined; action = policy.act(nowUs, onRecord)) {
          if (action.kind !== "release") throw new Error("without a rule nothing stops");
          expect(action.from).toBe(released);
          expect(action.until).toBeGreaterThan(action.from);
          expect(action.until).toBeLessThanOrEqual(ends[action.stage] ?? 0);
          expect(action.from).toBeGreaterThanOrEqual(ends[action.stage - 1] ?? 0);
          released = action.until;
          batches.push({ targets: action.until - action.from, atUs: nowUs, done: 0 });
          const done = batches.reduce((sum, batch) => sum + batch.done, 0);
          if (inFlight !== undefined) expect(released - done).toBeLessThanOrEqual(inFlight);
          const inSpan = batches
            .filter(({ atUs }) => atUs > nowUs - perUs)
            .reduce((sum, batch) => sum + batch.targets, 0);
          if (rate !== undefined) expect(inSpan).toBeLessThanOrEqual(rate.targets);
        }
        expect(policy.nextUs).toBeGreaterThan(nowUs);
      }
      if (pace === 1_000) expect(released).toBe(ends.at(-1));
    }),
    { numRuns: 150 },
  );
});

function stage(changes: Partial<StagePlan> = {}): StagePlan {
  return { share: 1, cohorts: [], done: undefined, bakeUs: 0, approveAfterUs: undefined, ...changes };
}

function planOf(changes: Partial<RolloutPlan>): RolloutPlan {
  return {
    stages: [stage()],
    lookUs: 10 * MINUTE_US,
    inFlight: undefined,
    rate: undefined,
    stop: undefined,
    ...changes,
  };
}

function counts(given: Partial<BatchCounts>): BatchCounts {
  const none = { none: 0, triggered: 0, started: 0, "in-progress": 0, delayed: 0, success: 0, failed: 0, rejected: 0 };
  return { ...none, ...given };
}

/** A policy beside a backend whose records are written by hand: `put` says what is on record of a batch from when on. */
function rollout(changes: Partial<RolloutPlan>, ends: readonly number[]) {
  const policy = new RolloutPolicy(planOf(changes), ends);
  const released: string[] = [];
  const stops: object[] = [];
  const puts: { readonly batch: number; readonly counts: BatchCounts; readonly fromUs: number }[] = [];
  policy.begin(0);
  return {
    policy,
    released,
    stops,
    put: (batch: number, given: Partial<BatchCounts>, fromUs: number) =>
      void puts.push({ batch, counts: counts(given), fromUs }),
    walk: (untilUs: number) => {
      while (policy.nextUs <= untilUs) {
        const atUs = policy.nextUs;
        const onRecord = Array.from({ length: policy.batches }, (_, batch) => {
          return puts.findLast((put) => put.batch === batch && put.fromUs <= atUs)?.counts ?? counts({});
        });
        for (let action = policy.act(atUs, onRecord); action !== undefined; action = policy.act(atUs, onRecord)) {
          if (action.kind === "stop") stops.push({ ...action, atUs });
          else released.push(`${atUs / HOUR_US}h ${action.stage}: ${action.from}-${action.until}`);
        }
      }
    },
  };
}
