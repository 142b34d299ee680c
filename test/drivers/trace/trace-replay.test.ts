import { describe, expect, test } from "vitest";
import { UserError, describeMistake } from "../../../src/base/user-error.ts";
import { readTrace } from "../../../src/drivers/trace/trace-file.ts";
import { traceFileText } from "../../../src/drivers/trace/written-trace.ts";
import { replayOf } from "../../../src/engine/node-trace.ts";
import type { Trace } from "../../../src/fleet/trace.ts";
import { BAD_TRACE_FILES } from "../../fixtures/bad-input/trace-files.ts";
import { ONE_NODE, planOf, scenarioOf, shipped, traceOf } from "./traced.ts";

const SCENARIOS = [
  ["first-rollout", "60"],
  ["night-across-dst", "60"],
  ["boot-loops", "60"],
  ["district-power-cut", "60"],
  ["backend-restart", "60"],
  ["short-lived-url", "60"],
  ["old-firmware", "20"],
  ["hotfix-overtakes", "60"],
  ["cancel-mid-job", "60"],
  ["ask-the-user", "40"],
] as const;

test.each(SCENARIOS)(
  "%s: any node of any seed does in a replay what it did in the plan, step by step",
  async (name, nodes) => {
    for (const seed of [1, 2]) {
      const node = String((seed * 17) % Number(nodes));
      const trace = await traceOf(shipped(name), node, [`nodes=${nodes}`, `seed=${seed}`]);
      const read = readTrace(traceFileText(trace), "trace.jsonl");

      expect(trace.steps.length).toBeGreaterThan(1);
      expect(read.isAsWritten).toBe(true);
      expect(replayOf(read, "trace.jsonl")).toBeUndefined();
    }
  },
);

test("tracing a node changes nothing of the plan", async () => {
  const scenario = scenarioOf(shipped("boot-loops"), ["nodes=40"]);

  const [plain, traced] = [await planOf(scenario), await planOf(scenario, "3")];

  expect(traced.trace?.steps.length).toBeGreaterThan(1);
  expect(traced.result).toEqual(plain.result);
});

test.each([
  ["nodes that stay", "model.outages=[{ at: 1h, for: 1h }, { at: 3h, for: 20m, of: broker }]"],
  ["networks that come and go", "fleet.cohorts.homes.offline={ spells: 40/d, last: 9m }"],
  ["a power cut", "fleet.cohorts.homes.powerCuts=[{ at: 90m, for: 10m }]"],
  ["an end in the middle of it", "end.after=90m"],
])(
  "in an outage, with %s, dials are counted in bulk: a trace has each, and changes neither result nor hash",
  async (_, set) => {
    const scenario = scenarioOf(shipped("first-rollout"), ["nodes=40", "model.outages=[{ at: 1h, for: 1h }]", set]);

    const [plain, traced] = [await planOf(scenario), await planOf(scenario, "11")];

    expect(traced.result).toEqual(plain.result);
    const trace = traced.trace as Trace;
    const dials = trace.steps.filter(({ acts }) => acts.some((act) => "wish" in act && act.wish === "connect"));
    expect(dials.length).toBeGreaterThan(100);
    expect(replayOf(readTrace(traceFileText(trace), "trace.jsonl"), "trace.jsonl")).toBeUndefined();
  },
);

describe("a change in a trace is found", () => {
  const lines = traceOf(ONE_NODE, "0").then((trace) => traceFileText(trace).trimEnd().split("\n"));

  async function changed(change: (line: string) => string): Promise<ReturnType<typeof replayOf>> {
    const text = `${(await lines).map(change).join("\n")}\n`;
    const read = readTrace(text, "trace.jsonl");
    expect(read.isAsWritten).toBe(false);
    return replayOf(read, "trace.jsonl");
  }

  test("an offer with another window: the node does not wait for it", async () => {
    const found = await changed((line) => line.replace('"startMinute":120', '"startMinute":121'));

    expect(found).toMatchObject({ in: "acts" });
    expect(found?.traced).not.toBe(found?.replayed);
  });

  test("an image that was damaged on its way", async () => {
    expect(await changed((line) => line.replace('"isIntact":true', '"isIntact":false'))).toBeDefined();
  });

  test("an acknowledgement of another message", async () => {
    expect(
      await changed((line) => line.replace('"kind":"acknowledged","message":1', '"kind":"acknowledged","message":9')),
    ).toBeDefined();
  });

  test("a wish that the node never had", async () => {
    expect(await changed((line) => line.replace('{"wish":"connect"}', '{"wish":"disconnect"}'))).toMatchObject({
      in: "acts",
    });
  });

  test("a node that was born another", async () => {
    expect(await changed((line) => line.replace('"autofetchPhase":0.99', '"autofetchPhase":0.98'))).toMatchObject({
      step: 0,
      in: "birth",
    });
  });

  test("the fields of its birth that differ, and no others", async () => {
    const found = await changed((line) => line.replace('"power.boots":1,', '"power.boots":7,'));

    expect(found).toEqual({ step: 0, in: "birth", traced: '{"power.boots":7}', replayed: '{"power.boots":1}' });
  });

  test("a zone that is none breaks the node and nobody else", async () => {
    const found = await changed((line) => line.replaceAll("Europe/Berlin", "Europe/Nowhere"));

    expect(found).toMatchObject({ step: 0, in: "failure" });
  });

  test("what changes nothing of the node's life is told by the digest alone", async () => {
    expect(await changed((line) => line.replace('"scenario":"one"', '"scenario":"two"'))).toBeUndefined();
  });
});

test.each(BAD_TRACE_FILES)("%s is no trace, and is told by its line", async (_, textOf, told) => {
  const text = textOf(traceFileText(await soundTrace()));

  expect(() => readTrace(text, "trace.jsonl")).toThrow(UserError);
  try {
    readTrace(text, "trace.jsonl");
  } catch (error) {
    const lines = (error as UserError).mistakes.map(describeMistake);
    expect(lines.map((line, index) => line.slice(0, told[index]?.length))).toEqual(told);
  }
});

let sound: Promise<Trace> | undefined;

/** Planned once. */
function soundTrace(): Promise<Trace> {
  return (sound ??= traceOf(ONE_NODE, "0"));
}
