import { expect, test } from "vitest";
import { beliefsText, readBeliefs, readFacts } from "../../src/engine/stored-facts.ts";

const FACTS = {
  endedAtUs: 7,
  wallMs: 8.5,
  endedBecause: "all reachable targets settled",
  interruptedBecause: null,
  undone: ["The job hotfix, due at 2 h, was not created: it said no."],
  remarks: ["a cancel"],
  lostWorkers: [{ worker: 0, shard: 0, firstNode: 0, lastNode: 9, lostMs: 100 }],
  backend: { fetchesReceived: 3 },
};

test("facts are read as they were written", () => {
  expect(readFacts(JSON.stringify(FACTS))).toEqual(FACTS);
});

test.each(["", "{", "{}", "[]", '[["x"]]', "null", JSON.stringify({ ...FACTS, lostWorkers: "none" })])(
  "facts that somebody changed or a kill has cut are no facts: %s",
  (text) => {
    expect(readFacts(text)).toBeUndefined();
  },
);

test("beliefs are read as they were written", () => {
  const beliefs = [Uint8Array.from([0, 1, 255]), undefined];

  expect(readBeliefs(beliefsText(beliefs), 3)).toEqual(beliefs);
});

test("beliefs of another number of nodes are not read", () => {
  expect(readBeliefs(beliefsText([Uint8Array.from([0, 1])]), 3)).toEqual([undefined]);
});

test.each(["", "[[", '[["x"]]', "{}", "[7]"])("beliefs that are no beliefs are not read: %s", (text) => {
  expect(readBeliefs(text, 1)).toBeUndefined();
});
