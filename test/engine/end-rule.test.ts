import { beforeAll, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { allBegunAtUs, areAllSettled, goesOnUntilUs, isAllSettled, isPlanSettled } from "../../src/engine/end-rule.ts";
import { EndWatch } from "../../src/engine/end-watch.ts";
import { planOf } from "../../src/engine/scenario-plan.ts";
import { BOOT_STATES, NO_JOB, type RecordKind } from "../../src/measure/event-record.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { kindNumber } from "../../src/measure/record-codec.ts";
import { addRecord, emptyState } from "../../src/measure/reducer.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import { smallScenario } from "./small-runs.ts";

beforeAll(readyHistograms);

test("a run is over a minute of fleet time after the last reachable target settled, not before", () => {
  const state = begun();
  for (let node = 0; node < 4; node++) confirm(state, node, 100 * SECOND_US);

  expect(isAllSettled(state, 100 * SECOND_US + MINUTE_US - 1, 0, [], 0)).toBe(false);
  expect(isAllSettled(state, 100 * SECOND_US + MINUTE_US, 0, [], 0)).toBe(true);
  expect(areAllSettled(state, [])).toBe(true);
});

test("a plan's minute is over neither by an answer that is told ahead of its time, nor before a record of it", () => {
  const state = begun();
  for (let node = 0; node < 4; node++) confirm(state, node, 0);
  expect(isPlanSettled(state, MINUTE_US, 0)).toBe(false);

  add(state, "fetch acked", 0, MINUTE_US + SECOND_US, 0, NO_JOB);

  expect(isPlanSettled(state, MINUTE_US - 1, 0)).toBe(false);
  expect(isPlanSettled(state, MINUTE_US, 0)).toBe(true);
});

test("a plan goes on for certain until the last reachable target that is not settled hears of anything", () => {
  const state = begun();
  const hears = (node: number): number => [10, 40, 20, 30][node]! * MINUTE_US;
  expect(goesOnUntilUs(state, 0, hears)).toBe(40 * MINUTE_US);

  confirm(state, 1, 0);
  expect(goesOnUntilUs(state, 0, hears)).toBe(30 * MINUTE_US);
  expect(goesOnUntilUs(state, HOUR_US, hears)).toBe(HOUR_US + MINUTE_US);

  for (const node of [0, 2, 3]) confirm(state, node, 0);
  expect(goesOnUntilUs(state, 0, hears)).toBe(MINUTE_US);
});

test("a target that nobody has seen keeps no plan going", () => {
  const state = emptyState(planOf(smallScenario(), 1));
  add(state, "job created", 0, 0, 0, 0);
  expect(goesOnUntilUs(state, 0, () => HOUR_US)).toBe(MINUTE_US);
});

test("records that may be under way are waited for: half a second of wall time", () => {
  const state = begun();
  for (let node = 0; node < 4; node++) confirm(state, node, 0);

  expect(isAllSettled(state, MINUTE_US + 299 * SECOND_US, 600, [], 0)).toBe(false);
  expect(isAllSettled(state, MINUTE_US + 300 * SECOND_US, 600, [], 0)).toBe(true);
});

test("a live run whose end is a time is not over before it, whoever is settled", () => {
  const state = begun();
  for (let node = 0; node < 4; node++) confirm(state, node, 0);
  const isOver = (when: string): boolean =>
    new EndWatch(smallScenario(`end.when=${when}`, "clock.speed=1"), () => {}).isOver(state, 10 * MINUTE_US, 1e6, []);

  expect(isOver("settled")).toBe(true);
  expect(isOver("time")).toBe(false);
});

test("one reachable target that is not settled keeps the run going, unless its worker is lost", () => {
  const state = begun();
  for (let node = 0; node < 3; node++) confirm(state, node, 0);

  expect(isAllSettled(state, 10 * MINUTE_US, 0, [], 0)).toBe(false);
  expect(isAllSettled(state, 10 * MINUTE_US, 0, [{ firstNode: 0, lastNode: 2 }], 0)).toBe(false);
  expect(isAllSettled(state, 10 * MINUTE_US, 0, [{ firstNode: 2, lastNode: 3 }], 0)).toBe(true);
});

test("a run in which nobody was reachable yet is not over", () => {
  const state = emptyState(planOf(smallScenario("nodes=4"), 1));

  expect(isAllSettled(state, 10 * MINUTE_US, 0, [], 0)).toBe(false);
});

test("a booting fleet is not settled before its last node has had a minute, however soon the first ones are", () => {
  const scenario = smallScenario("nodes=4", "fleet.begins=booting", "fleet.connect.over=20s");
  const allBegunUs = allBegunAtUs(scenario, 600);
  const state = emptyState(planOf(scenario, 600));
  add(state, "job created", 0, 0, 0, 0);
  add(state, "connected", 0, SECOND_US, 0, NO_JOB);
  confirm(state, 0, 30 * SECOND_US);

  expect(allBegunUs).toBe(200 * MINUTE_US);
  expect(isAllSettled(state, 200 * MINUTE_US, 0, [], allBegunUs)).toBe(false);
  expect(isAllSettled(state, 201 * MINUTE_US, 0, [], allBegunUs)).toBe(true);
  expect(allBegunAtUs(smallScenario(), 600)).toBe(0);
});

function begun(): RunState {
  const state = emptyState(planOf(smallScenario("nodes=4"), 1));
  for (let node = 0; node < 4; node++) add(state, "connected", node, 0, 0, NO_JOB);
  add(state, "job created", 0, 0, 0, 0);
  return state;
}

function confirm(state: RunState, node: number, atUs: number): void {
  add(state, "booted", node, atUs, BOOT_STATES.indexOf("pending-verify"), 0);
  add(state, "confirmed", node, atUs, 0, 0);
}

function add(state: RunState, kind: RecordKind, node: number, atUs: number, detail: number, count: number): void {
  addRecord(state, kindNumber(kind), node, atUs, detail, count, 0, 0);
}
