/** Every scenario that ships, planned whole: its answer is looked at. */
import { readdirSync } from "node:fs";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { loadScenario } from "../../src/cli/scenario-file.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { fileOf, freshPath, watching } from "./small-runs.ts";

const FOLDER = new URL("../../scenarios/", import.meta.url).pathname;

const shipped = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

test.each(shipped)("%s says which question it answers, and passes when it is planned", async (name) => {
  const { result } = await planned(name);

  expect(result.scenario.about).toMatch(/\?$/);
  expect(result.thresholds.length).toBeGreaterThan(0);
  expect(result).toMatchObject({ verdict: "passed", reasons: [] });
});

test("across a change of the clocks, every start lies within the window of the node's own day", async () => {
  const { rows } = await planned("night-across-dst.yaml");

  const starts = rows.map(({ zone, downloadStartedAtUs }) => {
    const at = Temporal.Instant.from("2026-03-28T18:00:00Z").add({ microseconds: Number(downloadStartedAtUs) });
    return at.toZonedDateTimeISO(zone!).toPlainTime().toString({ smallestUnit: "minute" });
  });
  expect(starts).toHaveLength(1_200);
  expect(starts.filter((time) => time < "02:00" || time > "04:30")).toEqual([]);
});

test("old firmware asks 172 times as often, and nearly all questions are its", async () => {
  const { result, rows } = await planned("old-firmware.yaml");

  const old = rows.filter(({ generation }) => generation === "rainmaker-1.12.7");
  const { fetches, bucketUs } = result.timelines;
  const inFirst10Minutes = fetches.slice(0, 600_000_000 / bucketUs).reduce((sum, count) => sum + count, 0);
  const inLastHour = fetches.slice(-3_600_000_000 / bucketUs).reduce((sum, count) => sum + count, 0);
  const others = rows.length - old.length;
  // Each of them asks once in 501 s, so at least once in ten minutes; of the others, one in 144 does.
  expect(old.length).toBeGreaterThan(60);
  expect(inFirst10Minutes).toBeGreaterThanOrEqual(old.length);
  expect(inFirst10Minutes).toBeLessThan(old.length * 2.5);
  expect(inLastHour / old.length).toBeGreaterThan(6);
  expect(inLastHour).toBeLessThan(old.length * 7.5 + others * 0.2);
});

test("whoever asks before the window opens asks again in its first minute, of a fleet that asks evenly else", async () => {
  const { result } = await planned("million-week.yaml");

  const { fetches, bucketUs } = result.timelines;
  const perSecond = 2_000 / 86_400;
  const peak = Math.max(...fetches) / (bucketUs / 1e6);
  const lastDay = fetches.slice(-86_400_000_000 / bucketUs).reduce((sum, count) => sum + count, 0);
  expect(peak).toBeGreaterThan(20 * perSecond);
  expect(Math.abs(lastDay / 86_400 - perSecond)).toBeLessThan(0.05 * perSecond);
});

test("a node that boot-loops is rolled back and rejected, and no other is", async () => {
  const { result, rows } = await planned("boot-loops.yaml");

  const faulty = rows.filter(({ faultsDrawn }) => faultsDrawn !== "");
  expect(faulty.length).toBeGreaterThan(20);
  expect(faulty.map(({ outcome, belief }) => `${outcome} ${belief}`)).toEqual(faulty.map(() => "rolledBack rejected"));
  expect(result.outcomes.rolledBack).toBe(faulty.length);
});

test("a district whose power was cut asks, and later downloads, all in the same seconds", async () => {
  const { result, rows } = await planned("district-power-cut.yaml");

  const { fetches, bucketUs } = result.timelines;
  const during = (fromUs: number, untilUs: number): number =>
    fetches.slice(fromUs / bucketUs, untilUs / bucketUs).reduce((sum, count) => sum + count, 0);
  const district = rows.filter(({ cohort }) => cohort === "district");
  const startedUs = district.map(({ downloadStartedAtUs }) => Number(downloadStartedAtUs)).toSorted((a, b) => a - b);
  const MINUTE_US = 60_000_000;
  // Power is back after 50 minutes; who is online asks within the minute, of a night in which nobody else hurries.
  expect(during(50 * MINUTE_US, 51 * MINUTE_US)).toBeGreaterThan(district.length * 0.9);
  // A period later, and so two hours and 50 minutes after the release began, they take it together.
  const atOnce = startedUs.filter((us) => us >= 290 * MINUTE_US && us < 291 * MINUTE_US);
  expect(atOnce.length).toBeGreaterThan(district.length * 0.9);
});

