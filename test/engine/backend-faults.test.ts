import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import type { RunResult } from "../../src/measure/run-result.ts";
import { type Fates, fatesOf, linksAfterKill } from "./node-fates.ts";
import { brokenLaws, fileOf, type SmallEnd, smallRun, smallScenario, steadyRun } from "./small-runs.ts";

const CALM = ["fleet.cohorts.workshops.faults.boot-loop=0%", "nodes=60"] as const;

test("a backend that loses, doubles, delays, cuts, damages and refuses is survived by every node, and no law breaks", async () => {
  const end = await steadyRun(
    smallScenario(
      ...CALM,
      "backend.faults={ fetch-latency: 20ms, status-latency: { exponential: { mean: 10ms } }, image-latency: 30ms, lost-messages: 4%, lost-acks: 4%, doubled-acks: 4%, lost-offers: 12%, doubled-offers: 12%, expired-urls: 12%, image-errors: 10%, truncated-images: 10%, wrong-bytes: 10%, stalled-images: { share: 10%, for: 1s } }",
    ),
    lateOnes,
  );
  const { result } = end;

  for (const [name, fault] of Object.entries(result.faults)) {
    expect(fault, name).toMatchObject({ of: "backend", drawn: expect.any(Number) as number });
    expect(fault.fired, name).toBeGreaterThan(0);
    expect(fault.fired, name).toBeLessThanOrEqual(fault.drawn);
  }
  expect(Object.keys(result.faults)).toHaveLength(13);
  expect(brokenLaws(result)).toEqual([]);
  expect(misbehaved(result)).toEqual([]);
  // No misbehaviour of these keeps a node that runs its new image from the broker, so none gives it up.
  const fates = fatesOf(end);
  expect(fates.trials.filter(({ end: of }) => of === "given up")).toEqual([]);
  expectOutcomes(result, fates);
  // What was lost on the way was written again.
  expect(result.backend["statuses"]).toBeGreaterThan(result.counters["report acked"] ?? 0);
});

test("a polled backend that refuses and is late is asked again", async () => {
  const end = await steadyRun(
    smallScenario(
      ...CALM,
      "backend.adapter=http-poll",
      "backend.faults={ poll-errors: { share: 10%, status: 500 }, fetch-latency: 5ms, status-latency: 5ms, expired-urls: 10%, truncated-images: 10% }",
    ),
    lateOnes,
  );
  const { result } = end;

  expect(misbehaved(result)).toEqual([]);
  expect(brokenLaws(result)).toEqual([]);
  expect(result.faults["poll-errors"]?.fired).toBe(result.faults["poll-errors"]?.drawn);
  // Without a link the first answer confirms a new image. Which question of a node is refused is drawn by how many it
  // has asked, statuses included, and that hangs on how wall latencies fall into a compressed clock: so how many images
  // are given up is a race, and which ones are not: those of whose questions every single one was refused.
  const fates = fatesOf(end);
  for (const { node, end: of, questionsAsked, questionsLost, answers } of fates.trials) {
    if (of === "confirmed") expect(answers, `node ${node}`).toBeGreaterThan(0);
    if (of !== "given up") continue;
    expect(questionsAsked, `node ${node}`).toBeGreaterThan(0);
    expect({ questionsLost, answers }, `node ${node}`).toEqual({ questionsLost: questionsAsked, answers: 0 });
  }
  expectOutcomes(result, fates);
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

  const end = await steadyRun(scenario, lateOnes);
  const { result } = end;

  expect(result.faults["restart"]).toEqual({ of: "backend", drawn: 1, fired: 1 });
  expect(brokenLaws(result)).toEqual([]);
  // Whether a node is in its reboot at the moment of the kill is a race; the links of all others broke, each once.
  const links = linksAfterKill(end);
  expect(links.filter(({ lostBy }) => lostBy === "backend closed")).toHaveLength(
    result.counters["disconnected: backend closed"] ?? 0,
  );
  expect(links.map(({ lostBy }) => lostBy).filter((cause) => cause !== "backend closed" && cause !== "power")).toEqual(
    [],
  );
  expect(links.filter(({ cameBack }) => !cameBack)).toEqual([]);
  expect(result.laws.find(({ id }) => id === "C8.connections")).toMatchObject({ verdict: "held" });
  // A refused dial costs a new image ten of its ninety seconds, and an outage of a second is over after one of them.
  const fates = fatesOf(end);
  expect(fates.trials.filter(({ end: of }) => of === "given up")).toEqual([]);
  expectOutcomes(result, fates);
  // A final status that was acknowledged is on record, whichever life of the backend had heard it.
  const reported = csvRows(fileOf(end, "nodes.csv")).filter((row) => row["reportedAtUs"] !== "");
  const final = { success: "success", rolledBack: "rejected" } as const;
  expect(reported).toHaveLength(60);
  for (const row of reported) expect(row["belief"], row["id"]).toBe(final[row["outcome"] as keyof typeof final]);
  // Another test may have a store of its own for as long as it runs.
  const isGone = (): void => expect(storeFolders().filter((name) => !before.includes(name))).toEqual([]);
  await vi.waitFor(isGone, { timeout: 30_000, interval: 200 });
}, 180_000);

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

/** Overtaken are a few, on a machine that is late. */
const OVERTAKEN_MAX = 14;

function lateOnes(end: SmallEnd): readonly string[] {
  const { overtaken } = fatesOf(end);
  return overtaken <= OVERTAKEN_MAX ? [] : [`${overtaken} were overtaken`];
}

/** The outcomes are those that the nodes' own records tell, and nobody is misjudged. */
function expectOutcomes({ outcomes, truth, endReasons }: RunResult, fates: Fates): void {
  const { confirmed, givenUp, overtaken, trials } = fates;
  expect(trials.filter(({ end }) => end === "open")).toEqual([]);
  expect(confirmed + givenUp + overtaken).toBe(60);
  // Most run the image in the end.
  expect(confirmed).toBeGreaterThan(30);
  expect(overtaken).toBeLessThanOrEqual(OVERTAKEN_MAX);
  expect(outcomes).toMatchObject({ targeted: 60, success: confirmed, rolledBack: givenUp + overtaken });
  const reasons = { "no connection in time": givenUp, "second offer before the reboot": overtaken };
  expect(Object.fromEntries(endReasons.map(({ reason, count }) => [reason, count]))).toEqual(
    Object.fromEntries(Object.entries(reasons).filter(([, count]) => count > 0)),
  );
  expect(truth.falseSuccess).toBe(0);
}

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
