import { expect, test } from "vitest";
import { httpPoll } from "../../src/adapters/http-poll/adapter.ts";
import { SECOND_US } from "../../src/base/instant.ts";
import { IMAGE_BYTES, LoneNode } from "./lone-node.ts";

const SLOT_BYTES = 48 * 1_024;

test("an image longer than the slot fails at its first byte beyond, and each further attempt at once", () => {
  const lone = new LoneNode({ cohort: { slotBytes: SLOT_BYTES } }).online();
  lone.offer();
  for (let attempt = 1; attempt <= 3; attempt++) {
    expect(lone.wished("download").at(-1)?.slice(3)).toEqual([
      attempt === 1 ? 0 : SLOT_BYTES,
      attempt > 1,
      SLOT_BYTES + 1,
      50_000,
    ]);
    lone.tell({ kind: "transfer begun" }, { kind: "image head read", image: lone.image() });
    lone.tell({ kind: "bytes reached", gotBytes: SLOT_BYTES + 1 });
  }

  expect(lone.said.filter((said) => said === "failed: transfer failed")).toHaveLength(3);
  expect(lone.noted("attempt ended").map(({ gotBytes }) => gotBytes)).toEqual([SLOT_BYTES + 1, 1, 1]);
  expect(lone.noted("attempts spent")).toHaveLength(1);
});

test("an image that fits is watched to the end of the slot only, for a body may be endless", () => {
  const lone = new LoneNode({ cohort: { slotBytes: IMAGE_BYTES } }).online();
  lone.offer();

  expect(lone.wished("download").at(-1)?.[5]).toBe(IMAGE_BYTES + 1);
});

test("a question that is written again after a reconnect stops the wait of a new image again", () => {
  const lone = new LoneNode({
    generation: httpPoll.generations[httpPoll.defaultGeneration]!,
    fleetPerWall: 600,
    cohort: { spellLengthUs: () => 10 * SECOND_US },
    birth: { networkChangesAtUs: 35 * SECOND_US },
  });
  lone.online().acknowledge();
  lone
    .wait(6 * SECOND_US)
    .acknowledge()
    .install();
  lone.tell({ kind: "connected" }, { kind: "started" });
  lone.wait(40 * SECOND_US).tell({ kind: "connected" });
  // The watch over it ran out offline, but it was written again, and so the backend is being asked.
  const message = lone.node.outbox.first;

  lone.wait(600 * SECOND_US).tell({ kind: "acknowledged", message });

  expect(lone.noted("network down")).toHaveLength(1);
  expect(lone.noted("marked valid")).toHaveLength(1);
});
