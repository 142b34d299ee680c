import { expect, test } from "vitest";
import { IdSet } from "../../../src/fleet/fleet-file/id-set.ts";

test.each([
  ["costarring", "liquid"],
  ["declinate", "macallums"],
  ["altarage", "zinke"],
])("%s and %s share an FNV-1a hash of 32 bits, and are two ids", (one, other) => {
  const set = new IdSet();

  expect([set.add(one), set.add(other)]).toEqual([undefined, undefined]);
  expect([set.add(other), set.add(one)]).toEqual([1, 0]);
});
