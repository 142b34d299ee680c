/** Whether what a plan remembers fits into this Node.js, before any of it is made. */
import { constants } from "node:buffer";
import { howMany } from "../base/how-many.ts";
import { UserError } from "../base/user-error.ts";
import { pairsMax } from "../measure/columns.ts";
import type { Scenario } from "../scenario/scenario.ts";

/**
 * Throws a `UserError` with the largest fleet that fits, where there are more pairs of node and job.
 *
 * @param bufferBytesMax of a buffer: 4 GiB in Node.js 20
 */
export function checkPairsFit(
  { fleet, jobs }: { readonly fleet: Pick<Scenario["fleet"], "nodes">; readonly jobs: { readonly length: number } },
  bufferBytesMax: number = constants.MAX_LENGTH,
): void {
  const most = pairsMax(bufferBytesMax);
  if (fleet.nodes * jobs.length <= most) return;
  const nodes = Math.floor(most / jobs.length);
  throw new UserError({
    field: "nodes",
    seen: `is ${fleet.nodes}, which with ${howMany(jobs.length, "job")} makes ${fleet.nodes * jobs.length} pairs of node and job; this Node.js (${process.version}) has room for ${most} in one buffer`,
    expected: `with so many jobs there is room for at most ${howMany(nodes, "node")} (-n ${nodes}), and for so many nodes for at most ${howMany(Math.floor(most / fleet.nodes), "job")}`,
  });
}
