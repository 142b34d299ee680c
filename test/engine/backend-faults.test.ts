import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import type { RunResult } from "../../src/measure/run-result.ts";
import { brokenLaws, fileOf, smallRun, smallScenario } from "./small-runs.ts";

const CALM = ["fleet.cohorts.workshops.faults.boot-loop=0%", "nodes=60"] as const;

test("a backend that loses, doubles, delays, cuts, damages and refuses is survived by every node, and no law breaks", async () => {
  const { result } = await smallRun(
    smallScenario(
      ...CALM,
      "backend.faults={ fetch-latency: 20ms, status-latency: { exponential: { mean: 10ms } }, image-latency: 30ms, lost-messages: 4%, lost-acks: 4%, doubled-acks: 4%, lost-offers: 12%, doubled-offers: 12%, expired-urls: 12%, image-errors: 10%, truncated-images: 10%, wrong-bytes: 10%, stalled-images: { share: 10%, for: 1s } }",
    ),
  );

  for (const [name, fault] of Object.entries(result.faults)) {
    expect(fault, name).toMatchObject({ of: "backend", drawn: expect.any(Number) as number });
    expect(fault.fired, name).toBeGreaterThan(0);
    expect(fault.fired, name).toBeLessThanOrEqual(fault.drawn);
  }
  expect(Object.keys(result.faults)).toHaveLength(13);
  expect(brokenLaws(result)).toEqual([]);
  expect(misbehaved(result)).toEqual([]);
  // A new image whose messages are lost for its first minutes may be given up, as in the field.
  expect(result.outcomes.success + result.outcomes.rolledBack).toBe(60);
  expect(result.outcomes.success).toBeGreaterThan(50);
  expect(result.truth.falseSuccess).toBe(0);
  // What was lost on the way was written again.
  expect(result.backend["statuses"]).toBeGreaterThan(result.counters["report acked"] ?? 0);
});

test("a polled backend that refuses and is late is asked again", async () => {
  const { result } = await smallRun(
    smallScenario(
      ...CALM,
      "backend.adapter=http-poll",
      "backend.faults={ poll-errors: { share: 10%, status: 500 }, fetch-latency: 5ms, status-latency: 5ms, expired-urls: 10%, truncated-images: 10% }",
    ),
  );

  expect(misbehaved(result)).toEqual([]);
  expect(brokenLaws(result)).toEqual([]);
  expect(result.faults["poll-errors"]?.fired).toBe(result.faults["poll-errors"]?.drawn);
  expect(result.truth.falseSuccess).toBe(0);
  // A new image that hears no answer in time is given up: what the node does of a backend that refuses.
  expect(result.outcomes.success + result.outcomes.rolledBack).toBe(60);
  expect(result.outcomes.success).toBeGreaterThan(50);
});

test("a backend that is killed in mid-rollout comes back where it was, and nothing that it had acknowledged is lost", async () => {
  const before = storeFolders();
  // Ten minutes of fleet time a second: the nodes' ten seconds until they dial again are wall time.
  const scenario = smallScenario(
    ...CALM,
    "clock.speed=600",
    "end.after=6h",
    "backend.faults={ restart: { at: 10m, after: 1s } }",
  );

  const end = await smallRun(scenario);
  const { result } = end;

  expect(result.faults["restart"]).toEqual({ of: "backend", drawn: 1, fired: 1 });
  expect(brokenLaws(result)).toEqual([]);
  // Every link broke but those of nodes that were in their reboot, and every node came back.
  expect(result.counters["disconnected: backend closed"]).toBeGreaterThan(50);
  expect(result.laws.find(({ id }) => id === "C8.connections")).toMatchObject({ verdict: "held" });
  // A new image whose first minutes fall into the outage may be given up, as in the field.
  expect(result.outcomes.success + result.outcomes.rolledBack).toBe(60);
  expect(result.outcomes.success).toBeGreaterThan(50);
  expect(result.truth.falseSuccess).toBe(0);
  // A final status that was acknowledged is on record, whichever life of the backend had heard it.
  const reported = csvRows(fileOf(end, "nodes.csv")).filter((row) => row["reportedAtUs"] !== "");
  const final = { success: "success", rolledBack: "rejected" } as const;
  expect(reported.length).toBeGreaterThan(50);
  for (const row of reported) expect(row["belief"], row["id"]).toBe(final[row["outcome"] as keyof typeof final]);
  // Another test may have a store of its own for as long as it runs.
  const isGone = (): void => expect(storeFolders().filter((name) => !before.includes(name))).toEqual([]);
  await vi.waitFor(isGone, { timeout: 30_000, interval: 200 });
}, 60_000);

test("a backend that stands still is waited for, and what was under way goes on", async () => {
  const scenario = smallScenario(
    ...CALM,
    "clock.speed=1200",
    "end.after=6h",
    "backend.faults={ stop: { at: 2m, for: 2s } }",
  );

  const { result } = await smallRun(scenario);

  expect(result.faults["stop"]).toEqual({ of: "backend", drawn: 1, fired: 1 });
  expect(brokenLaws(result)).toEqual([]);
  expect(result.counters["disconnected: backend closed"] ?? 0).toBe(0);
  expect(result.outcomes.success).toBe(60);
  // Half of the fetches of its standing still waited for a second or more.
  expect(result.metrics["fetch_ack"]?.max).toBeGreaterThan(1_000_000);
});

test("a misbehaviour that never took place makes the run invalid, by name", async () => {
  const { result } = await smallRun(smallScenario(...CALM, "nodes=4", "backend.faults={ stop: { at: 11h, for: 1s } }"));

  expect(result.verdict).toBe("invalid");
  expect(misbehaved(result)).toEqual([
    "The backend was to misbehave by stop, which never took place: it was drawn 1 time.",
  ]);
});

/** Lines of a CSV file without quotes in it, by the names of its columns. */
function csvRows(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = text
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column] ?? ""])));
}

/** Reasons that speak of misbehaviour. */
function misbehaved({ reasons }: RunResult): readonly string[] {
  return reasons.filter((reason) => reason.includes("was to misbehave"));
}

function storeFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("otafleet-backend-"));
}
