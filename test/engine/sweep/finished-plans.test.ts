import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { finishedPlans, refuseOthers } from "../../../src/engine/sweep/finished-plans.ts";
import { SWEEP_REPORTS } from "../../../src/report/sweep/sweep-reports.ts";
import { sweepOf } from "../../report/sweep/sweep-fixture.ts";
import { freshPath } from "../small-runs.ts";

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

test("a folder that has all reports of its end is left untouched: it may be read-only, or somebody else's", () => {
  const folder = finishedFolder();
  writeFileSync(join(folder, "plans.lock"), "of somebody who reports at the same time");
  utimesSync(folder, 0, 0);
  const untouched = statSync(folder).mtimeMs;

  const end = finishedPlans(folder, WISH);

  expect(end).toEqual({
    result: JSON.parse(JSON.stringify(sweepOf())),
    folder,
    files: SWEEP_REPORTS.map(({ fileName }) => join(folder, fileName)),
    unwritten: [],
    canGoOn: false,
    wasOver: true,
  });
  expect(statSync(folder).mtimeMs, "nothing was made in it").toBe(untouched);
});

test("where a report is missing and cannot be written, the result is told all the same", () => {
  const folder = finishedFolder();
  rmSync(join(folder, "sweep.csv"));
  // Nothing can take the place of a folder, whoever asks for it.
  mkdirSync(join(folder, "sweep.csv"));

  const end = finishedPlans(folder, WISH);

  expect(end?.result).toEqual(JSON.parse(JSON.stringify(sweepOf())));
  expect(end?.files.map((path) => basename(path))).toEqual(["sweep.html", "sweep.json"]);
  expect(end?.unwritten).toEqual([expect.stringMatching(/^sweep\.csv cannot be written: /)]);
});

const { points, ...sweep } = sweepOf();
const WISH = {
  head: { of: "sweep", sweep, points: points.map(({ values }) => values) },
  reports: SWEEP_REPORTS,
} as const;

function finishedFolder(): string {
  const folder = freshPath();
  mkdirSync(folder);
  for (const { fileName, render } of SWEEP_REPORTS) writeFileSync(join(folder, fileName), render(sweepOf()));
  return folder;
}
