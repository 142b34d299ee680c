/** Timers that fire while a node has no network: made up for afterwards, they leave the node as it would have been. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import type { LaterFetch } from "../../src/node/settings.ts";
import { LoneNode } from "./lone-node.ts";

const COHORT = { spellGapUs: (u: number) => u * 6 * HOUR_US, spellLengthUs: (u: number) => u * 9 * HOUR_US };
const BIRTH = { networkChangesAtUs: 3 * HOUR_US };

test("a node that is woken for none of them asks at the same instants, and its row is the same", () => {
  const releases = fc.constantFrom("1.16", "1.12.7", "1.5.7");
  const days = fc.array(fc.record({ us: fc.nat(8 * HOUR_US), answers: fc.boolean() }), {
    minLength: 3,
    maxLength: 12,
  });
  fc.assert(
    fc.property(releases, fc.nat(600 * MINUTE_US), days, (release, periodUs, steps) => {
      const build = { autofetchPeriodMs: 5 * 3_600_000 + Math.floor(periodUs / 1_000) };
      const [woken, leaping] = [false, true].map((leapsUnheardTimers) => {
        const lone = new LoneNode({ release, build, cohort: COHORT, birth: BIRTH, leapsUnheardTimers }).online();
        for (const { us, answers } of steps) live(lone, us, answers);
        while (!lone.node.link.isUp) live(lone, 10 * MINUTE_US, true);
        return lone.wait(SECOND_US);
      }) as [LoneNode, LoneNode];

      expect(leaping.fetchesAtSeconds).toEqual(woken.fetchesAtSeconds);
      expect(leaping.row).toEqual(woken.row);
      expect(timersOf(leaping)).toEqual(timersOf(woken));
    }),
    { numRuns: 60 },
  );
});

test("a day without network wakes it a few times instead of two hundred", () => {
  const cohort = { spellGapUs: () => DAY_US, spellLengthUs: () => DAY_US };
  const build = { autofetchPeriodMs: 6 * 3_600_000 };
  const wakes = [false, true].map((leapsUnheardTimers) => {
    const lone = new LoneNode({ build, cohort, birth: BIRTH, leapsUnheardTimers }).online();
    return live(lone, 27 * HOUR_US, true).trace.length;
  });

  expect(wakes[0]).toBeGreaterThan(200);
  expect(wakes[1]).toBeLessThan(40);
});

/** The timers that wait, by their time: where in its list one stands means nothing. */
function timersOf({ settings, node }: LoneNode): readonly LaterFetch[] {
  return (settings.books.laterFetches.get(node.slot) ?? []).toSorted((a, b) => a.atUs - b.atUs);
}

/** Lives for so long; the backend takes what is dialled and sent, where it answers, at once. */
function live(lone: LoneNode, us: number, answers: boolean): LoneNode {
  const untilUs = lone.nowUs + us;
  while (lone.nowUs < untilUs) {
    lone.wait(Math.min(lone.node.deadlineUs, untilUs) - lone.nowUs);
    if (!answers) continue;
    if (lone.node.link.isDialling) lone.tell({ kind: "connected" });
    if (lone.node.link.isConnected) lone.acknowledge();
  }
  return lone;
}
