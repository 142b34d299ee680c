/** A thread and its tasks, here those of the pool of plans. */
import { expect, onTestFinished, test } from "vitest";
import type { RunOrMissing } from "../../src/measure/planned-run.ts";
import { TaskThread } from "../../src/engine/task-thread.ts";
import type { PlanTask } from "../../src/engine/sweep/plan-worker.ts";
import { smallScenario } from "./small-runs.ts";

test("a thread does one task after another, also behind one that threw, until a task ends it", async () => {
  const thread = new TaskThread<PlanTask, RunOrMissing>("engine/sweep/plan-thread.js");
  onTestFinished(() => thread.terminate());

  await expect(thread.run(taskOf("seed=7"))).resolves.toMatchObject({ seed: 7, verdict: "passed" });
  await expect(thread.run({ ...taskOf(), figures: ["nonsense"] })).rejects.toThrow("the figure nonsense was read");
  await expect(thread.run(taskOf("seed=8"))).resolves.toMatchObject({ seed: 8 });
  expect(thread.isOver).toBe(false);
  await expect(thread.run(taskOf("selftest.worker-dies=1s"))).rejects.toThrow("it ended with exit code 1");
  expect(thread.isOver).toBe(true);
});

test("a thread that is ended while it has a task rejects it", async () => {
  const thread = new TaskThread<PlanTask, RunOrMissing>("engine/sweep/plan-thread.js");

  const refused = expect(thread.run(taskOf())).rejects.toThrow("it ended with exit code");
  await thread.terminate();

  await refused;
});

function taskOf(...sets: string[]): PlanTask {
  const scenario = smallScenario("nodes=2", ...sets);
  const progress = new Float64Array(new SharedArrayBuffer(16));
  return { scenario, imageBytes: undefined, jobImages: new Map(), figures: [], progress };
}
