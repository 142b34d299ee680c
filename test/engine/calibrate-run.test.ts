import { cpSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { calibrateRun } from "../../src/engine/calibrate-run.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { modelText } from "../../src/engine/model-text.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import type { ServerCalibration } from "../../src/measure/calibration.ts";
import { freshPath, smallRun, smallScenario, watching } from "./small-runs.ts";

let live: string;
beforeAll(async () => {
  const end = await smallRun(smallScenario("nodes=12", "fleet.cohorts.workshops.faults.boot-loop=0%"));
  expect(end.result.verdict, end.result.reasons.join("\n")).toBe("passed");
  live = end.folder;
});

describe("calibrating with a folder", () => {
  test("says of each value of a live run either how well it fits or why it could not be fitted", async () => {
    const { fitted, unfitted, document } = await calibrateRun(live);

    expect(document.driver).toBe("live");
    expect(fitted.length + unfitted.length).toBe(13);
    // Twelve nodes ask a few times each: too few for a 99th percentile, or else the generator was late.
    expect(unfitted.find(({ name }) => name === "cdn.firstByte")?.because).toMatch(
      /^\d+ samples, and 100 are needed$|late/,
    );
  });

  test("counts records that are there twice once", async () => {
    const folder = copyOf(live);
    const log = join(folder, "events.log");
    const records = readFileSync(log);
    writeFileSync(log, Buffer.concat([records, records]));

    const [once, twice] = [await calibrateRun(live), await calibrateRun(folder)];

    expect([twice.fitted, twice.unfitted]).toEqual([once.fitted, once.unfitted]);
  });

  test("refuses a plan", async () => {
    const [scenario, outDir] = [smallScenario(), freshPath()];
    await planScenario({ scenario, imageBytes: madeImage(scenario), outDir }, watching());

    await expect(calibrateRun(outDir)).rejects.toThrow(
      /is of a plan, in which nothing was measured; name the folder of a live run/,
    );
  });

  test("refuses what is no folder of a run", async () => {
    await expect(calibrateRun(freshPath())).rejects.toThrow(/is not there; name the folder of a run/);
  });

  test("refuses a run that is not whole, and says why it is not", async () => {
    const folder = copyOf(live);
    truncateSync(join(folder, "events.log"), 2_000);

    await expect(calibrateRun(folder)).rejects.toThrow(/is incomplete: .*; name the folder of a live run that passed/);
  });

  test("refuses a run whose numbers are not to be used", async () => {
    const folder = copyOf(live);
    const facts = join(folder, "facts.json");
    writeFileSync(facts, readFileSync(facts, "utf8").replace(/"fetchesReceived": \d+/, '"fetchesReceived": 0'));

    await expect(calibrateRun(folder)).rejects.toThrow(/is invalid: Law C8\.fetches is broken/);
  });
});

test("a backend that was to misbehave is no backend to calibrate with", async () => {
  const scenario = smallScenario("nodes=4", "backend.faults={fetch-latency: 1ms}");
  const { folder } = await smallRun(scenario);

  await expect(calibrateRun(folder)).rejects.toThrow(
    /is of a backend that was to misbehave \(fetch-latency\); calibrate with/,
  );
});

describe("the block model:", () => {
  const VALUES: ServerCalibration = {
    roundTripUs: 0,
    fitted: [
      value("fetch.service", { kind: "duration", shape: { kind: "lognormal", p50: 1_234, p95: 5_678 } }),
      value("broker.connects", { kind: "events a second", perSecond: 1_234.567 }),
      value("cdn.egress", { kind: "bytes a second", perSecond: 12_345_678 }),
      value("cdn.firstByte", { kind: "duration", shape: { kind: "exponential", mean: 0.4 } }),
      value("statuses.servers", { kind: "count", count: 3 }),
      value("statuses.service", { kind: "duration", shape: { kind: "fixed", value: 2_000 } }),
    ],
    unfitted: [
      {
        name: "fetch.servers",
        because: "they were never all at work",
        needs: "",
        speedMax: undefined,
        assumed: { kind: "count", count: 7 },
      },
    ],
    speedMax: undefined,
  };

  test("can be read as part of a scenario, in whatever way the run was called", async () => {
    const { document } = await calibrateRun(live);
    for (const run of [document.run, '"]: x\n- y # z', "\u001b[2J\u202e", "x".repeat(5_000)]) {
      const text = modelText({ ...VALUES, document: { ...document, run } });
      const overrides = { model: { file: "model.yaml", text } };
      const scenario = readScenario(SMALLEST, "s.yaml", { adapters: ADAPTERS, overrides });

      const { model } = resolveScenario(scenario).scenario;

      expect(model?.fetch).toMatchObject({ servers: 7, serviceUs: { kind: "lognormal", p50: 1_230, p95: 5_680 } });
      expect(model?.broker?.connectsPerSecond).toBe(1_230);
      expect(model?.cdn).toMatchObject({
        egressBytesPerSecond: 12_300_000,
        firstByteUs: { kind: "exponential", mean: 1 },
      });
      expect(Object.keys(model?.calibrated?.values ?? {})).toEqual(VALUES.fitted.map(({ name }) => name));
    }
  });

  test("lists under calibrated what was fitted, and calls the rest assumed", async () => {
    const { document } = await calibrateRun(live);

    const text = modelText({ ...VALUES, document });

    expect(text).toContain("    servers: 7 # assumed: they were never all at work\n");
    expect(text).toContain(
      "service: { lognormal: { p50: 1ms230us, p95: 5ms680us } } # 400 samples; Kolmogorov-Smirnov",
    );
    expect(text).not.toMatch(/^ {6}fetch\.servers/m);
  });

  test("says what a compressed clock means, and what is not in it for its sake", async () => {
    const { document } = await calibrateRun(live);
    const tooFast = { name: "cdn.egress", because: "", needs: "less", speedMax: 4, assumed: undefined };
    const { scenario } = document;
    const of = (speed: number) => ({ ...document, scenario: { ...scenario, clock: { ...scenario.clock, speed } } });

    const text = modelText({ ...VALUES, unfitted: [tooFast], speedMax: 4, document: of(600) });

    expect(text).toContain("(clock.speed 600): its servers met in a second what the fleet asks in 10m.");
    expect(text).toContain("# Not in it, as the clock was too fast for them: cdn.egress. Try clock.speed 4.\n");
    expect(modelText({ ...VALUES, document: of(1) })).not.toMatch(/compressed|Not in it/);
  });

  test("is empty where nothing could be fitted", async () => {
    const { document } = await calibrateRun(live);

    expect(modelText({ ...VALUES, fitted: [], document })).toBe("");
  });
});

const SMALLEST = `name: smallest
clock: { start: 2026-03-10T12:00:00Z }
jobs: [{ name: spring, trigger: force-push }]
end: { after: 4h }
`;

function value(name: string, figure: ServerCalibration["fitted"][number]["figure"]) {
  const goodness = { distance: 0.034, errors: { p50: 0.01, p95: -0.02, p99: null } };
  return { name, figure, samples: 400, goodness, spread: undefined };
}

function copyOf(folder: string): string {
  const copy = freshPath();
  cpSync(folder, copy, { recursive: true });
  return copy;
}
