import { expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { checkPairsFit } from "../../src/engine/plan-room.ts";
import { checkCanBePlanned } from "../../src/engine/virtual-run.ts";
import { smallScenario } from "./small-runs.ts";

/** The longest buffer of Node.js 20. */
const FOUR_GIB = 2 ** 32;

test("the last fleet that fits into a buffer is planned, and one node more is told how many fit", () => {
  expect(() => checkPairsFit(fleetOf(9_942_053, 9), FOUR_GIB)).not.toThrow();

  expect(mistakeOf(() => checkPairsFit(fleetOf(9_942_054, 9), FOUR_GIB))).toEqual({
    field: "nodes",
    seen: `is 9942054, which with 9 jobs makes 89478486 pairs of node and job; this Node.js (${process.version}) has room for 89478485 in one buffer`,
    expected:
      "with so many jobs there is room for at most 9942053 nodes (-n 9942053), and for so many nodes for at most 8 jobs",
  });
  expect(() => checkPairsFit(fleetOf(10_000_000, 8), FOUR_GIB)).not.toThrow();
});

test("of a plan it is checked first, before anything is made", () => {
  const scenario = smallScenario();
  const huge = { ...scenario, fleet: { ...scenario.fleet, nodes: Number.MAX_SAFE_INTEGER } };

  expect(mistakeOf(() => checkCanBePlanned(huge))).toMatchObject({ field: "nodes" });
  expect(() => checkCanBePlanned(scenario)).not.toThrow();
});

function fleetOf(nodes: number, jobs: number) {
  return { fleet: { nodes }, jobs: { length: jobs } };
}

function mistakeOf(check: () => void) {
  try {
    check();
  } catch (error) {
    if (error instanceof UserError) return error.mistakes[0];
    throw error;
  }
  return undefined;
}
