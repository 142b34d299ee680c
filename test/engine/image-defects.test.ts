/** A release that crashes on one revision of the board, and what cures it: live and planned alike. */
import { expect, test } from "vitest";
import { factsOfImage } from "../../src/cli/image-file.ts";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { parseAppImage } from "../../src/image/app-image.ts";
import { buildAppImage } from "../../src/image/build-image.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { isRaceFree } from "../../src/scenario/race-free.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import { fileOf, freshPath, smallRun, smallScenario, stableColumns, watching } from "./small-runs.ts";

const CALM = "fleet.cohorts.workshops.faults={}";
const HARDWARE = "fleet.cohorts.homes.runs.hardware={ rev-a: 2, rev-b: 1 }";
const LOOPS_ON_B = "image.make.defects=[{ fault: boot-loop, hardware: rev-b }]";
const FAILS_ON_A_TOO =
  "image.make.defects=[{ fault: boot-loop, hardware: rev-b }, { fault: self-test-fails, hardware: rev-a, share: 30% }]";
const HOTFIX = "jobs=[{ name: release }, { name: hotfix, starts: 2h, image: { make: { version: 2.0.1 } } }]";

test("defects strike the hardware that they name, and the hotfix cures them: run and plan say so of each node", async () => {
  const scenario = smallScenario(CALM, HARDWARE, FAILS_ON_A_TOO, HOTFIX);
  expect(isRaceFree(scenario)).toEqual({ raceFree: true, reasons: [], secondOffers: [] });

  const plan = await planned(scenario);
  const run = await smallRun(scenario);

  const fates = rowsOf(plan.csv)
    .filter(({ job }) => job === "release")
    .map(({ hardware, defects, outcome }) => `${hardware} ${defects} ${outcome}`);
  expect([...new Set(fates)].sort()).toEqual([
    "rev-a  success",
    "rev-a self-test-fails@2.0.0 rolledBack",
    "rev-b boot-loop@2.0.0 rolledBack",
  ]);
  const cured = rowsOf(plan.csv).filter(({ job }) => job === "hotfix");
  expect([...new Set(cured.map(({ outcome, finalVersion }) => `${outcome} ${finalVersion}`))]).toEqual([
    "success 2.0.1",
  ]);
  const loops = fates.filter((fate) => fate.startsWith("rev-b")).length;
  expect(plan.result.faults["boot-loop@2.0.0"]).toEqual({ of: "image", drawn: loops, fired: loops });
  expect(plan.result.faults["boot-loop"]).toBeUndefined();
  const told = plan.result.defects?.map(({ job, fault, targets, installed, struck }) => ({
    text: `${job} ${fault}`,
    counts: [targets, installed, struck],
  }));
  const fails = fates.filter((fate) => fate.includes("self-test-fails")).length;
  expect(told).toEqual([
    { text: "release boot-loop", counts: [loops, loops, loops] },
    { text: "release self-test-fails", counts: [fails, fails, fails] },
  ]);
  expect(plan.result.endReasons).toEqual(
    [
      { outcome: "rolledBack", reason: "boot loop", count: loops, beliefs: { rejected: loops } },
      { outcome: "rolledBack", reason: "self-test failed", count: fails, beliefs: { rejected: fails } },
    ].toSorted((a, b) => b.count - a.count),
  );
  expect(run.result.defects).toEqual(plan.result.defects);
  expect(run.result.endReasons).toEqual(plan.result.endReasons);
  expect(run.result.faults).toEqual(plan.result.faults);
  expect(stableColumns(fileOf(run, "nodes.csv"))).toEqual(stableColumns(plan.csv));
});

test("a fault that an image carries is no fault that never fired where no node ever booted the image", async () => {
  const { result } = await planned(smallScenario(CALM, HARDWARE, LOOPS_ON_B, "fleet.cohorts.homes.runs.chip=esp32s3"));

  expect(result.outcomes.rejected).toBe(40);
  expect(result.faults).toEqual({});
  expect(result.verdict).toBe("passed");
  expect(result.remarks).toContainEqual(
    expect.stringMatching(
      /^The defect boot-loop of image 2.0.0 of job spring \(100 % of rev-b\) struck nobody: of the 1\d targets/,
    ),
  );
});

test("a defect that can strike nobody makes a run invalid: of its hardware there is no target, or it ends too early", async () => {
  const ofNobody = await planned(
    smallScenario(CALM, HARDWARE, "image.make.defects=[{ fault: brick, hardware: rev-c }]"),
  );
  const tooLate = await planned(smallScenario(CALM, "image.make.defects=[{ fault: boot-loop, after: 13h }]"));
  const justInTime = await planned(smallScenario(CALM, "image.make.defects=[{ fault: boot-loop, after: 12h }]"));

  expect(ofNobody.result.verdict).toBe("invalid");
  expect(ofNobody.result.reasons).toEqual([
    "The defect brick of image 2.0.0 of job spring (100 % of rev-c) can strike nobody: none of its targets is of that kind.",
  ]);
  expect(tooLate.result.reasons).toEqual([
    "The defect boot-loop of image 2.0.0 of job spring (100 % of all hardware, after 46800000000 us) can strike nobody: the run ends before that.",
  ]);
  expect(justInTime.result.verdict).toBe("passed");
  expect(justInTime.result.remarks).toEqual([
    expect.stringContaining("40 of the 40 targets that it strikes installed"),
  ]);
});

