import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { ECHO_MS, StopSignal } from "../../src/cli/stop-signal.ts";

test("the first signal aborts with words for the verdict, and is told", () => {
  const { stop, from, told } = listening();

  from.emit("SIGINT", "SIGINT");

  expect(stop.signal.aborted).toBe(true);
  expect(stop.signal.reason).toBe("stopped by Ctrl-C");
  expect(told).toEqual(["stopping"]);
  expect(stop.exitCode).toBe(130);
});

test("SIGTERM ends a run with 143", () => {
  const { stop, from } = listening();

  from.emit("SIGTERM", "SIGTERM");

  expect([stop.signal.reason, stop.exitCode]).toEqual(["stopped by SIGTERM", 143]);
});

test("without a signal nothing is aborted, and the verdict decides the exit code", () => {
  const { stop, told } = listening();

  expect([stop.signal.aborted, stop.exitCode, told]).toEqual([false, undefined, []]);
});

test("a second signal within the echo of the first is the same press of Ctrl-C, a later one stops at once", () => {
  const { from, told, clock } = listening();

  from.emit("SIGINT", "SIGINT");
  clock.nowMs += ECHO_MS;
  from.emit("SIGINT", "SIGINT");
  const afterEcho = [...told];
  clock.nowMs += 1;
  from.emit("SIGTERM", "SIGTERM");

  expect(afterEcho).toEqual(["stopping"]);
  expect(told).toEqual(["stopping", "stopped at once, 143"]);
});

test("a stop signal that was closed hears nothing more", () => {
  const { stop, from, told } = listening();

  stop.close();
  from.emit("SIGINT", "SIGINT");

  expect([told, from.listenerCount("SIGINT"), from.listenerCount("SIGTERM")]).toEqual([[], 0, 0]);
});

function listening(): { stop: StopSignal; from: EventEmitter; told: string[]; clock: { nowMs: number } } {
  const from = new EventEmitter();
  const clock = { nowMs: 5_000 };
  const told: string[] = [];
  const listener = {
    onStopping: () => void told.push("stopping"),
    onStoppedAtOnce: (exitCode: number) => void told.push(`stopped at once, ${exitCode}`),
  };
  return { stop: new StopSignal(listener, { from, nowMs: () => clock.nowMs }), from, told, clock };
}
