import { expect, test } from "vitest";
import { DAY_US, HOUR_US, MINUTE_US, NEVER } from "../../src/base/instant.ts";
import { lifeDrawsOf } from "../../src/fleet/life-draws.ts";
import { smallFleet } from "./small-fleet.ts";

test("spells begin at random, so many for each day online", () => {
  const [cohort] = smallFleet([1]).cohorts;
  if (cohort === undefined) throw new Error("no cohort");
  const { spellGapUs, spellLengthUs } = lifeDrawsOf(cohort);
  const gaps = Array.from({ length: 10_000 }, (_, i) => spellGapUs((i + 0.5) / 10_000));

  expect(gaps.reduce((a, b) => a + b, 0) / gaps.length / DAY_US).toBeCloseTo(1, 2);
  expect(gaps.every(Number.isSafeInteger)).toBe(true);
  expect(spellLengthUs(0.5)).toBe(HOUR_US);
});

test("a cohort without spells never leaves the network, and one without a period has no jitter", () => {
  const [cohort] = smallFleet([1], { offline: { kind: "none" }, autofetch: { kind: "after boot" } }).cohorts;
  if (cohort === undefined) throw new Error("no cohort");
  const { spellGapUs, autofetchJitterUs } = lifeDrawsOf(cohort);

  expect(spellGapUs(0.5)).toBe(NEVER);
  expect(autofetchJitterUs(0.9)).toBe(0);
});

test("jitter is anything from nothing to the whole", () => {
  const [cohort] = smallFleet([1]).cohorts;
  if (cohort === undefined) throw new Error("no cohort");

  expect(lifeDrawsOf(cohort).autofetchJitterUs(0.5)).toBe(5 * MINUTE_US);
});
