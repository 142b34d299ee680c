import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readTrace } from "../../src/drivers/trace/trace-file.ts";
import { replayOf } from "../../src/engine/node-trace.ts";
import type { Trace } from "../../src/fleet/trace.ts";
import { traceText } from "../../src/report/trace-text.ts";
import { fileOf, freshPath, smallRun, smallScenario } from "./small-runs.ts";

const NODES = ["nodes=6", "fleet.cohorts.workshops.faults.boot-loop=0%", "end.after=4h"];

describe.each([
  { adapter: "rainmaker", workers: 2, node: "5" },
  { adapter: "http-poll", workers: 1, node: "#2" },
])("the trace of a node of a live run with $adapter", ({ adapter, workers, node }) => {
  test("tells its life as a plan's does, and the node alone does the same again", async () => {
    const scenario = smallScenario(...NODES, `backend.adapter=${adapter}`);
    const plain = `/${adapter}`;

    const end = await smallRun(scenario, { workers, trace: node });

    const trace = end.trace as Trace;
    const written = readTrace(fileOf(end, "trace.jsonl"), plain);
    expect(trace.head.node.index).toBe(Number(node.replace("#", "")));
    expect(trace.head.speed).toBe(3_600);
    expect(trace.steps.length).toBeGreaterThan(10);
    expect(written.steps).toHaveLength(trace.steps.length);
    expect(replayOf(written, plain)).toBeUndefined();
    expect(trace.jobs).toMatchObject([{ name: "spring", outcome: "success", belief: "success" }]);
    const text = traceText(trace);
    expect(text).toMatch(/offer 1 arrives: job spring, version 2\.0\.0/);
    expect(text).toMatch(/the run ends: /);
    expect(end.unwritten).toEqual([]);
    // Links to images are signed, and are good for a day.
    const offered = trace.steps.find(({ input }) => input.kind === "offered")?.input as { readonly url?: string };
    expect(offered.url).toMatch(/^https?:\/\/127\.0\.0\.1:\d+\/[^?#]+$/);
  });
});

test("a node that there is not is refused before anything is made", async () => {
  const outDir = freshPath();

  await expect(smallRun(smallScenario(...NODES), { outDir, trace: "6" })).rejects.toThrow(
    /--trace is "6", and there is no such node; must be an index from 0 to 5, or an id such as /,
  );
  expect(existsSync(outDir)).toBe(false);
});