test("who is cancelled never began, and who began has the image, known or not", async () => {
  const { result, rows } = await planned("cancel-mid-job.yaml");

  const installed = rows.filter(({ outcome }) => outcome === "success");
  const late = installed.filter(({ belief }) => belief !== "success");
  expect(rows.filter(({ outcome }) => outcome === "cancelled").every((row) => row["downloadStartedAtUs"] === "")).toBe(
    true,
  );
  expect(result.truth.installedAfterCancel).toBe(late.length);
  expect(late.length).toBeGreaterThan(10);
  expect(late.every(({ downloadStartedAtUs }) => Number(downloadStartedAtUs) < 7_200_000_000)).toBe(true);
});

test("a push is heard of at once by whoever is online, and by nobody else before it asks", async () => {
  const { rows } = await planned("push-against-default.yaml");

  const soon = (cohort: string): number =>
    rows.filter(
      (row) => row["cohort"] === cohort && row["offeredAtUs"] !== "" && Number(row["offeredAtUs"]) < 1_000_000,
    ).length;
  expect(soon("pushed")).toBeGreaterThan(450);
  expect(soon("asking")).toBeLessThan(5);
});

test("a backend that was killed comes back, and its nodes all at once", async () => {
  const { result } = await planned("backend-restart.yaml");

  const { connects, bucketUs } = result.timelines;
  const herd = connects
    .slice(3_600_000_000 / bucketUs, 3_700_000_000 / bucketUs)
    .reduce((sum, count) => sum + count, 0);
  expect(result.faults["restart"]).toMatchObject({ of: "backend", fired: 1 });
  expect(herd).toBeGreaterThan(570);
});

test("a URL that lives shorter than a download makes no failures but those of broken-off downloads", async () => {
  const { result } = await planned("short-lived-url.yaml");
  const { scenario, imageBytes } = loadScenario(`${FOLDER}short-lived-url.yaml`, { set: ["backend.urlLife=24h"] });
  const longLived = await planScenario({ scenario, imageBytes }, watching());

  const refused = (of: RunResult): number => of.counters["download ended: refused"] ?? 0;
  const broken = (of: RunResult): number => of.counters["download ended: cut"] ?? 0;
  expect(broken(result)).toBe(broken(longLived.result));
  expect(refused(result)).toBeGreaterThan(refused(longLived.result) + 80);
  expect(result.outcomes.success).toBe(longLived.result.outcomes.success);
});

test("a rollout in stages is stopped by its rule, and spares whoever was not released", async () => {
  const { result, rows } = await planned("staged-boot-loops.yaml");

  const { rollout, outcomes } = result.jobs[0]!;
  const { stop, byThen, atEnd } = rollout!;
  expect(stop).toMatchObject({ reason: "failed" });
  expect(stop!.hitsOnRecord).toBeGreaterThan(0.02 * stop!.ofOnRecord);
  expect(stop!.ofOnRecord).toBeGreaterThanOrEqual(100);
  expect(byThen.hit).toBeGreaterThanOrEqual(stop!.hitsOnRecord);
  expect(atEnd.hit).toBe(outcomes.rolledBack);
  const spared = rows.filter(({ stage }) => stage === "");
  expect(spared.length).toBe(5_000 - byThen.released);
  expect(spared.every(({ outcome, offeredAtUs }) => outcome === "cancelled" && offeredAtUs === "")).toBe(true);
});

test("a stop, a hotfix and its stages follow each other as the timeline says", async () => {
  const { result } = await planned("stop-and-hotfix.yaml");

  const [autumn, hotfix] = result.jobs;
  const [first, second] = hotfix!.rollout!.stages;
  expect(hotfix!.createdAtUs).toBe(autumn!.rollout!.stop!.atUs + 7_200_000_000);
  expect(second!.firstReleasedAtUs! - first!.lastReleasedAtUs!).toBeGreaterThanOrEqual(4.5 * 3_600_000_000);
  expect(result.operator!.map(({ act }) => act)).toEqual(["upload", "start", "powerCut"]);
  // The defect is the release's own: whoever it struck is cured, and the hotfix strikes nobody.
  expect(autumn!.outcomes.rolledBack).toBeGreaterThan(0);
  expect(result.faults["self-test-fails@3.0.0"]!.fired).toBe(autumn!.outcomes.rolledBack);
  expect(hotfix!.outcomes.success).toBe(2_000);
});

