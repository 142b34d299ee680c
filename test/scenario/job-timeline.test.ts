import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { APPROVAL_RETRY_US, allOrderedAtUs, JobTimeline, type TimelineStep } from "../../src/scenario/job-timeline.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

test("jobs come up when they start and when they are cancelled, in the order of time", () => {
  const timeline = new JobTimeline(withJobs("name: a, cancel: 3h", "name: b, starts: 2h, cancel: 30m", "name: c"));

  expect(walked(timeline)).toEqual(["0 create 0", "0 create 2", "2 create 1", "2.5 cancel 1", "3 cancel 0"]);
});

test("a step is due at its instant, not a microsecond before", () => {
  const timeline = new JobTimeline(withJobs("name: a, starts: 2h"));

  expect(timeline.nextUs).toBe(2 * HOUR_US);
  expect(timeline.take(2 * HOUR_US - 1)).toBeUndefined();
  expect(timeline.take(2 * HOUR_US)).toEqual({ kind: "create", job: 0, atUs: 2 * HOUR_US });
  expect(timeline.take(2 * HOUR_US)).toBeUndefined();
  expect(timeline.nextUs).toBe(Infinity);
});

test("where a cancel and a creation fall together, the cancel comes first and makes way", () => {
  const timeline = new JobTimeline(withJobs("name: a, cancel: 1h", "name: b, starts: 1h"));

  expect(walked(timeline)).toEqual(["0 create 0", "1 cancel 0", "1 create 1"]);
});

test("users are asked when their job is there, and come up when they approve", () => {
  const timeline = new JobTimeline(
    withJobs("name: a, starts: 1h, trigger: { user-approved: { share: 100%, delay: 30m } }"),
  );

  timeline.take(HOUR_US);
  expect(timeline.nextUs).toBe(Infinity);
  expect(timeline.askUsers(0, HOUR_US)).toEqual([]);

  const approvals = everyStep(timeline);
  expect(approvals).toHaveLength(NODES);
  expect(approvals[0]).toEqual({ kind: "approve", job: 0, node: 0, atUs: 90 * MINUTE_US });
});

test("users who never approve are named at once, and never come up", () => {
  const timeline = new JobTimeline(withJobs("name: a, trigger: { user-approved: { share: 50%, delay: 30m } }"));

  const never = timeline.askUsers(0, 0);
  const approving = everyStep(timeline).flatMap((step) => (step.kind === "approve" ? [step.node] : []));

  expect(never.length).toBeGreaterThan(0);
  expect([...never, ...approving].sort((a, b) => a - b)).toEqual(Array.from({ length: NODES }, (_, node) => node));
});

test("an approval that found its node offline is tried again an hour later, as often as it takes", () => {
  const timeline = new JobTimeline(
    withJobs("name: a, targets: { nodes: [3] }, trigger: { user-approved: { share: 100%, delay: 10s } }"),
  );
  timeline.take(0);
  timeline.askUsers(0, 0);

  timeline.take(10 * SECOND_US);
  timeline.approveLater(0, 3, 10 * SECOND_US);
  const again = timeline.take(10 * SECOND_US + APPROVAL_RETRY_US);
  timeline.approveLater(0, 3, 10 * SECOND_US + APPROVAL_RETRY_US);

  expect(again).toMatchObject({ kind: "approve", node: 3 });
  expect(timeline.nextUs).toBe(10 * SECOND_US + 2 * APPROVAL_RETRY_US);
});

test("after a cancel nobody approves any more, nor tries again", () => {
  const timeline = new JobTimeline(
    withJobs("name: a, cancel: 1h, trigger: { user-approved: { share: 100%, delay: 2h } }"),
  );
  timeline.take(0);
  timeline.askUsers(0, 0);

  expect(timeline.take(HOUR_US)).toEqual({ kind: "cancel", job: 0, atUs: HOUR_US });
  timeline.approveLater(0, 0, HOUR_US);

  expect(timeline.nextUs).toBe(Infinity);
});

test("a job that was never made is not cancelled", () => {
  const timeline = new JobTimeline(withJobs("name: a, starts: 1h, cancel: 1h"));
  timeline.take(HOUR_US);

  timeline.close(0);

  expect(timeline.nextUs).toBe(Infinity);
});

test("all is ordered with the last start or cancel that the run reaches", () => {
  expect(allOrderedAtUs(withJobs("name: a"))).toBe(0);
  expect(allOrderedAtUs(withJobs("name: a, cancel: 3h", "name: b, starts: 2h"))).toBe(3 * HOUR_US);
  expect(allOrderedAtUs({ ...withJobs("name: a, cancel: 3h"), end: { when: "settled", afterUs: 2 * HOUR_US } })).toBe(
    0,
  );
});

test("whatever the jobs, every step comes once, in order, a job's creation before its cancel", () => {
  const hours = fc.integer({ min: 0, max: 30 });
  const jobs = fc.array(fc.record({ starts: hours, cancel: fc.integer({ min: 1, max: 30 }) }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(jobs, (plans) => {
      const texts = plans.map(({ starts, cancel }, job) => `name: job-${job}, starts: ${starts}h, cancel: ${cancel}h`);

      const steps = everyStep(new JobTimeline(withJobs(...texts)));

      const times = steps.map(({ atUs }) => atUs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(steps).toHaveLength(2 * plans.length);
      plans.forEach((_, job) => {
        expect(steps.filter((step) => step.job === job).map(({ kind }) => kind)).toEqual(["create", "cancel"]);
      });
    }),
    { numRuns: 40 },
  );
});

const NODES = 40;

function withJobs(...jobs: readonly string[]): Scenario {
  return scenarioOf(scenarioText({ job: jobs.join(" }, { "), more: `nodes: ${NODES}` }));
}

function everyStep(timeline: JobTimeline): TimelineStep[] {
  const steps: TimelineStep[] = [];
  for (
    let step = timeline.take(Number.MAX_SAFE_INTEGER);
    step !== undefined;
    step = timeline.take(Number.MAX_SAFE_INTEGER)
  )
    steps.push(step);
  return steps;
}

function walked(timeline: JobTimeline): string[] {
  return everyStep(timeline).map(({ kind, job, atUs }) => `${atUs / HOUR_US} ${kind} ${job}`);
}
