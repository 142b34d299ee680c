import { expect, test } from "vitest";
import { HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import { OperatorCourse } from "../../src/scenario/operator-course.ts";
import type { OperatorStep } from "../../src/scenario/operator-step.ts";
import type { BatchCounts } from "../../src/scenario/rollout-policy.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

test("a job in stages is released batch by batch, with the first of which it begins", () => {
  const { steps } = walked(
    "name: spring, starts: 1h, rollout: { stages: [{ share: 10%, bake: 2h }, { share: 100% }] }",
  );

  expect(steps).toEqual(["1h release spring stage 0 x10 first", "3h release spring stage 1 x90"]);
});

test("a plan that goes by the clock alone is never looked at; one with a rule is, every ten minutes", () => {
  const stop = "stop: { failed: 5% }";
  const { steps } = walked(`name: spring, rollout: { stages: [{ share: 10%, bake: 25m }, { share: 100% }], ${stop} }`, {
    untilUs: 35 * MINUTE_US,
  });

  expect(steps).toEqual([
    "0h release spring stage 0 x10 first",
    "10m look spring",
    "20m look spring",
    "25m look spring",
    "25m release spring stage 1 x90",
    "30m look spring",
  ]);
});

test("a stop cancels the job for good: no stage follows, and its own cancel does not come up", () => {
  const job =
    "name: spring, cancel: 20h, rollout: { stages: [{ share: 10%, bake: 1h }, { share: 100% }], stop: { failed: 5% } }";
  const { steps } = walked(job, { onRecord: [[20 * MINUTE_US, { failed: 1 }]] });

  expect(steps).toEqual([
    "0h release spring stage 0 x10 first",
    "10m look spring",
    "20m look spring",
    "20m stop spring failed 1 of 1",
  ]);
});

test("a cancel in mid-rollout has something to cancel in any case, one behind it has what the backend says", () => {
  const job = "rollout: { stages: [{ share: 10%, bake: 2h }, { share: 100% }] }";

  expect(walked(`name: spring, cancel: 1h, ${job}`).steps).toContain("1h cancel spring in any case");
  expect(walked(`name: spring, cancel: 3h, ${job}`).steps).toContain("3h cancel spring");
});

test("a pause holds the next stage back until it is resumed", () => {
  const timeline = "[{ at: 1h, do: { pause: spring } }, { at: 5h, do: { resume: spring } }]";
  const { steps } = walked("name: spring, rollout: { stages: [{ share: 10%, bake: 2h }, { share: 100% }] }", {
    timeline,
  });

  expect(steps).toEqual([
    "0h release spring stage 0 x10 first",
    "1h pause spring",
    "5h resume spring",
    "5h release spring stage 1 x90",
  ]);
});

test("a job that two entries start begins with the first, and its cancel comes up from there", () => {
  const timeline = "[{ at: 1h, do: { start: spring } }, { at: 2h, do: { start: spring } }]";
  const { steps } = walked("name: spring, starts: by timeline, cancel: 3h", { timeline });

  expect(steps).toEqual(["1h start spring", "1h create spring", "2h start spring: had begun", "4h cancel spring"]);
});

test("when a rule has stopped a job, an entry follows so long after, and starts the next", () => {
  const spring = "name: spring, rollout: { stages: [{ share: 10%, bake: 1h }, { share: 100% }], stop: { failed: 5% } }";
  const hotfix = "name: hotfix, starts: by timeline, cancel: 2h, image: { make: { version: 3.0.0 } }";
  const { steps } = walked(`${spring} }, { ${hotfix}`, {
    timeline: "[{ when: 'stopped{job:spring}', after: 30m, do: [{ upload: hotfix }, { start: hotfix }] }]",
    onRecord: [[0, { failed: 1 }]],
  });

  expect(steps.slice(-4)).toEqual(["40m upload hotfix", "40m start hotfix", "40m create hotfix", "160m cancel hotfix"]);
});

test("a condition on records is looked at every ten minutes from the job's begin, and done once", () => {
  const { steps } = walked("name: spring, starts: 1h }, { name: next, starts: by timeline", {
    timeline: "[{ when: 'success{job:spring} >= 50%', do: { start: next } }]",
    onRecord: [[85 * MINUTE_US, { success: 50 }]],
  });

  expect(steps).toEqual([
    "1h create spring",
    "70m look spring",
    "80m look spring",
    "90m look spring",
    "90m start next",
    "90m create next",
  ]);
});

test("a start waits for the image that the timeline brings", () => {
  const jobs = "name: spring }, { name: hotfix, starts: by timeline, image: { make: { version: 3.0.0 } }";
  const timeline = "[{ at: 1h, do: { start: hotfix } }, { at: 2h, do: { upload: hotfix } }]";

  expect(walked(jobs, { timeline }).steps).toEqual([
    "0h create spring",
    "1h start hotfix: waits for its image",
    "2h upload hotfix",
    "2h create hotfix",
  ]);
});

test.each([
  ["an entry", "starts: by timeline", "{ at: 1h, do: { start: spring } }, "],
  ["its own time", "starts: 1h", ""],
])("a cancel counts from when the job begins, not from a start by %s that waits for its image", (_, starts, start) => {
  const job = `name: spring, ${starts}, cancel: 90m, image: { make: { version: 3.0.0 } }`;
  const { steps } = walked(job, { timeline: `[${start}{ at: 4h, do: { upload: spring } }]` });

  expect(steps.slice(-3)).toEqual(["4h upload spring", "4h create spring", "330m cancel spring"]);
});

const STAGES = "rollout: { stages: [{ share: 10%, bake: 1h }, { share: 100% }] }";

test("what is started and cancelled in one entry is made and then cancelled, in stages too", () => {
  const timeline = "[{ at: 1h, do: [{ start: spring }, { cancel: spring }] }]";

  expect(walked("name: spring, starts: by timeline", { timeline }).steps).toEqual([
    "1h start spring",
    "1h create spring",
    "1h cancel spring",
  ]);
  expect(walked(`name: spring, starts: by timeline, ${STAGES}`, { timeline }).steps).toEqual([
    "1h start spring",
    "1h release spring stage 0 x10 first",
    "1h cancel spring in any case",
  ]);
});

test("users of a job that was cancelled as soon as it was made are not asked", () => {
  const trigger = "trigger: { user-approved: { share: 100%, delay: 1h } }";
  const timeline = "[{ at: 1h, do: [{ start: spring }, { cancel: spring }] }]";
  const text = scenarioText({ job: `name: spring, starts: by timeline, ${trigger}`, more: `timeline: ${timeline}` });
  const course = new OperatorCourse(scenarioOf(text));
  while (course.take(HOUR_US) !== undefined);

  course.askUsers(0, HOUR_US);

  expect(course.nextUs).toBe(Infinity);
});

test.each([
  ["[{ pause: spring }]", `starts: 2h, ${STAGES}`, ["pause spring: had not begun"]],
  ["[{ resume: spring }]", `starts: 2h, ${STAGES}`, ["resume spring: had not begun"]],
  ["[{ resume: spring }]", STAGES, ["resume spring: was not paused"]],
  ["[{ pause: spring }, { pause: spring }]", STAGES, ["pause spring", "pause spring: was paused"]],
  ["[{ pause: spring }]", `${STAGES}, cancel: 10m`, ["pause spring: was over"]],
  ["[{ resume: spring }]", `${STAGES}, cancel: 10m`, ["resume spring: was over"]],
  ["[{ start: spring }]", "starts: by timeline, cancel: 10m", ["start spring", "create spring"]],
  [
    "[{ cancel: spring }, { start: spring }]",
    "starts: by timeline",
    ["cancel spring: never begins", "start spring: was over"],
  ],
  ["[{ cancel: spring }]", "cancel: 10m", ["cancel spring: was over"]],
  [
    "[{ upload: spring }, { upload: spring }]",
    "image: { make: { version: 3.0.0 } }",
    ["upload spring", "create spring", "upload spring: was there"],
  ],
])("of %s with a job of %s an act says what it does, or why nothing", (acts, job, expected) => {
  const { steps } = walked(`name: spring, ${job}`, { timeline: `[{ at: 30m, do: ${acts} }]`, untilUs: 30 * MINUTE_US });

  expect(steps.filter((step) => step.startsWith("30m")).map((step) => step.slice(4))).toEqual(expected);
});

test("a pause when the last stage is out changes nothing, and says so", () => {
  const { steps } = walked(`name: spring, ${STAGES}`, { timeline: "[{ at: 2h, do: { pause: spring } }]" });

  expect(steps.at(-1)).toBe("2h pause spring: was all released");
});

test("a job that starts by itself waits for its image too, and what is cancelled before never begins", () => {
  const jobs = "name: spring, starts: 1h, image: { make: { version: 3.0.0 } }";
  const late = "[{ at: 2h, do: { upload: spring } }]";
  const never = "[{ at: 90m, do: { cancel: spring } }, { at: 2h, do: { upload: spring } }]";

  expect(walked(jobs, { timeline: late }).steps).toEqual(["2h upload spring", "2h create spring"]);
  expect(walked(jobs, { timeline: never }).steps).toEqual(["90m cancel spring: never begins", "2h upload spring"]);
});

test("outages and power cuts of the timeline come up to be noted", () => {
  const timeline = "[{ at: 1h, do: [{ restart: 10s }, { powerCut: { for: 20m } }] }]";

  expect(walked("name: spring", { timeline }).steps).toEqual(["0h create spring", "1h restart", "1h powerCut"]);
});

test("while targets or entries are to come the course waits, behind them it does not", () => {
  const course = new OperatorCourse(
    scenarioOf(
      scenarioText({
        job: "name: spring, rollout: { stages: [{ share: 10%, bake: 2h }, { share: 100% }] }",
        more: "nodes: 100\ntimeline: [{ at: 4h, do: { cancel: spring } }]",
      }),
    ),
  );

  for (const [hours, isWaiting] of [
    [0, true],
    [2, true],
    [4, false],
  ] as const) {
    while (course.take(hours * HOUR_US) !== undefined);
    expect(course.isWaiting).toBe(isWaiting);
  }
});

test("who is late by less than half a look acts as of the moment that was meant", () => {
  const job = "name: spring, rollout: { stages: [{ share: 10%, bake: 1h }, { share: 100% }] }";
  const course = new OperatorCourse(scenarioOf(scenarioText({ job, more: "nodes: 100" })));

  course.take(0);

  expect(course.take(64 * MINUTE_US)).toMatchObject({ kind: "release", atUs: HOUR_US });
});

interface Walk {
  readonly timeline?: string;
  readonly untilUs?: number;
  /** What is on record of every batch from when on. */
  readonly onRecord?: readonly (readonly [fromUs: number, counts: Partial<BatchCounts>])[];
}

/** The steps of a course up to its end or an instant, with a backend whose records are written by hand. */
function walked(job: string, { timeline, untilUs = 48 * HOUR_US, onRecord = [] }: Walk = {}) {
  const lines = ["nodes: 100", ...(timeline === undefined ? [] : [`timeline: ${timeline}`])];
  const scenario = scenarioOf(scenarioText({ job, more: lines.join("\n") }));
  const course = new OperatorCourse(scenario);
  const steps: string[] = [];
  const none = { none: 0, triggered: 0, started: 0, "in-progress": 0, delayed: 0, success: 0, failed: 0, rejected: 0 };
  while (course.nextUs <= untilUs) {
    const step = course.take(course.nextUs);
    if (step === undefined) continue;
    steps.push(textOf(step, scenario));
    if (step.kind !== "look") continue;
    const given = onRecord.findLast(([fromUs]) => fromUs <= step.atUs)?.[1] ?? {};
    course.looked(step.atUs, new Map(step.jobs.map((at) => [at, [{ ...none, ...given }]])));
  }
  return { steps };
}

function textOf(step: OperatorStep, { jobs }: Scenario): string {
  const nameOf = (job: number | undefined): string => (job === undefined ? "" : ` ${jobs[job]?.name ?? job}`);
  const at = step.atUs % HOUR_US === 0 ? `${step.atUs / HOUR_US}h` : `${step.atUs / MINUTE_US}m`;
  switch (step.kind) {
    case "look":
      return `${at} look${step.jobs.map(nameOf).join("")}`;
    case "release":
      return `${at} release${nameOf(step.job)} stage ${step.stage} x${step.nodes.length}${step.isFirst ? " first" : ""}`;
    case "stop":
      return `${at} stop${nameOf(step.job)} ${step.reason} ${step.hits} of ${step.of}`;
    case "act":
      return `${at} ${step.act}${nameOf(step.job)}${step.effect === "done" ? "" : `: ${step.effect}`}`;
    case "cancel":
      return `${at} cancel${nameOf(step.job)}${step.hasUnreleased ? " in any case" : ""}`;
    default:
      return `${at} ${step.kind}${nameOf(step.job)}`;
  }
}
