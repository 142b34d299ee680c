import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { rewritePlans } from "../../../src/engine/sweep/plans-folder.ts";
import { headLine, planLine, type SearchLogHead, type SweepLogHead } from "../../../src/measure/plan-log.ts";
import { jsonText } from "../../../src/report/json-report.ts";
import type { PlansReporter } from "../../../src/report/sweep/plans-reporter.ts";
import { SEARCH_REPORTS } from "../../../src/report/sweep/search-reports.ts";
import { SWEEP_REPORTS } from "../../../src/report/sweep/sweep-reports.ts";
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
  ["sweep", reportsOf(SWEEP_REPORTS, sweepOf())],
  ["find", reportsOf(SEARCH_REPORTS, searchOf())],
])("the folder of a %s that came to its end gets its page anew, from its JSON", (of, reports) => {
  const folder = folderWith({ [`${of}.json`]: reports[`${of}.json`] ?? "", [`${of}.html`]: "of an earlier day" });

  const found = rewritePlans(folder);

  expect([found?.of, found?.end.canGoOn, found?.end.unwritten]).toEqual([of, false, []]);
  const texts = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  expect(Object.fromEntries(texts)).toEqual(reports);
});

test("a page that cannot be written is told, where it is not there already", () => {
  const folder = folderWith({ "find.json": jsonText(searchOf()) });
  // Nothing can take the place of a folder, whoever asks for it.
  mkdirSync(join(folder, "find.html"));

  expect(() => rewritePlans(folder)).toThrow(UserError);
  expect(() => rewritePlans(folder)).toThrow("find.html cannot be written");
});

test("of a file of few lines that names more combinations than fit into memory none are made", () => {
  const knobs = Array.from({ length: 50 }, (_, at) => ({ path: `knob-${at}`, values: ["1", "2", "3"] }));
  const folder = folderWith({ "sweep.json": JSON.stringify({ ...sweepOf(), knobs }) });

  expect(() => rewritePlans(folder)).toThrow("has a sweep.json that is not what this otafleet writes");
});

test.each([
  [{ "plans.jsonl": "" }, "has a plans.jsonl that is none of otafleet's; name a folder as otafleet plan --sweep"],
  [{ "plans.jsonl": headLine(SWEEP).slice(0, 300) }, "has a plans.jsonl that is none of otafleet's"],
  [
    { "sweep.json": "{}" },
    "has a sweep.json that is not what this otafleet writes at the end of a sweep; name a folder",
  ],
  [{ "find.json": "[" }, "has a find.json that is not what this otafleet writes at the end of a search; name a folder"],
  [{ "sweep.json": JSON.stringify({ ...sweepOf(), points: points.slice(1) }) }, "has a sweep.json that is not what"],
  [{ "sweep.json": JSON.stringify({ ...sweepOf(), figures: [] }) }, "has a sweep.json that is not what"],
  [
    { "sweep.json": JSON.stringify({ ...sweepOf(), points: points.toReversed() }) },
    "has a sweep.json that is not what",
  ],
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

/** What is to lie in a folder, by name. */
function reportsOf<Result>(reports: readonly PlansReporter<Result>[], result: Result): Record<string, string> {
  return Object.fromEntries(reports.map(({ fileName, render }) => [fileName, render(result)]));
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = freshPath();
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
