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
