import { expect, test } from "vitest";
import { WAIT, WaitTally } from "../../../src/drivers/live/wait-tally.ts";

test("waits that overlap count once", () => {
  const waits = new WaitTally(2);
  waits.begin(0);

  waits.start(1, WAIT.dial, 100);
  waits.start(1, WAIT.fetch, 150);
  waits.end(1, WAIT.dial, 200);
  waits.end(1, WAIT.fetch, 300);

  expect(waits.ofUs(1, 1_000)).toBe(200);
  expect(waits.ofUs(0, 1_000)).toBe(0);
});

test("a wait under way counts up to now", () => {
  const waits = new WaitTally(1);
  waits.begin(0);

  waits.start(0, WAIT.fetch, 100);

  expect(waits.ofUs(0, 130)).toBe(30);
  expect(waits.ofUs(0, 160)).toBe(60);
});

test("what was waited while fleet time stood still does not count", () => {
  const waits = new WaitTally(2);
  waits.start(0, WAIT.dial, 100);
  waits.end(0, WAIT.dial, 400);
  waits.start(1, WAIT.dial, 100);
  waits.begin(500);
  waits.end(1, WAIT.dial, 620);

  expect(waits.ofUs(0, 1_000)).toBe(0);
  expect(waits.ofUs(1, 1_000)).toBe(120);
});

test("a wait that never began does not end, and less than nothing is not added", () => {
  const waits = new WaitTally(1);
  waits.begin(0);

  waits.end(0, WAIT.dial, 500);
  waits.add(0, -3);
  waits.add(0, 2.4);

  expect(waits.ofUs(0, 1_000)).toBe(2);
});
