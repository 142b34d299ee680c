/** Where RainMaker's service and its documents differ: the table of `strictness.ts`, row by row. */
import { expect, test } from "vitest";
import { OtaRules } from "../../src/backend/rules/ota-rules.ts";
import type { Strictness } from "../../src/backend/rules/strictness.ts";

const NOW = 1_800_000_000_000;

test.each([
  [undefined, ["success", "rejected"], "finished"],
  [undefined, ["success", "failed"], "active"],
  ["rainmaker", ["failed", "failed"], "active"],
  ["rainmaker", ["rejected", "rejected"], "finished"],
  ["documents", ["success", "failed"], "finished"],
  ["documents", ["fail", "fail"], "finished"],
  ["documents", ["success", "rejected"], "finished"],
  ["documents", ["success", "delayed"], "active"],
  ["documents", ["success", "in-progress"], "active"],
] as const)("by the word of %s, targets that say %j leave the job %s", (strict, words, state) => {
  const { rules, job } = rollout(2, strict);

  words.forEach((word, node) => rules.takeStatus(node, job, word, "", undefined, NOW));

  expect(rules.stateOf(job)).toBe(state);
});

test("the service serves a failed target again, and believes it when it succeeds after all", () => {
  const { rules, job } = rollout(2, "rainmaker");
  rules.takeStatus(0, job, "failed", "", undefined, NOW);

  expect(rules.answerFetch(0, "1.0", NOW)).toBe(job);
  expect(rules.takeStatus(0, job, "success", "", undefined, NOW)).toBe("applied");
  expect(rules.beliefOf(job, 0)).toBe("success");
});

test("the documents end a target's part with failed: it is served no more, and what it says is late", () => {
  const { rules, job } = rollout(2, "documents");
  rules.takeStatus(0, job, "failed", "", undefined, NOW);

  expect(rules.answerFetch(0, "1.0", NOW)).toBeUndefined();
  expect(rules.takeStatus(0, job, "success", "", undefined, NOW)).toBe("late");
  expect(rules.beliefOf(job, 0)).toBe("failed");
  expect(rules.counters.statusesLate).toBe(1);
});

test.each([
  ["rainmaker", "default", 60_000, []],
  ["rainmaker", "force-push", 60_000, [0, 1]],
  ["documents", "default", 60_000, [0, 1]],
  ["documents", "default", undefined, []],
  ["documents", "user-approved", 60_000, []],
] as const)("by the word of %s, a %s job with a timeout of %s ms is pushed to %j", (strict, trigger, timeoutMs, to) => {
  const { rules, image } = fleetOf(2, strict);

  const { pushTo } = rules.createJob({ image, targets: "all", trigger, timeoutMs }, NOW, () => true);

  expect(pushTo).toEqual(to);
});

test.each([
  ["rainmaker", 2],
  ["documents", 3],
] as const)("by the word of %s, %d targets of five are done", (strict, done) => {
  const { rules, job } = rollout(5, strict);

  const words = ["success", "rejected", "failed", "delayed"];
  words.forEach((word, node) => rules.takeStatus(node, job, word, "", undefined, NOW));

  expect(rules.doneCount(job)).toBe(done);
});

function fleetOf(nodes: number, strict: Strictness | undefined) {
  const rules = new OtaRules({ strict });
  for (let node = 0; node < nodes; node++) rules.addNode({ project: "p", version: "1.0", type: "p", model: "p" });
  return { rules, image: rules.addImage({ project: "p", version: "2.0", sizeBytes: 1_000 }) };
}

function rollout(nodes: number, strict: Strictness | undefined) {
  const { rules, image } = fleetOf(nodes, strict);
  return { rules, job: rules.createJob({ image, targets: "all", trigger: "default" }, NOW).job };
}
