import { beforeAll, expect, test } from "vitest";
import { HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import { APPROVALS } from "../../src/measure/event-record.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { kindNumber } from "../../src/measure/record-codec.ts";
import { addRecord, emptyState, merge } from "../../src/measure/reducer.ts";
import { computeResult } from "../../src/measure/result.ts";
import type { RunPlan } from "../../src/measure/run-plan.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import { factsOf, planOf } from "./history.ts";

const GIVEN = APPROVALS.indexOf("given");
const NEVER = APPROVALS.indexOf("never");
const ASKING: Partial<RunPlan> = { jobs: [{ name: "ask", targets: "all", needsApproval: true }] };

beforeAll(readyHistograms);

test("approval counts from the job's creation to the approval, over the targets whose users are asked", () => {
  const state = begun({ jobs: [...ASKING.jobs!, { name: "plain", targets: "all" }] });
  add(state, "approval", 0, HOUR_US, GIVEN);
  add(state, "approval", 1, 3 * HOUR_US, GIVEN);

  const { approval } = computeResult(state, factsOf()).metrics;

  expect(approval).toMatchObject({ count: 2, size: 4, isValid: true });
  expect([approval!.min, approval!.max]).toEqual([HOUR_US, 3 * HOUR_US]);
  expect(approval!.p75).toBe("not reached");
});

test("a node waits for approval until its user gives it, and then to be offered the job", () => {
  const state = begun(ASKING);
  add(state, "approval", 0, MINUTE_US, GIVEN);

  const { unfinished, unfinishedBy } = computeResult(state, factsOf()).outcomes;

  expect(unfinished).toBe(4);
  expect(unfinishedBy.waitingForApproval.online).toBe(3);
  expect(unfinishedBy.neverOffered.online).toBe(1);
});

test("a node whose user never approves is settled, and one whose user has yet to is not", () => {
  const state = begun(ASKING);

  add(state, "approval", 2, 0, NEVER);

  expect(state.standing).toMatchObject({ settled: 1, reachableSettled: 1 });
  expect(computeResult(state, factsOf()).outcomes.unfinishedBy.waitingForApproval.online).toBe(4);
});

test("only the first word of a user counts, and one about a job that nobody is asked for does not", () => {
  const state = begun(ASKING);
  add(state, "approval", 0, HOUR_US, GIVEN);
  add(state, "approval", 0, 2 * HOUR_US, NEVER);
  const plain = begun({});
  add(plain, "approval", 0, HOUR_US, GIVEN);

  expect(computeResult(state, factsOf()).metrics["approval"]!.max).toBe(HOUR_US);
  expect(state.standing.settled).toBe(0);
  expect(computeResult(plain, factsOf()).metrics["approval"]!.count).toBe(0);
});

test("what users said is the same after a merge, whichever state was told", () => {
  const [one, other] = [emptyState(planOf(4, ASKING)), emptyState(planOf(4, ASKING))];
  for (const state of [one, other]) add(state, "job created", 0, 0, 0);
  add(one, "connected", 0, 0, 0);
  add(other, "connected", 3, 0, 0);
  add(one, "approval", 3, HOUR_US, GIVEN);
  add(other, "approval", 0, 2 * HOUR_US, GIVEN);

  for (const merged of [merge(one, other), merge(other, one)]) {
    const { approval } = computeResult(merged, factsOf()).metrics;
    expect([approval!.min, approval!.max, approval!.count]).toEqual([HOUR_US, 2 * HOUR_US, 2]);
  }
});

function begun(changes: Partial<RunPlan>): RunState {
  const state = emptyState(planOf(4, changes));
  for (let node = 0; node < 4; node++) add(state, "connected", node, 0, 0);
  state.plan.jobs.forEach((_, job) => add(state, "job created", 0, 0, 0, job));
  return state;
}

function add(
  state: RunState,
  kind: Parameters<typeof kindNumber>[0],
  node: number,
  atUs: number,
  detail: number,
  job = 0,
): void {
  addRecord(state, kindNumber(kind), node, atUs, detail, job, 0, 0);
}
