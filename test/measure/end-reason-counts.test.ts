import { expect, test } from "vitest";
import { END_REASON, endReason } from "../../src/measure/end-reason.ts";
import { endReasonCounts } from "../../src/measure/end-reason-counts.ts";
import { FieldTable } from "../../src/base/field-table.ts";
import type { Outcome } from "../../src/measure/outcome-class.ts";
import type { Outcomes } from "../../src/measure/outcome.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import { beliefs } from "./history.ts";

test("reasons are counted by outcome, the most frequent first, with what is on record; of success there are none", () => {
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

  const facts = { beliefs: [beliefs("rejected", "success", "rejected", "in-progress", undefined, "none")] };

  expect(endReasonCounts({ columns } as unknown as RunState, outcomes as unknown as Outcomes, facts)).toEqual([
    { outcome: "bricked", reason: "", count: 1, beliefs: { unknown: 1 } },
    { outcome: "rolledBack", reason: "rolled back", count: 2, beliefs: { "in-progress": 1, rejected: 1 } },
    { outcome: "rolledBack", reason: "second offer before the reboot", count: 1, beliefs: { rejected: 1 } },
  ]);
});