test("a job that never begins leaves its image's defects idle, which is no mistake", async () => {
  const scenario = smallScenario(
    CALM,
    "jobs=[{ name: first }, { name: second, starts: by timeline, image: { make: { version: 3.0.0, defects: [{ fault: brick }] } } }]",
    'timeline=[{ when: "failed{job:first} > 90%", do: { start: second } }]',
  );

  const { result } = await planned(scenario);

  expect(result.verdict).toBe("passed");
  expect(result.remarks).toContainEqual(
    expect.stringContaining("struck nobody: of the 40 targets that it strikes none installed the image"),
  );
});

test("a share of a defect hits that share of the hardware, and a brick is counted as what it is", async () => {
  const { result, csv } = await planned(
    smallScenario(CALM, "nodes=400", "image.make.defects=[{ fault: brick, share: 25% }]"),
  );

  const bricked = rowsOf(csv).filter(({ outcome }) => outcome === "bricked");
  expect(bricked.length).toBe(result.outcomes.bricked);
  // Three standard deviations of 400 draws of 25 %.
  expect(Math.abs(bricked.length - 100)).toBeLessThan(26);
  expect(result.faults["brick@2.0.0"]).toEqual({ of: "image", drawn: bricked.length, fired: bricked.length });
  expect(result.endReasons).toEqual([
    expect.objectContaining({ outcome: "bricked", reason: "broke at its first boot", count: bricked.length }),
  ]);
  expect(new Set(bricked.map(({ defects }) => defects))).toEqual(new Set(["brick@2.0.0"]));
});

test("a boot loop that comes after days spoils a success that backend and node had agreed on", async () => {
  const scenario = smallScenario(
    CALM,
    "clock.speed=1",
    "image.make.defects=[{ fault: boot-loop, after: 1d }]",
    "jobs=[{ name: release }, { name: later, starts: 2d, image: { make: { version: 2.0.1 } } }]",
    "end.after=3d",
    "fleet.cohorts.homes.autofetch.every=6h",
  );

  const { result } = await planned(scenario);

  expect(isRaceFree(scenario).reasons).toContain(
    "image 2.0.0 crashes when it has run for a while, wherever its nodes are by then",
  );

  expect(result.jobs[0]!.outcomes.bricked).toBe(40);
  expect(result.faults["boot-loop@2.0.0"]).toEqual({ of: "image", drawn: 40, fired: 40 });
  expect(result.endReasons).toContainEqual(
    expect.objectContaining({ outcome: "bricked", reason: "crashed after it was confirmed", count: 40 }),
  );
  expect(result.truth.falseSuccess).toBe(0);
});

test("an image that was made with a defect means the same as a file as it does in a scenario", async () => {
  const made = smallScenario(CALM, HARDWARE, "image.make.defects=[{ fault: boot-loop, hardware: rev-b, share: 50% }]");
  const bytes = madeImage(made);
  const parse = parseAppImage(bytes);
  if (!parse.ok) throw new Error("a made image is sound");
  const facts = factsOfImage("release.bin", parse.image);

  const ofFile = { ...made, image: { from: "file" as const, path: "release.bin", ...facts } };

  expect(rowsOf((await planned(ofFile, bytes)).csv)).toEqual(rowsOf((await planned(made)).csv));
});

test("an image with a fault that nodes do not know is refused by the file's name", () => {
  const parse = parseAppImage(
    buildAppImage({
      chip: "esp32c3",
      project: "demo",
      version: "2.0.0",
      sizeBytes: 4_096,
      seed: 1,
      defects: [{ fault: "melts", share: 1, afterUs: 0 }],
    }),
  );

  expect(() => parse.ok && factsOfImage("new.bin", parse.image)).toThrow(
    /new\.bin: has the defect melts; nodes know boot-loop, .* make the image again/,
  );
});

test("a defect for hardware that no target has is warned of, by the job", () => {
  const text = (runs: string): string => `
name: small
clock: { start: 2026-03-10T12:00:00Z }
image: { make: { defects: [{ fault: brick, hardware: rev-c }] } }
fleet: { cohorts: [{ name: homes, autofetch: { every: 1h }${runs} }] }
jobs: [{ name: spring }]
end: { after: 1d }
`;
  const warnings = (runs: string) =>
    resolveScenario(readScenario(text(runs), "small.yaml", { adapters: ADAPTERS })).warnings.map(
      ({ seen, expected }) => `${seen}; ${expected}`,
    );

  expect(warnings("")).toEqual([
    "has defects for hardware that no target of the job has: rev-c; say it with runs: { hardware: rev-b }",
  ]);
  expect(warnings(", runs: { hardware: rev-b }")).toEqual([
    "has defects for hardware that no target of the job has: rev-c; its targets have rev-b",
  ]);
  expect(warnings(", runs: { hardware: { rev-b: 1, rev-c: 1 } }")).toEqual([]);
});

async function planned(
  scenario: ReturnType<typeof smallScenario>,
  imageBytes: Uint8Array = madeImage(scenario),
): Promise<{ readonly result: RunResult; readonly csv: string }> {
  const outDir = freshPath();
  const { result } = await planScenario({ scenario, imageBytes, outDir }, watching());
  return { result, csv: fileOf({ folder: outDir }, "nodes.csv") };
}

interface Row {
  readonly [column: string]: string | undefined;
}

function rowsOf(csv: string): readonly Row[] {
  const [header = "", ...lines] = csv.trimEnd().split("\r\n");
  const names = header.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, column) => [name, cells[column] ?? ""]));
  });
}
