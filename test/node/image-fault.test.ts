import { expect, test } from "vitest";
import { type ImageFault, strikingFault } from "../../src/node/image-fault.ts";

const NODES = 20_000;
const ANY: ImageFault = { fault: 0, hardware: undefined, share: 0.3, afterUs: 0 };

test("an image's fault strikes its share of the nodes, and nobody of other hardware", () => {
  const struck = (faults: readonly ImageFault[], hardware: string): number =>
    strikes(faults, "2.0.0", hardware).filter((fault) => fault !== -1).length / NODES;

  // Three standard deviations of a share of 30 % of so many are 1 %.
  expect(Math.abs(struck([ANY], "") - 0.3)).toBeLessThan(0.01);
  expect(Math.abs(struck([{ ...ANY, hardware: "rev-b" }], "rev-b") - 0.3)).toBeLessThan(0.01);
  expect(struck([{ ...ANY, hardware: "rev-b" }], "rev-a")).toBe(0);
  expect(struck([{ ...ANY, hardware: "rev-b" }], "")).toBe(0);
  expect(struck([{ ...ANY, share: 1 }], "rev-a")).toBe(1);
  expect(struck([{ ...ANY, share: 0 }], "rev-a")).toBe(0);
});

test("another version strikes other nodes, and the same one the same nodes", () => {
  const first = strikes([ANY], "2.0.0", "");

  const next = strikes([ANY], "2.0.1", "");

  expect(strikes([ANY], "2.0.0", "")).toEqual(first);
  const both = first.filter((fault, node) => fault !== -1 && next[node] !== -1).length;
  expect(Math.abs(both / NODES - 0.09)).toBeLessThan(0.01);
});

test("of two faults of one image a node has at most one, the first of the list that strikes", () => {
  const two: readonly ImageFault[] = [
    { ...ANY, fault: 1, hardware: "rev-b", share: 0.5 },
    { ...ANY, fault: 2, share: 0.5 },
  ];

  const share = (fault: number, hardware: string): number =>
    strikes(two, "2.0.0", hardware).filter((each) => each === fault).length / NODES;

  expect(Math.abs(share(1, "rev-b") - 0.5)).toBeLessThan(0.012);
  expect(Math.abs(share(2, "rev-b") - 0.25)).toBeLessThan(0.01);
  expect(share(1, "rev-a")).toBe(0);
  expect(Math.abs(share(2, "rev-a") - 0.5)).toBeLessThan(0.012);
});

/** The fault that strikes each node; -1 = none. */
function strikes(faults: readonly ImageFault[], version: string, hardware: string): readonly number[] {
  return Array.from(
    { length: NODES },
    (_, node) => strikingFault(faults, version, { seed: 7, node, hardware })?.fault ?? -1,
  );
}
