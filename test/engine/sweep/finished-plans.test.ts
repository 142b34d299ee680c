import { expect, test } from "vitest";
import { refuseOthers } from "../../../src/engine/sweep/finished-plans.ts";
import { sweepOf } from "../../report/sweep/sweep-fixture.ts";

test("what differs in a folder is told, and cut where it is long: anybody may have written it", () => {
  const theirs = { ...sweepOf(), tags: { branch: "y".repeat(5_000) } };
  let told = "";
  try {
    refuseOthers("there", { of: "sweep", sweep: sweepOf(), points: [] }, theirs);
  } catch (error) {
    told = String(error);
  }

  expect(told).toMatch(/there has the plans of another sweep in it \(tags: branch=y+… \(\+\d+ characters\)\)/);
  expect(told.length).toBeLessThan(1_000);
});
