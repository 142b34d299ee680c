import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { rewritePlans } from "../../../src/engine/sweep/plans-folder.ts";
import { headLine, planLine, type SearchLogHead, type SweepLogHead } from "../../../src/measure/plan-log.ts";
import { HOSTILE } from "../../report/hostile-strings.ts";
import { planned, searchOf, sweepOf } from "../../report/sweep/sweep-fixture.ts";
import { freshPath } from "../small-runs.ts";

const { points, ...sweep } = sweepOf();
const SWEEP: SweepLogHead = { of: "sweep", sweep, points: points.map(({ values }) => values) };
const SEARCH: SearchLogHead = { of: "find", search: searchOf() };
const PLANS = points.flatMap(({ values, runs }) => runs.map((run) => planLine({ values, run })));

test("the folder of a sweep that was killed gets the reports of what is done, and may be gone on from", () => {
  const folder = folderWith({ "plans.jsonl": headLine(SWEEP) + PLANS.slice(0, 5).join("") });

  const found = rewritePlans(folder);

  expect([found?.of, found?.end.canGoOn]).toEqual(["sweep", true]);
  expect(readdirSync(folder).sort()).toEqual(["plans.jsonl", "sweep.csv", "sweep.html", "sweep.json"]);
  expect(readFileSync(join(folder, "sweep.html"), "utf8")).toContain("31 plans are missing: not planned yet.");
});

test("one that was killed when all was done has the reports of its end", () => {
  const folder = folderWith({ "plans.jsonl": headLine(SWEEP) + PLANS.toReversed().join("") });

  rewritePlans(folder);

  expect(JSON.parse(readFileSync(join(folder, "sweep.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(sweepOf())));
});

test("the folder of a search that was killed says what is known", () => {
  const plans = [100, 560].flatMap((at) =>
    SEARCH.search.seeds.map((seed) =>
      planLine({ values: [`${at}Mbit/s`], at, run: planned(seed, "passed", [at === 100 ? 4e10 : 1e10]) }),
    ),
  );
  const folder = folderWith({ "plans.jsonl": headLine(SEARCH) + plans.join("") });

  const found = rewritePlans(folder);

  expect(found?.of === "find" && found.end.result.sentences[1]).toBe(
    "So far it holds under all 3 seeds at 560Mbit/s and fails at 100Mbit/s: the edge lies between.",
  );
});

test.each([
  [{ "plans.jsonl": "" }, "has a plans.jsonl that is none of otafleet's; name a folder as otafleet plan --sweep"],
  [{ "plans.jsonl": headLine(SWEEP).slice(0, 300) }, "has a plans.jsonl that is none of otafleet's"],
  [{ "sweep.json": "{}" }, "is of a sweep that came to its end; open its sweep.html"],
  [{ "find.json": "{}" }, "is of a search that came to its end; open its find.html"],
])("a folder with %j is refused", (files, words) => {
  const folder = folderWith(files);

  expect(() => rewritePlans(folder)).toThrow(UserError);
  expect(() => rewritePlans(folder)).toThrow(words);
});

test("a log that is larger than can be read is refused for that", () => {
  const folder = folderWith({ "plans.jsonl": headLine(SWEEP) });
  // The rest of it takes no room on the disk.
  truncateSync(join(folder, "plans.jsonl"), 500_000_001);

  expect(() => rewritePlans(folder)).toThrow("has a plans.jsonl that is larger than the 500 MB that can be read");
  expect(readdirSync(folder)).toEqual(["plans.jsonl"]);
});

test("a folder of a run, or none, is left to whoever reads runs", () => {
  expect(rewritePlans(folderWith({ "run.json": "{}" }))).toBeUndefined();
  expect(rewritePlans(freshPath())).toBeUndefined();
});

test("hostile texts of a log act nowhere", () => {
  for (const hostile of HOSTILE) {
    const run = { ...planned(1, "failed", [1, 2, 3]), reasons: [hostile] };
    const head = {
      ...SWEEP,
      sweep: {
        ...sweep,
        scenario: { name: hostile, about: hostile, nodes: 1 },
        knobs: [{ path: hostile, values: [hostile] }],
      },
      points: [[hostile]],
    };
    const folder = folderWith({ "plans.jsonl": headLine(head) + planLine({ values: [hostile], run }) });

    rewritePlans(folder);

    const page = readFileSync(join(folder, "sweep.html"), "utf8");
    expect(page).not.toMatch(/<(script|img|iframe|object|embed|form|svg on|a href="[^#])/i);
  }
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = freshPath();
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
