import { expect, test } from "vitest";
import { SECOND_US } from "../../../src/base/instant.ts";
import { DOWNLOAD_ENDS } from "../../../src/measure/event-record.ts";
import { brokenLaws, lifeOf, liveRun, liveScenario } from "./live-run.ts";

const COMPLETE = DOWNLOAD_ENDS.indexOf("complete");

test("a node fetches, downloads over HTTPS, reboots, confirms and reports", async () => {
  const { outcomes, beliefs, records, result } = await liveRun({ scenario: liveScenario() });

  expect(outcomes).toEqual(["success"]);
  expect(beliefs).toEqual(["success"]);
  expect(brokenLaws(result)).toEqual([]);
  const steps = lifeOf(records).filter((kind) => !/report|fetch|connect/.test(kind));
  expect(steps).toEqual([
    "released",
    "dialled",
    "offer received",
    "download started",
    "first byte",
    "download ended",
    "image applied",
    "powered off",
    "booted",
    "dialled",
    "confirmed",
  ]);
});

test("a node asks once after it has confirmed, though start and confirmation each set a timer for it", async () => {
  const scenario = liveScenario({ nodes: 20, speed: 45, autofetch: "{ every: 1m, phase: even }" });

  const { records } = await liveRun({ scenario });

  // Five seconds later; and again by its period, a minute after the boot.
  const asked = records.flatMap(({ kind, node, atUs }) => {
    const isAfter = (us: number): boolean => us > atUs && us < atUs + 40 * SECOND_US;
    const own = records.filter((each) => each.node === node && each.kind === "fetch sent" && isAfter(each.atUs));
    return kind === "confirmed" ? [own.length] : [];
  });
  expect(asked).toHaveLength(20);
  expect(Math.max(...asked)).toBe(1);
});

test("a fleet that boots comes up along the ramp in fleet time, over TLS", async () => {
  const scenario = liveScenario({ begins: "booting", tls: true, nodes: 3 });

  const { outcomes, beliefs, result } = await liveRun({ scenario });

  expect(outcomes).toEqual(["success", "success", "success"]);
  expect(beliefs).toEqual(["success", "success", "success"]);
  expect(brokenLaws(result)).toEqual([]);
});

test("a pushed job is heard without a fetch", async () => {
  const scenario = liveScenario({ job: "trigger: force-push", autofetch: "never" });

  const { outcomes, records, result } = await liveRun({ scenario });

  expect(outcomes).toEqual(["success"]);
  expect(result.counters["offer received: push"]).toBe(1);
  expect(lifeOf(records)).not.toContain("fetch sent");
});

test("a node whose new image crashes goes back, and the backend hears that it was rejected", async () => {
  const scenario = liveScenario({ cohort: "faults: { boot-loop: 100% }", job: "trigger: force-push" });

  const { outcomes, beliefs, records, result } = await liveRun({
    scenario,
    patienceMs: 3_000,
    isOver: (so) => so.some(({ kind }) => kind === "rolled back") && lifeOf(so).at(-1) === "report acked",
  });

  expect(outcomes).toEqual(["rolledBack"]);
  expect(beliefs).toEqual(["rejected"]);
  expect(brokenLaws(result)).toEqual([]);
  expect(result.faults).toMatchObject({ "boot-loop": { drawn: 1 } });
  expect(lifeOf(records)).not.toContain("confirmed");
});

