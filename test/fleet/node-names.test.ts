import { expect, test } from "vitest";
import { loadNames } from "../../src/fleet/node-names.ts";

test("names are the same for one seed, in whatever order they are asked for", async () => {
  const names = await loadNames(1);
  const first = [0, 1, 2, 3].map((index) => names.node(index));
  names.group(9);

  expect([3, 2, 1, 0].map((index) => names.node(index)).reverse()).toEqual(first);
  expect(new Set(first).size).toBe(4);
});

test("names differ from seed to seed, also while both are in use", async () => {
  const [one, two] = [await loadNames(1), await loadNames(2)];

  expect([0, 1, 2].map((index) => one.node(index))).not.toEqual([0, 1, 2].map((index) => two.node(index)));
});

test("names of nodes are plain words with hyphens, names of groups are towns", async () => {
  const names = await loadNames(1);

  for (let index = 0; index < 200; index += 1) expect(names.node(index)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  expect(names.group(0)).not.toBe("");
});
