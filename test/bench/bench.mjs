// `npm run bench [-- --nodes N]`: what a plan costs, on this machine, beside plain ways of doing the same. It runs what
// was built. CPU time of the process over events; the least of a few rounds, as other work only ever adds to it.
import { measurePlan } from "./plan.mjs";
import { measureDraws, measureQueues, measureReduction } from "./parts.mjs";

const NODES = Number(argument("--nodes") ?? 100_000);
const GOAL = { nsPerEvent: 1_500, bytesPerNode: 200 };

const plan = await measurePlan(NODES);
print(`a plan of ${NODES.toLocaleString("en")} nodes for a week (${plan.events.toLocaleString("en")} events)`, [
  ["row of a node, bytes", plan.rowBytes, "", ""],
  ["memory of a node at birth, bytes", plan.bytesPerNode, GOAL.bytesPerNode, "goal"],
  ["peak memory, MB", plan.peakMb, "", ""],
  ["one event, records dropped, ns", plan.bareNs, plan.peerNs, "object actors on a binary heap"],
  ["one event, records reduced, ns", plan.reducedNs, GOAL.nsPerEvent, "goal"],
]);
const queues = measureQueues(NODES);
const draws = measureDraws();
const reduction = await measureReduction(NODES);
print("its parts", [
  ["timer queue: take and set, ns", queues.ours, queues.peer, "binary heap of objects"],
  ["one draw, ns", draws.ours, draws.peer, "splitmix64 in BigInt"],
  ["one record reduced, ns", reduction.ours, reduction.peer, "appended to a list of objects"],
]);
// Told and not failed: nanoseconds say as much about what else this machine is at as about the code. The peer, which
// ran beside it, says what they are worth.
const missed = plan.bytesPerNode > GOAL.bytesPerNode || plan.reducedNs > GOAL.nsPerEvent;
console.log(missed ? "\na goal was missed" : "\nboth goals are met");

/** Rows of: what, ours, the other's or the goal, what that is. */
function print(title, rows) {
  console.log(`\n${title}`);
  for (const [what, ours, other, whose] of rows) {
    const ratio = other === "" ? "" : `${(ours / other).toFixed(2)} of ${other.toFixed(0)} (${whose})`;
    console.log(`  ${what.padEnd(36)} ${ours.toFixed(ours < 100 ? 1 : 0).padStart(9)}   ${ratio}`);
  }
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}