test("a hotfix with priority is what everybody runs in the end", async () => {
  const { rows } = await planned("hotfix-overtakes.yaml");

  const hotfix = rows.filter(({ job }) => job === "hotfix");
  expect(hotfix).toHaveLength(600);
  expect(hotfix.map(({ finalVersion }) => finalVersion)).toEqual(hotfix.map(() => "3.0.1"));
});

test("nobody is offered what the user has not approved", async () => {
  const { result, rows } = await planned("ask-the-user.yaml");

  const offered = rows.filter(({ offeredAtUs }) => offeredAtUs !== "").length;
  expect(result.metrics["approval"]?.count).toBeGreaterThanOrEqual(offered);
  // Seven in ten ever approve; 500 draws stray from it by 31 at most (3 sigma).
  expect(Math.abs((result.metrics["approval"]?.count ?? 0) - 350)).toBeLessThan(45);
});

interface Planned {
  readonly result: RunResult;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

const plans = new Map<string, Promise<Planned>>();

/** A shipped scenario as it is, in virtual time; each is planned once. */
function planned(name: string): Promise<Planned> {
  const known = plans.get(name) ?? plan(name);
  plans.set(name, known);
  return known;
}

async function plan(name: string): Promise<Planned> {
  const { scenario, imageBytes } = loadScenario(FOLDER + name, {});
  const { result, folder } = await planScenario({ scenario, imageBytes, outDir: freshPath() }, watching());
  const [head = "", ...lines] = fileOf({ folder: folder! }, "nodes.csv").trimEnd().split("\r\n");
  const headers = head.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [headers[at]!, cell])));
  return { result, rows };
}

test("a world-wide night: every start lies in the node's own window, and zones come back together", async () => {
  const { result, rows } = await planned("night-rollout.yaml");

  const began = rows.filter(({ downloadStartedAtUs }) => downloadStartedAtUs !== "");
  const times = began.map(({ zone, downloadStartedAtUs }) => {
    const at = Temporal.Instant.from("2026-03-26T12:00:00Z").add({ microseconds: Number(downloadStartedAtUs) });
    return at.toZonedDateTimeISO(zone!).toPlainTime().toString({ smallestUnit: "minute" });
  });
  expect(times.length).toBeGreaterThan(1_700);
  expect(times.filter((time) => time < "02:00" || time > "04:30")).toEqual([]);
  // Fifteen hundred nodes ask once a day, which is one a minute. Where a zone's window opens it is many a second.
  expect(result.peaks.fetches.count).toBeGreaterThan(5);
});

test("a line that everybody shares is what decides: so many bytes take so long", async () => {
  const { result, rows } = await planned("cdn-bill.yaml");

  const atOnce = rows.filter(({ downloadStartedAtUs: at }) => at !== "" && Number(at) < 60e6);
  const leastUs = ((atOnce.length * 1.5 * 2 ** 20 * 8) / 30e6) * 1e6;
  const last = Math.max(...atOnce.map(({ confirmedAtUs }) => Number(confirmedAtUs)));
  // The last one also boots, and proves itself: some seconds beside twenty minutes.
  expect(last).toBeGreaterThan(leastUs);
  expect(last).toBeLessThan(leastUs * 1.03);
  expect(result.cost?.currency).toBe("USD");
});

test("behind an outage the herd dials in step, is turned away, and comes back", async () => {
  const { result } = await planned("outage-herd.yaml");

  // Half an hour of dials every ten seconds by all who are online.
  expect(result.counters["connect failed: refused"]).toBeGreaterThan(3_000 * 180 * 0.95);
  expect(result.outcomes.success).toBeGreaterThan(2_900);
  expect(result.timelines.nodesOnline.at(-1)).toBeGreaterThan(2_950);
});
