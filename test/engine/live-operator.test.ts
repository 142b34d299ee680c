import { readdirSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import type { Approval, OperatorHalf } from "../../src/adapters/adapter.ts";
import { adapterOf } from "../../src/adapters/adapters.ts";
import { BackendFailure } from "../../src/engine/backend-failure.ts";
import { LiveOperator } from "../../src/engine/live-operator.ts";
import { OperatorDesk } from "../../src/engine/operator-desk.ts";
import { asWritten, sealedDocument } from "../../src/engine/run-document.ts";
import { RunFolder } from "../../src/engine/run-folder.ts";
import { RunRecords } from "../../src/engine/run-records.ts";
import { planOf } from "../../src/engine/scenario-plan.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { freshPath, smallScenario } from "./small-runs.ts";

beforeAll(readyHistograms);

/** An hour of fleet time in a millisecond. */
const SPEED = 3_600_000;

test("a job that the backend refuses in mid-run is told with its words, and nobody tries to cancel it", async () => {
  const jobs = "jobs=[{ name: first }, { name: second, starts: 1h, cancel: 1h }]";
  const { operator, told, calls, state } = await begun(jobs, {
    createJob: async ({ name }) => {
      if (name === "second") throw new Error("the backend answered with status 400: no");
      return name;
    },
  });

  await told(1);
  await operator.idle();

  expect(operator.it.undone).toEqual([
    "The job second, due at 1h, was not created: the backend answered with status 400: no.",
  ]);
  expect(calls).toEqual(["expected 0", "created 0 first", "expected 1", "not created 1"]);
  expect([...state().createdAtUs]).toEqual([0, Infinity]);
});

test("a cancel that the backend refuses is told with its words", async () => {
  const { operator, told, state } = await begun("jobs=[{ name: first, cancel: 1h }]", {
    cancelJob: async () => Promise.reject(new Error("it is finished already")),
  });

  await told(1);

  expect(operator.it.undone).toEqual(["The job first could not be cancelled: it is finished already."]);
  expect(state().cancelledAtUs[0]).toBeNaN();
});

test("a cancel that comes when the job is over is a remark, and nothing is missing", async () => {
  const { operator, state } = await begun("jobs=[{ name: first, cancel: 1h }]", {
    cancelJob: async () => "over before",
  });

  while (operator.it.remarks.length === 0) await nextTurn();

  expect(operator.it.remarks).toEqual([
    "The job first was not cancelled: it was over before, each target was done with it or its timeout had passed.",
  ]);
  expect(operator.it.undone).toEqual([]);
  expect(state().cancelledAtUs[0]).toBeNaN();
});

test("what an entry of the timeline came to is on record: by the backend's answer, where it goes that far", async () => {
  const image = "image: { make: { version: 3.0.0 } }";
  const rollout = "rollout: { stages: [{ share: 50%, bake: 1h }, { share: 100% }] }";
  const job = (name: string) => `{ name: ${name}, starts: by timeline, ${rollout} }`;
  const starts = [
    "{ start: staged }",
    "{ cancel: staged }",
    "{ pause: staged }",
    "{ start: over }",
    "{ cancel: over }",
  ];
  const bad = ["{ start: bad }", "{ cancel: bad }", "{ upload: late }", "{ start: staged }"];
  const { operator, calls, state } = await begun(
    `jobs=[${job("staged")}, { name: over, starts: by timeline }, ${job("bad")}, { name: late, starts: 90h, ${image} }]`,
    {
      cancelJob: async (id) =>
        id === "over" ? "over before" : id === "bad" ? Promise.reject(new Error("no")) : "cancelled",
      upload: async ({ version }) => (version === "3.0.0" ? Promise.reject(new Error("too large")) : version),
    },
    `timeline=[{ at: 1h, do: [${[...starts, ...bad].join(", ")}] }]`,
    "end.after=100h",
  );

  while (state().operatorActs.length < 9) await nextTurn();
  await operator.idle();

  expect(calls.filter((call) => call.startsWith("created"))).toEqual([
    "created 0 staged",
    "created 1 over",
    "created 2 bad",
  ]);
  expect(state().operatorActs.map(({ act, job: of, effect }) => `${act} ${of}: ${effect}`)).toEqual([
    "start staged: done",
    "cancel staged: done",
    "pause staged: was over",
    "start over: done",
    "cancel over: was over",
    "start bad: done",
    "cancel bad: refused",
    "upload late: refused",
    "start staged: was over",
  ]);
  expect(operator.it.undone).toHaveLength(2);
});

test.each([
  ["", ""],
  [" in stages", ", rollout: { stages: [{ share: 50%, bake: 1h }, { share: 100% }] }"],
])("a start whose job%s the backend refuses is on record as refused; what follows does nothing", async (_, stages) => {
  const { operator, state } = await begun(
    `jobs=[{ name: first }, { name: bad, starts: by timeline${stages} }]`,
    { createJob: async ({ name }) => (name === "bad" ? Promise.reject(new Error("no")) : name) },
    `timeline=[{ at: 1h, do: [{ start: bad }, { start: bad }, { cancel: bad }] }, { at: 50h, do: [{ cancel: bad }, { start: bad }] }]`,
    "end.after=100h",
  );

  while (state().operatorActs.length < 5) await nextTurn();
  await operator.idle();

  expect(state().operatorActs.map(({ act, effect }) => `${act}: ${effect}`)).toEqual([
    "start: refused",
    "start: refused",
    "cancel: had not begun",
    "cancel: had not begun",
    "start: refused",
  ]);
});

test("a start at the very begin is on record as done when its job is there", async () => {
  const { operator, state } = await begun(
    "jobs=[{ name: first, starts: by timeline }]",
    {},
    "timeline=[{ at: 0h, do: { start: first } }]",
  );

  while (state().operatorActs.length < 1) await nextTurn();
  await operator.idle();

  expect(state().operatorActs).toMatchObject([{ act: "start", job: "first", effect: "done" }]);
});

test("what the backend answers after the stop is not on record: the run's end lies before it", async () => {
  const late = "{ name: late, starts: 90h, image: { make: { version: 3.0.0 } } }";
  const next = "{ name: next, starts: by timeline }";
  const answers: (() => void)[] = [];
  const answered = async (): Promise<void> => new Promise((resolve) => answers.push(resolve));
  const half: Partial<OperatorHalf> = {
    cancelJob: async () => answered().then(() => "cancelled"),
    upload: async ({ version }) => (version === "3.0.0" ? answered().then(() => version) : version),
    createJob: async ({ name }) => (name === "next" ? answered().then(() => name) : name),
  };

  for (const [job, act] of [
    ["{ name: other }", "{ cancel: first }"],
    [late, "{ upload: late }"],
    [next, "{ start: next }"],
  ]) {
    const entries = `timeline=[{ at: 1h, do: ${act} }]`;
    const { operator, state } = await begun(`jobs=[{ name: first }, ${job}]`, half, entries, "end.after=100h");
    while (answers.length === 0) await nextTurn();

    operator.it.stop();
    answers.pop()?.();
    await nextTurn(5);

    expect(state().operatorActs, act).toEqual([]);
    expect(state().cancelledAtUs[0], act).toBeNaN();
  }
});

test("a first job that the backend refuses ends the run before it begins", async () => {
  const refused = begun("jobs=[{ name: first }]", { createJob: async () => Promise.reject(new Error("no")) });

  await expect(refused).rejects.toThrow(BackendFailure);
  await expect(refused).rejects.toThrow("The backend did not let the run create the job first: no");
});

test("a batch that the backend refuses ends the rollout and is told; what was released goes on", async () => {
  const rollout = "rollout: { stages: [{ share: 10%, bake: 1h }, { share: 50%, bake: 1h }, { share: 100% }] }";
  const names: string[] = [];
  const { operator, told, state } = await begun(`jobs=[{ name: first, ${rollout} }]`, {
    createJob: async ({ name }) => {
      names.push(name);
      if (name === "first.2") throw new Error("no more jobs");
      return name;
    },
  });

  await told(1);
  await operator.idle();

  expect(names).toEqual(["first", "first.2"]);
  // At an hour a millisecond the operator is late, and says when it came to it.
  expect(operator.it.undone).toEqual([
    expect.stringMatching(/^A batch of the job first, due at \S+, was not created: no more jobs\.$/),
  ]);
  expect(state().createdAtUs[0]).toBe(0);
});

test("a backend that cannot be asked for its records is looked at again", async () => {
  const rollout = "rollout: { stages: [{ share: 10%, bake: 1h }, { share: 100% }], stop: { failed: 50% } }";
  let asked = 0;
  const { operator } = await begun(`jobs=[{ name: first, ${rollout} }]`, {
    createJob: async ({ name }) => name,
    beliefs: async () => {
      asked += 1;
      if (asked < 3) throw new BackendFailure("it is away");
      return new Map();
    },
  });

  while (asked < 4) await nextTurn();

  expect(operator.it.undone).toEqual([]);
});

test("an approval is tried again while the node is offline, and is on record once it is given", async () => {
  const answers: Approval[] = ["offline", "offline", "approved"];
  const asked: string[] = [];
  const { operator, state } = await begun(
    "jobs=[{ name: ask, targets: { nodes: [3] }, trigger: { user-approved: { share: 100%, delay: 1h } } }]",
    {
      approve: async (_job, node) => {
        asked.push(node);
        return answers[asked.length - 1]!;
      },
    },
  );

  while (asked.length < 3) await nextTurn();
  await operator.idle();

  expect(new Set(asked).size).toBe(1);
  expect(state().columns.approvedAtUs.get(3)).toBeGreaterThanOrEqual(3 * 3_600e6);
});

test("two jobs are never under way to the backend at once", async () => {
  let open = 0;
  let most = 0;
  const { operator, calls } = await begun(
    "jobs=[{ name: a, starts: 1h }, { name: b, starts: 1h }, { name: c, starts: 1h }]",
    {
      createJob: async ({ name }) => {
        most = Math.max(most, ++open);
        await nextTurn();
        open -= 1;
        return name;
      },
    },
  );

  while (calls.length < 6) await nextTurn();
  await operator.idle();

  expect(most).toBe(1);
  expect(calls.filter((call) => call.startsWith("created"))).toEqual(["created 0 a", "created 1 b", "created 2 c"]);
});

test("after its stop an operator does nothing any more, and what fails then is nobody's fault", async () => {
  const { operator, calls } = await begun("jobs=[{ name: a }, { name: b, starts: 11h }]", {});

  operator.it.stop();
  operator.it.noteUndone("too late");
  await nextTurn(20);

  expect(calls).toEqual(["expected 0", "created 0 a"]);
  expect(operator.it.undone).toEqual([]);
});

async function begun(jobs: string, half: Partial<OperatorHalf>, ...more: readonly string[]) {
  const calm = ["nodes=8", "fleet.cohorts.workshops.faults={}", "clock.speed=100000"];
  const scenario = smallScenario(...calm, jobs, ...more);
  const parts = {
    scenario,
    images: scenario.jobs.map(() => new Uint8Array(16)),
    workers: 1,
    startedAt: "2026",
    command: undefined,
  };
  const sealed = asWritten(sealedDocument({ ...parts, driver: "live" }));
  const folder = RunFolder.create(freshPath(), "2026", sealed);
  const records = new RunRecords(sealed.document, planOf(scenario, scenario.clock.speed), folder);
  const desk = new OperatorDesk(scenario, adapterOf("rainmaker")!, operatorHalf(half), "test-");
  await desk.upload(parts.images);
  const calls: string[] = [];
  const crew = {
    jobExpected: (job: number) => void calls.push(`expected ${job}`),
    jobCreated: (job: number, jobId: string) => void calls.push(`created ${job} ${jobId}`),
    jobNotCreated: (job: number) => void calls.push(`not created ${job}`),
  };
  const troubles: string[] = [];
  let originMs = Infinity;
  const fleetUs = (): number => Math.max(0, (performance.now() - originMs) * 1_000 * SPEED);
  const clock = { ...scenario.clock, speed: SPEED };
  const onTrouble = (sentence: string): void => void troubles.push(sentence);
  const it = new LiveOperator({ scenario: { ...scenario, clock }, desk, records, crew, fleetUs, onTrouble });
  await it.createFirstJobs();
  originMs = performance.now();
  await it.begin();
  const told = async (count: number): Promise<void> => {
    while (troubles.length < count) await nextTurn();
  };
  const idle = async (): Promise<void> => {
    while (!it.isIdle) await nextTurn();
  };
  expect(readdirSync(folder.path)).toContain("run.json");
  return { operator: { it, idle }, told, calls, state: () => records.state };
}

/** A backend that takes everything, but for what a test says. */
function operatorHalf(half: Partial<OperatorHalf>): OperatorHalf {
  return {
    enrol: async (nodes) => nodes.map(({ id }) => id),
    upload: async ({ version }) => version,
    createGroup: async ({ name }) => name,
    removeNodes: async () => {},
    removeGroup: async () => {},
    createJob: async ({ name }) => name,
    approve: async () => "approved",
    cancelJob: async () => "cancelled",
    beliefs: async () => new Map(),
    counters: async () => undefined,
    ...half,
  };
}

async function nextTurn(turns = 1): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