test("a district whose power is cut in mid-download boots when it is back, and ends with the image", async () => {
  // Half a minute of download at this pace, cut after half of it.
  const scenario = liveScenario({
    nodes: 3,
    speed: 60,
    size: "2MiB",
    cohort: "powerCuts: [{ at: 15s, for: 60s }]",
    job: "trigger: force-push",
  });

  const { outcomes, beliefs, records, result } = await liveRun({ scenario });

  expect(outcomes).toEqual(["success", "success", "success"]);
  expect(beliefs).toEqual(["success", "success", "success"]);
  expect(brokenLaws(result)).toEqual([]);
  const offAtUs = records.flatMap(({ kind, atUs }) => (kind === "powered off" && atUs < 75_000_000 ? [atUs] : []));
  const bootedAtUs = records.flatMap(({ kind, atUs }) => (kind === "booted" ? [atUs] : []));
  expect(offAtUs).toHaveLength(3);
  expect(Math.min(...offAtUs)).toBeGreaterThanOrEqual(15_000_000);
  expect(Math.min(...bootedAtUs)).toBeGreaterThanOrEqual(75_000_000);
});

test("a node whose flash takes one block wrong succeeds in its second attempt", async () => {
  const scenario = liveScenario({ cohort: "faults: { corrupt-block: 100% }", job: "trigger: force-push" });

  const { outcomes, records, result } = await liveRun({ scenario });

  expect(outcomes).toEqual(["success"]);
  expect(brokenLaws(result)).toEqual([]);
  expect(records.flatMap(({ kind, detail }) => (kind === "download started" ? [detail] : []))).toEqual([1, 2]);
});

test("a node that loses power in mid-write goes on from the last whole KiB and ends with the right digest", async () => {
  const scenario = liveScenario({ cohort: "faults: { power-loss-in-write: 100% }", job: "trigger: force-push" });

  const { outcomes, records, result } = await liveRun({ scenario });

  expect(outcomes).toEqual(["success"]);
  expect(brokenLaws(result)).toEqual([]);
  const starts = records.filter(({ kind }) => kind === "download started").map(({ a }) => a);
  const ends = records.filter(({ kind }) => kind === "download ended");
  expect(starts[0]).toBe(0);
  expect(starts[1]).toBe(Math.floor(ends[0]!.a / 1_024) * 1_024);
  expect(ends.at(-1)).toMatchObject({ detail: COMPLETE, a: 65_536 - starts[1]! });
  expect(result.backend["imageRequestsRanged"]).toBe(1);
});

test("a download that loses its network goes on from what had arrived", async () => {
  const scenario = liveScenario({ nodes: 8, size: "512KiB", job: "trigger: force-push" });
  // A node is online for a minute and a half at a time, and its download takes nearly one.
  const homes = { ...scenario.fleet.cohorts[0]!, throughputBytesPerSecond: fixed(10_000), offline: spells(1_000, 30) };
  const unsteady = { ...scenario, fleet: { ...scenario.fleet, cohorts: [homes] } };

  const { outcomes, result, records } = await liveRun({ scenario: unsteady, patienceMs: 20_000 });

  // A new image that is off the network for too long is given up, and a busy machine makes spells longer.
  expect(outcomes.filter((outcome) => outcome === "success").length).toBeGreaterThan(0);
  expect(brokenLaws(result)).toEqual([]);
  expect(result.counters["download ended: cut"]).toBeGreaterThan(0);
  const resumed = records.filter(({ kind, a }) => kind === "download started" && a > 0);
  expect(resumed.length).toBeGreaterThan(0);
  expect(resumed.every(({ a }) => a % 1_024 === 0)).toBe(true);
});

test("two shards of a scenario are one fleet", async () => {
  const scenario = liveScenario({ nodes: 12, cohort: "faults: { boot-loop: 30%, wrong-image: 20% }" });

  const one = await liveRun({ scenario, shards: 1 });
  const two = await liveRun({ scenario, shards: 2 });

  expect(two.traits).toEqual(one.traits);
  expect(two.outcomes).toEqual(one.outcomes);
  expect(new Set(one.outcomes).size).toBeGreaterThan(1);
  expect(brokenLaws(one.result)).toEqual([]);
  expect(brokenLaws(two.result)).toEqual([]);
});

function fixed(value: number) {
  return { kind: "fixed", value } as const;
}

function spells(perDay: number, seconds: number) {
  return { kind: "spells", perDay, lastUs: fixed(seconds * 1e6) } as const;
}
