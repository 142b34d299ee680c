import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { ResultsFolder } from "../../../src/engine/sweep/results-folder.ts";
import { headLine, type SweepLogHead, sweepSoFar } from "../../../src/measure/plan-log.ts";
import type { SweepResult } from "../../../src/measure/sweep-result.ts";
import { SWEEP_REPORTS } from "../../../src/report/sweep/sweep-reports.ts";
import { sweepOf } from "../../report/sweep/sweep-fixture.ts";
import { freshPath } from "../small-runs.ts";

const { points, ...sweep } = sweepOf();
const HEAD: SweepLogHead = { of: "sweep", sweep, points: points.map(({ values }) => values) };
/** No process has this number: it is above the largest that Linux gives. */
const NOBODY = 999_999_999;
const LOCK = JSON.stringify({ pid: NOBODY, host: hostname(), birth: "" });

test.each([
  ["with its lock alone", { "plans.lock": LOCK }],
  ["in mid-lock", { [`plans.lock.${NOBODY}.0123abcd.draft`]: LOCK }],
  ["in mid-log", { "plans.lock": LOCK, [`plans.jsonl.${NOBODY}.0123abcd.draft`]: headLine(HEAD).slice(0, 99) }],
])("a folder of one who was killed %s is as good as new", (_, files) => {
  const outDir = folderWith(files);

  begun(outDir).close();

  expect(readdirSync(outDir).sort()).toEqual(["plans.jsonl", "sweep.csv", "sweep.html", "sweep.json"]);
  expect(readFileSync(join(outDir, "plans.jsonl"), "utf8")).toBe(headLine(HEAD));
});

test("files of somebody else are left alone, whatever lies beside them", () => {
  const outDir = folderWith({ "plans.lock": LOCK, "thesis.txt": "mine" });

  expect(() => begun(outDir)).toThrow(UserError);
  expect(() => begun(outDir)).toThrow("has files in it");
  expect(readdirSync(outDir).sort()).toEqual(["plans.lock", "thesis.txt"]);
});

function begun(outDir: string): ResultsFolder<SweepResult> {
  const soFar = () => sweepSoFar({ ...HEAD, plans: [], because: "it is not over yet" });
  return new ResultsFolder({ outDir, name: "night", head: HEAD, reports: SWEEP_REPORTS, soFar });
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = freshPath();
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
