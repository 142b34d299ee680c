/** Seeds that found a bug once, each with its tale; and proof that the checkers see what they are there for. */
import { describe, expect, test } from "vitest";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { CHECKERS } from "./checkers/checkers.ts";
import type { Checker } from "./checkers/checker.ts";
import { finalBeliefsStay } from "./checkers/final-beliefs-stay.ts";
import { noBadImage } from "./checkers/no-bad-image.ts";
import { noDowngrade } from "./checkers/no-downgrade.ts";
import { noEarlyStart } from "./checkers/no-early-start.ts";
import { noFalseSuccess } from "./checkers/no-false-success.ts";
import { noLostStatus } from "./checkers/no-lost-status.ts";
import { noSecondInstall } from "./checkers/no-second-install.ts";
import { ownJobsOnly } from "./checkers/own-jobs-only.ts";
import { live, type History, type Noted } from "./history.ts";
import { randomWorld } from "./random-world.ts";

await readyHistograms();

const KNOWN: readonly (readonly [seed: number, tale: string])[] = [
  [7, "a download that the reboot of the update before ended was in flight for ever"],
  [432, "the same went on beside four that were really under way"],
  [469, "a node of another chip resumed at byte 0, past the check of the chip"],
  [259, "a block damaged before a break of the network went unseen after the resume"],
  [1601, "questions of 1.6.0 that met doubled their timers until the run stood still"],
];

for (const [seed, tale] of KNOWN) {
  test(`seed ${seed} holds every invariant, where ${tale}`, () => {
    const history = live(randomWorld(seed));

    for (const { id, check } of CHECKERS) expect(check(history), id).toEqual([]);
  });
}

describe("a checker sees", () => {
  const good = live(randomWorld(7));

  test("a backend that believes the first status", () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed + 1);

    const found = seeds.flatMap((seed) => noFalseSuccess.check(live(careless(seed))));

    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(/is believed a success, and neither runs the image nor said so/);
  });

  test("a start outside the window", () => {
    const limits = { window: { startMinute: 0, endMinute: 0 }, validity: undefined };
    const notes = good.notes.map((noted) => ({ ...noted, offer: noted.offer && { ...noted.offer, ...limits } }));

    expect(breachesOf(noEarlyStart, { notes })).not.toEqual([]);
  });

  test("a second install", () => {
    const notes = good.notes.filter(({ note }) => note.kind !== "runs" || good.isJobImage(note.image));

    expect(breachesOf(noSecondInstall, { notes: [...notes, ...notes] })).not.toEqual([]);
  });

  test("a status that is acknowledged and forgotten", () => {
    const beliefs = good.beliefs.map(() => ["triggered" as const]);

    expect(breachesOf(noLostStatus, { beliefs })).not.toEqual([]);
  });

  test("a boot below the eFuse's secure version", () => {
    const notes = good.notes.map((noted) => ({ ...noted, eFuseSecureVersion: 9 }));

    expect(breachesOf(noDowngrade, { notes })).not.toEqual([]);
  });

  test("a boot of an image whose block was damaged", () => {
    const notes = good.notes.flatMap((noted): Noted[] =>
      noted.note.kind === "boot slot set"
        ? [noted, { ...noted, note: { kind: "fault fired", fault: 4, image: 0 } }]
        : [noted],
    );

    expect(breachesOf(noBadImage, { notes })).not.toEqual([]);
  });

  test("an offer for another node", () => {
    expect(breachesOf(ownJobsOnly, { isTarget: () => false })).not.toEqual([]);
  });

  test("a final belief that is given up", () => {
    const beliefs = good.beliefs.map(() => ["success" as const, "started" as const]);

    expect(breachesOf(finalBeliefsStay, { beliefs })).not.toEqual([]);
  });

  function breachesOf(checker: Checker, changes: Partial<History>): readonly string[] {
    expect(checker.check(good)).toEqual([]);
    const { notes = good.notes } = changes;
    const notesOf = good.notesOf.map((_, node) => notes.filter((noted) => noted.node === node));
    return checker.check({ ...good, notesOf, ...changes });
  }
});

function careless(seed: number): ReturnType<typeof randomWorld> {
  const world = randomWorld(seed);
  const selftest = { workerDiesAtMs: undefined, loopBlocked: undefined, backendBelievesFirstStatus: true };
  return { ...world, scenario: { ...world.scenario, selftest } };
}
