import { expect, test } from "vitest";
import { adapterOf, ADAPTERS } from "../../src/adapters/adapters.ts";
import { keepsAdapterContract } from "../contract/adapter.contract.ts";

test("an adapter is found by its kind, and none by another word", () => {
  for (const adapter of ADAPTERS) expect(adapterOf(adapter.kind)).toBe(adapter);
  expect(adapterOf("hawkbitt")).toBeUndefined();
  expect(new Set(ADAPTERS.map(({ kind }) => kind)).size).toBe(ADAPTERS.length);
});

for (const adapter of ADAPTERS) keepsAdapterContract(adapter);
