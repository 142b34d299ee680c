/** Rollouts in stages and the timeline on real sockets: the same nodes as in a plan, a stop, a hotfix. */
import { expect, test } from "vitest";
import { madeImage } from "../../src/engine/made-image.ts";
import { reportOf } from "../../src/engine/recompute.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { brokenLaws, fileOf, freshPath, jsonOf, smallRun, smallScenario, watching } from "./small-runs.ts";

const CALM = "fleet.cohorts.workshops.faults={}";
const BAD = "fleet.cohorts.workshops.faults={ boot-loop: 100% }";

test.concurrent("run and plan release the same nodes in the same stages", async () => {
  const rollout =
    "stages: [{ share: 10%, bake: 1h }, { cohorts: [workshops], bake: 30m }, { share: 100% }], stop: { failed: 50%, of: 5 }";
  const scenario = smallScenario(`jobs=[{ name: spring, rollout: { ${rollout} } }]`, CALM);

  const live = await smallRun(scenario);
  const plan = await planScenario({ scenario, imageBytes: madeImage(scenario), outDir: freshPath() }, watching());

  expect(stagesOf(fileOf(live, "nodes.csv"))).toEqual(stagesOf(fileOf({ folder: plan.folder! }, "nodes.csv")));
  expect(live.result.jobs[0]!.rollout!.stages.map(({ targets, released }) => [targets, released])).toEqual(
    plan.result.jobs[0]!.rollout!.stages.map(({ targets, released }) => [targets, released]),
  );
  expect(live.result.outcomes.success).toBe(40);
  expect(live.result.truth.falseSuccess).toBe(0);
  expect(brokenLaws(live.result)).toEqual([]);
  expect(jsonOf(await reportOf(live.folder))).toBe(jsonOf(live.result));
});

test.concurrent("a live rollout is stopped by what the backend has on record, and the hotfix follows by the timeline", async () => {
  const spring =
    "{ name: spring, rollout: { stages: [{ share: 50%, bake: 9h }, { share: 100% }], stop: { failed: 10%, of: 10 } } }";
  const hotfix =
    "{ name: hotfix, starts: by timeline, targets: { cohorts: [homes] }, image: { make: { version: 3.0.0 } } }";
  const scenario = smallScenario(
    `jobs=[${spring}, ${hotfix}]`,
    "timeline=[{ when: 'stopped{job:spring}', after: 20m, do: [{ upload: hotfix }, { start: hotfix }] }]",
    BAD,
  );

  const { result } = await smallRun(scenario);

  const { rollout, outcomes } = result.jobs[0]!;
  expect(rollout!.stop).toMatchObject({ stage: 0, reason: "failed" });
  expect(rollout!.byThen.released).toBe(20);
  expect(outcomes.cancelled).toBeGreaterThanOrEqual(20);
  expect(result.operator!.map(({ act, job }) => `${act} ${job}`)).toEqual(["upload hotfix", "start hotfix"]);
  expect(result.jobs[1]!.outcomes.success).toBe(30);
  expect(brokenLaws(result)).toEqual([]);
});

/** The stage of each node. */
function stagesOf(csv: string): readonly string[] {
  const [head = "", ...lines] = csv.trimEnd().split("\r\n");
  const at = head.split(",").indexOf("stage");
  return lines.map((line) => line.split(",")[at] ?? "");
}
