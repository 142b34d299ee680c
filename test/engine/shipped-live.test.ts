/** Every scenario that ships, on real sockets at a small size. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { loadScenario } from "../../src/cli/scenario-file.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { brokenLaws, steadyRun } from "./small-runs.ts";

const FOLDER = new URL("../../scenarios/", import.meta.url).pathname;

/** Some live through days, and may do so once more at a slower clock. */
const PLENTY = { timeout: 240_000 };

/**
 * How each is made small enough to be run live in some seconds: nodes, and a faster clock or a shorter wait. To wait
 * costs next to no CPU, and the slower the clock, the better it suits a busy machine.
 */
const LIVE: Readonly<Record<string, { readonly nodes: number; readonly set: readonly string[] }>> = {
  "ask-the-user.yaml": { nodes: 40, set: ["clock.speed=5400", "end.after=10h", ...hurriedUsers()] },
  // Its nodes dial again after ten seconds of wall time, whatever the clock's speed.
  "backend-restart.yaml": {
    nodes: 30,
    set: ["clock.speed=600", "backend.faults.restart.at=30m", "backend.faults.restart.after=1s"],
  },
  "boot-loops.yaml": { nodes: 40, set: ["clock.speed=2400"] },
  // The cancel takes some wall time, in which more downloads begin the faster the clock is.
  "cancel-mid-job.yaml": { nodes: 80, set: ["clock.speed=1800"] },
  // What a scenario says of its servers holds in plans alone: these are as fast as this machine.
  "cdn-bill.yaml": { nodes: 30, set: ["clock.speed=600", "fleet.cohorts.homes.offline=none"] },
  "district-power-cut.yaml": { nodes: 40, set: ["clock.speed=7200"] },
  "first-rollout.yaml": { nodes: 40, set: ["clock.speed=7200"] },
  "hotfix-overtakes.yaml": { nodes: 40, set: ["clock.speed=7200"] },
  "load-10k.yaml": { nodes: 40, set: ["clock.speed=60"] },
  // Of forty, one that is away for days and one that is offered the job a second time would be 5 %.
  "million-week.yaml": {
    nodes: 100,
    set: ["clock.speed=2700", "fleet.cohorts.homes.autofetch.every=8h", "fleet.cohorts.homes.offline=none"],
  },
  "night-across-dst.yaml": { nodes: 30, set: ["clock.speed=10800"] },
  "night-rollout.yaml": { nodes: 30, set: ["clock.speed=43200"] },
  "old-firmware.yaml": { nodes: 30, set: ["clock.speed=21600"] },
  "outage-herd.yaml": { nodes: 40, set: ["clock.speed=3600"] },
  "push-8k.yaml": { nodes: 40, set: ["clock.speed=60"] },
  "push-against-default.yaml": { nodes: 40, set: ["clock.speed=1800", "fleet.cohorts.pushed.offline=none"] },
  // Four minutes would be 67 ms on the wall, which a busy machine needs between an offer and its download.
  "short-lived-url.yaml": { nodes: 30, set: ["clock.speed=3600", "backend.urlLife=40m"] },
  // So few nodes never make a hundred reports, so all stages go out.
  "staged-boot-loops.yaml": { nodes: 40, set: ["clock.speed=14400", ...hurriedStages()] },
  // Of forty nodes two were in the first stage: the rule would never see enough.
  "stop-and-hotfix.yaml": {
    nodes: 40,
    set: [
      "clock.speed=21600",
      "image.make.defects.0.share=100%",
      "jobs.0.rollout.stages.0.share=60%",
      "jobs.0.rollout.stop.of=10",
    ],
  },
};

/** What a clock that runs so fast does to the measurement of single steps, or a fault that hits none of so few nodes. */
const OF_SMALL_AND_FAST =
  /compressed too hard|is invalid: |cannot pass: |too few samples|never fired|^The generator was the limit/;

const shipped = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

test("every scenario that ships is tried here", () => {
  expect(shipped).toEqual(Object.keys(LIVE));
});

// They mostly wait for their fleet's time to pass, so several do that at once.
test.concurrent.each(shipped)("%s goes the same way on real sockets", PLENTY, async (name) => {
  const { nodes, set } = LIVE[name]!;
  const overrides = { nodes: String(nodes), set: ["fleet.connect.over=200ms", ...set] };
  const { scenario } = loadScenario(FOLDER + name, overrides);

  const { result } = await steadyRun(scenario, (end) => flawsOf(end.result));

  expect(result.verdict).not.toBe("incomplete");
  expect(flawsOf(result)).toEqual([]);
  expect(brokenLaws(result)).toEqual([]);
  expect(result.truth.falseSuccess).toBe(0);
  expect(result.counters["download ended: complete"]).toBeGreaterThan(nodes * 0.3);
});

/** Reasons against a run that are neither its size's nor its clock's. */
function flawsOf({ reasons }: RunResult): readonly string[] {
  return reasons.filter((reason) => !OF_SMALL_AND_FAST.test(reason));
}

/** Users who need an hour instead of a day, and nodes that ask accordingly. */
function hurriedUsers(): readonly string[] {
  const approval = "jobs.0.trigger.user-approved";
  return [`${approval}.delay=1h`, `${approval}.reminder=3h`, "fleet.cohorts.homes.autofetch.every=2h"];
}

/** Stages of an hour instead of a day, and nodes that ask accordingly. */
function hurriedStages(): readonly string[] {
  const stages = "jobs.0.rollout.stages";
  return [`${stages}.0.bake=6h`, `${stages}.1.bake=6h`, "image.make.defects=[]"];
}
