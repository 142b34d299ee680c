import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compareFolders } from "../../src/engine/compare-folders.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { freshPath, smallScenario, watching } from "./small-runs.ts";

let plain: string;
beforeAll(async () => (plain = await planned()));

describe("two folders", () => {
  test("of plans of one scenario are of the same scenario, and equal", async () => {
    const { scenario, outcomes, completionDistance } = await compareFolders(plain, await planned(), []);

    expect(scenario).toMatchObject({ isSame: true, differs: [], mayDiffer: [] });
    expect(scenario.sha256[0]).toBe(scenario.sha256[1]);
    expect(outcomes.every(({ difference }) => difference === 0)).toBe(true);
    expect(completionDistance).toBe(0);
  });

  test.each([
    ["clock.speed=60", "clock.speed"],
    ["seed=2", "seed"],
    ['thresholds.completion=["p(50)<9h"]', "thresholds"],
    ["tags={commit: abc}", "tags"],
  ])("that differ by %s are of the same scenario all the same, and say so", async (set, block) => {
    const { scenario } = await compareFolders(plain, await planned(set), []);

    expect(scenario).toMatchObject({ isSame: true, differs: [], mayDiffer: [block] });
  });

  test.each([
    ["fleet.cohorts.homes.autofetch.every=30m", "fleet"],
    ["jobs.0.window=02:00-04:00", "jobs"],
    ["end.after=13h", "end"],
    ["clock.start=2026-03-10T13:00:00Z", "clock.start"],
    ["backend.strict=documents", "backend.strict"],
  ])("that differ by %s are of different scenarios", async (set, block) => {
    const { scenario, verdict } = await compareFolders(plain, await planned(set), [{ on: "peaks", share: 10 }]);

    expect(scenario).toMatchObject({ isSame: false, differs: [block] });
    expect(verdict).toBe("beyond");
  });

  test("of which neither is a run are told of both at once", async () => {
    const [gone, empty] = [freshPath(), freshPath()];
    mkdirSync(empty);

    await expect(compareFolders(gone, empty, [])).rejects.toThrow(/is not there; .*\n.*has no run\.json; /);
  });
});

test.each(["sweep.json", "find.json", "plans.jsonl"])(
  "the folder of many plans, with its %s, is none of a run",
  async (file) => {
    const many = freshPath();
    mkdirSync(many);
    writeFileSync(join(many, file), "{}");

    await expect(compareFolders(plain, many, [])).rejects.toThrow(/is of a sweep or a search, which keeps no run; /);
  },
);

describe("a plan's folder", () => {
  test.each([
    ["no result.json", (path: string) => rmSync(path), "has no result.json"],
    ["half of it", (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 2_000)), "is cut or no JSON"],
    ["null", (path: string) => writeFileSync(path, "null"), "is none of otafleet's"],
    [
      "another version",
      edited('"version": 1', '"version": 2'),
      "is of version 2, where this otafleet reads 1|of version 2",
    ],
    ["words for numbers", edited(/"targeted": \d+/, '"targeted": "all"'), "is no result: "],
    ["another seed", edited(/"seed": \d+/, '"seed": 77'), "is of another run than its run.json"],
    ["counts without measure", edited(/"fetch sent": \d+/, '"fetch sent": 1e300'), "with numbers beyond measure"],
    ["rates without measure", edited(/"fetches": \[\s*\d+/, '"fetches": [ -1e300'), "with numbers beyond measure"],
    ["buckets of nothing", edited(/"bucketUs": \d+/, '"bucketUs": 0'), "whose timelines do not fit together"],
    [
      "buckets of half a second",
      edited(/"bucketUs": \d+/, '"bucketUs": 500000'),
      "whose timelines do not fit together",
    ],
    [
      "a column that is cut",
      edited(/"nodesOnline": \[\s*\d+,/, '"nodesOnline": ['),
      "whose timelines do not fit together",
    ],
  ])("with a result.json of %s is refused", async (_, damage, words) => {
    const folder = freshPath();
    cpSync(plain, folder, { recursive: true });
    damage(join(folder, "result.json"));

    await expect(compareFolders(folder, plain, [])).rejects.toThrow(new RegExp(words));
  });
});

function edited(from: string | RegExp, to: string) {
  return (path: string): void => {
    const text = readFileSync(path, "utf8");
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`nothing of ${String(from)} stands in ${path}`);
    writeFileSync(path, changed);
  };
}

async function planned(...set: readonly string[]): Promise<string> {
  const scenario = smallScenario(...set);
  const outDir = freshPath();
  await planScenario({ scenario, imageBytes: madeImage(scenario), outDir }, watching());
  return outDir;
}
