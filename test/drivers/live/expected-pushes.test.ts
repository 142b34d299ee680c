import { expect, test } from "vitest";
import { ExpectedPushes } from "../../../src/drivers/live/expected-pushes.ts";
import { scenarioOf, scenarioText } from "../../scenario/reading.ts";

/** The jobs of a scenario, and four slots of which the first two are connected. */
function pushesOf(job: string) {
  const connected = new Set([0, 1]);
  const scenario = scenarioOf(scenarioText({ job, end: "{ after: 14d }" }));
  return { pushes: new ExpectedPushes(scenario, 4, (slot) => connected.has(slot)), connected };
}

test("the first offer of a pushed job is a push for whoever was connected as it was made, and for nobody else", () => {
  const { pushes, connected } = pushesOf("name: a, trigger: force-push");

  pushes.jobMade(0);
  connected.add(2);
  expect([0, 2].map((slot) => pushes.take(slot, 0))).toEqual([true, false]);
  pushes.jobMade(0);

  expect([0, 1, 2, 3].map((slot) => pushes.take(slot, 0))).toEqual([false, true, true, false]);
  expect(pushes.take(1, 0)).toBe(false);
});

test("the first offer of a job that users approve is caused by them, whoever is connected", () => {
  const { pushes } = pushesOf("name: a, trigger: { user-approved: { share: 100%, delay: 1h } }");

  expect([0, 3, 0, 3].map((slot) => pushes.take(slot, 0))).toEqual([true, true, false, false]);
});

test("offers of a job that nodes ask for, and of no job of the run, are never pushes", () => {
  const { pushes } = pushesOf("name: a");

  pushes.jobMade(0);

  expect([pushes.take(0, 0), pushes.take(0, 0xffff)]).toEqual([false, false]);
});
