import { expect, test } from "vitest";
import { END_REASON, endReason } from "../../src/measure/end-reason.ts";
import { endReasonCounts } from "../../src/measure/end-reason-counts.ts";
import { FieldTable } from "../../src/base/field-table.ts";
import type { Outcome } from "../../src/measure/outcome-class.ts";
import type { Outcomes } from "../../src/measure/outcome.ts";
import type { RunState } from "../../src/measure/run-state.ts";

test("reasons are counted by outcome, the most frequent first, and of success there are none", () => {
  const ends: readonly (readonly [Outcome | undefined, number])[] = [
    ["rolledBack", END_REASON.secondOffer],
    ["success", endReason("rolled back")],
    ["rolledBack", endReason("rolled back")],
    ["rolledBack", endReason("rolled back")],
    ["bricked", END_REASON.none],
    [undefined, endReason("rolled back")],
  ];
  const reason = new FieldTable(ends.length, 8).u8();
  ends.forEach(([, said], node) => reason.set(node, said));
  const columns = { jobs: 1, nodes: ends.length, reason };
  const outcomes = { of: (_: number, node: number) => ends[node]?.[0] };

  expect(endReasonCounts({ columns } as unknown as RunState, outcomes as unknown as Outcomes)).toEqual([
    { outcome: "bricked", reason: "", count: 1 },
    { outcome: "rolledBack", reason: "rolled back", count: 2 },
    { outcome: "rolledBack", reason: "second offer before the reboot", count: 1 },
  ]);
});
