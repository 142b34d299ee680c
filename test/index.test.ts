import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ADAPTERS, madeImage, planScenario, readScenario, resolveScenario, UserError } from "../src/index.ts";
import { SMALL_SCENARIO } from "./cli/otafleet.ts";

test("a program reads, resolves and plans a scenario with what the package exports", async () => {
  const phases: string[] = [];
  const { scenario } = resolveScenario(readScenario(SMALL_SCENARIO, "small.yaml", { adapters: ADAPTERS }));

  const { result, folder } = await planScenario(
    { scenario, imageBytes: madeImage(scenario) },
    { onPhase: (text) => void phases.push(text), onProgress: () => {} },
  );

  expect(result).toMatchObject({ verdict: "passed", outcomes: { success: 40 } });
  expect(folder).toBeUndefined();
  expect(phases.length).toBeGreaterThan(0);
});

test("a program sees every mistake of a scenario by its place", () => {
  const text = SMALL_SCENARIO.replace("nodes: 40", "nodes: 0").replace("4h", "4");

  const read = (): unknown => readScenario(text, "small.yaml", { adapters: ADAPTERS });

  expect(read).toThrow(UserError);
  expect(read).toThrow(/small\.yaml:4:8: nodes is 0.*\n.*small\.yaml:10:15: end\.after is 4/);
});

test("the example compares periods with what the package exports", async () => {
  const { stdout } = await example("200", "1h", "12h");

  const [head, ...rows] = stdout.trimEnd().split("\n");
  expect(head).toContain("95 % are done");
  // Phases are uniform, so half of the nodes have asked after half a period, and 95 % after 95 % of it.
  expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
    ["1h", expect.any(String), expect.stringMatching(/^0\.[56] h$/), expect.stringMatching(/^1\.0 h$/), "passed"],
    ["12h", expect.any(String), expect.stringMatching(/^[56]\.\d h$/), expect.stringMatching(/^11\.\d h$/), "passed"],
  ]);
});

test("the example names a wrong period by its field, and exits with 2", async () => {
  await expect(example("200", "1x")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/autofetch\.every is "1x"; must be a duration/),
  });
});

/** Runs the example as a program of somebody's own would run: by the package's name, from `dist/`. */
function example(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const file = fileURLToPath(new URL("../examples/which-period.mjs", import.meta.url));
  return promisify(execFile)(process.execPath, [file, ...args]);
}
