/**
 * Compares what a node showed with what the firmware showed. Order counts among the effects of one kind and across the
 * kinds that reach outside. What a node may leave out is filtered here, by name, and nowhere else.
 */
import type { Effect, Vector } from "./vector.ts";

/** Left out on purpose: what an application got back from a call, and where the stopped timer is handled otherwise. */
const LEFT_OUT = new Set(["returned", "timerStop"]);

/** Undefined where they match; else the first difference, in words. */
export function firstDifference(vector: Vector, shown: readonly Effect[]): string | undefined {
  const expected = vector.expect.filter(counts);
  const actual = shown.filter(counts);
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    const left = expected[i] === undefined ? "nothing more" : canonical(expected[i] as Effect);
    const right = actual[i] === undefined ? "nothing more" : canonical(actual[i] as Effect);
    if (left !== right) return `effect ${i + 1}: expected ${left}\n${" ".repeat(8)}but the node showed ${right}`;
  }
  return undefined;
}

function counts(effect: Effect): boolean {
  return !Object.keys(effect).some((key) => LEFT_OUT.has(key));
}

function canonical(effect: Effect): string {
  return JSON.stringify(effect, (_, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : value,
  );
}
