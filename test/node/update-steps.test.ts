import { expect, test } from "vitest";
import { UPDATE_STEPS } from "../../src/node/node-row.ts";
import { moveTo, NEXT_STEPS } from "../../src/node/update-steps.ts";
import { LoneNode } from "./lone-node.ts";

for (const from of UPDATE_STEPS) {
  for (const to of UPDATE_STEPS) {
    const isAllowed = NEXT_STEPS[from].includes(to);

    test(`an update ${isAllowed ? "may go" : "never goes"} from ${from} to ${to}`, () => {
      const { node } = new LoneNode();
      node.update.step = from;

      if (isAllowed) {
        moveTo(node, to);
        expect(node.update.step).toBe(to);
      } else {
        expect(() => moveTo(node, to)).toThrow(`node 0: an update goes from "${from}" to "${to}"`);
        expect(node.update.step).toBe(from);
      }
    });
  }
}

test("every step can be reached from idle, and idle from every step", () => {
  for (const step of UPDATE_STEPS) {
    expect(reachableFrom("idle")).toContain(step);
    expect(reachableFrom(step)).toContain("idle");
  }
});

function reachableFrom(start: (typeof UPDATE_STEPS)[number]): Set<string> {
  const reached = new Set([start]);
  for (const step of reached) for (const next of NEXT_STEPS[step]) reached.add(next);
  return reached;
}
