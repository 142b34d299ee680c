import { expect, test } from "vitest";
import { FORETOLD } from "../../src/measure/run-plan.ts";
import { foretoldOf } from "../../src/scenario/foretold.ts";
import { scenarioOf } from "./reading.ts";

const TEXT = `
name: fleet
clock: { start: 2026-03-10T12:00:00Z }
image: { make: { version: 2.0.0, chip: esp32c3, DEFECTS } }
nodes: 1000
fleet:
  cohorts:
    - { name: homes, nodes: 600, autofetch: { every: 6h }, runs: { version: 1.0.0, hardware: { rev-a: 1, rev-b: 1 } } }
    - { name: done, nodes: 200, like: homes, runs: { version: 2.0.0 } }
    - { name: others, nodes: 200, like: homes, runs: { chip: esp32s3 } }
jobs: [{ name: spring, JOB }]
end: { after: 72h }
`;

test("without defects and stages nothing is foretold", () => {
  expect(foretold("", "targets: all")).toBeUndefined();
});

test("a defect strikes its share of its hardware, the first of two goes first, and all targets of neither are free", () => {
  const bytes = foretold(
    "defects: [{ fault: brick, hardware: rev-b, share: 20% }, { fault: boot-loop, hardware: rev-b }]",
    "targets: { cohorts: [homes] }",
  );

  const homes = [...(bytes ?? [])].slice(0, 600);
  const [none, bricks, loops] = [0, 1, 2].map(
    (place) => homes.filter((byte) => (byte & FORETOLD.defect) === place).length,
  );
  expect(none! + bricks! + loops!).toBe(600);
  // Three standard deviations of 600 draws of a half, and of a fifth of them.
  expect(Math.abs(none! - 300)).toBeLessThan(37);
  expect(Math.abs(bricks! - 60)).toBeLessThan(21);
  expect([...(bytes ?? [])].slice(600).every((byte) => byte === 0)).toBe(true);
});

test("nodes that run the image already, or have another chip, refuse it", () => {
  const bytes = foretold("defects: [{ fault: brick }]", "targets: all");

  const refusing = [...(bytes ?? [])].map((byte) => (byte & FORETOLD.refuses) !== 0);
  expect(refusing.slice(0, 600).includes(true)).toBe(false);
  expect(refusing.slice(600).includes(false)).toBe(false);
});

test("of a job in stages it is foretold who refuses the image, defects or not", () => {
  const bytes = foretold("", "rollout: { stages: [{ share: 10% }, { share: 100% }] }");

  expect([...(bytes ?? [])].filter((byte) => byte === FORETOLD.refuses)).toHaveLength(400);
});

test("of a job in stages it is foretold whom the image ends, at its first boot or later, and whom it cannot end", () => {
  const job = "rollout: { stages: [{ share: 10% }, { share: 100% }] }";
  const homes = (defects: string): readonly number[] => [...(foretold(defects, job) ?? [])].slice(0, 600);
  const fates = (defects: string) => new Set(homes(defects).map((byte) => byte & ~FORETOLD.defect));

  expect(fates("defects: [{ fault: brick }]")).toEqual(new Set([FORETOLD.hit]));
  expect(fates("defects: [{ fault: lost-status }]")).toEqual(new Set([0]));
  expect(fates("defects: [{ fault: boot-loop, after: 3d }]")).toEqual(new Set([FORETOLD.hitLater]));
  expect(fates("size: 4MiB, defects: [{ fault: brick }]")).toEqual(new Set([FORETOLD.refuses]));
});

function foretold(defects: string, job: string): Uint8Array | undefined {
  const scenario = scenarioOf(TEXT.replace("DEFECTS", defects || "size: 64KiB").replace("JOB", job));
  const [spring] = scenario.jobs;
  if (spring === undefined) throw new Error("the scenario has a job");
  return foretoldOf(scenario, spring);
}
