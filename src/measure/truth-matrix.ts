/** What the flash says against what the backend has on record: the one table that only a simulator can print. */
import { BELIEFS, type Belief } from "../base/belief.ts";
import { type Columns, NODE, PAIR } from "./columns.ts";
import { type Outcomes, isInstalledAfterCancel, isUnreported } from "./outcome.ts";
import { OUTCOMES, type Outcome } from "./outcome-class.ts";
import type { RunFacts } from "./run-facts.ts";
import type { TruthResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Nodes named for each cell that matters; enough to look at, few enough to read. */
const NAMED_NODES_MAX = 20;

/** What the backend believes of a node and a job; `unknown` where it was not read or the node is not in it. */
export function beliefOf(facts: Pick<RunFacts, "beliefs">, job: number, node: number): Belief {
  const number = facts.beliefs[job]?.[node];
  return number === undefined ? "unknown" : (BELIEFS[number] ?? "unknown");
}

/** Holds outcomes against beliefs. */
export function truthMatrix(state: RunState, outcomes: Outcomes, facts: Pick<RunFacts, "beliefs">): TruthResult {
  const { columns } = state;
  const matrix = emptyMatrix();
  const falseSuccessNodes: number[] = [];
  const misledNodes: number[] = [];
  const totals = { falseSuccess: 0, misled: 0, disbelieved: 0, unreported: 0, installedAfterCancel: 0 };
  for (let job = 0; job < columns.jobs; job++) {
    for (let node = 0; node < columns.nodes; node++) {
      const outcome = outcomes.of(job, node);
      if (outcome === undefined) continue;
      const belief = beliefOf(facts, job, node);
      matrix[outcome][belief] += 1;
      const verdict = outcome === "lost" ? "not known" : judgeBelief(state, job, node, belief);
      if (verdict === "false success") name(falseSuccessNodes, node, ++totals.falseSuccess);
      else if (verdict === "misled") name(misledNodes, node, ++totals.misled);
      if (outcome !== "success") continue;
      if (isUnreported(columns, job * columns.nodes + node)) totals.unreported += 1;
      else if (isDisbelieved(columns, job * columns.nodes + node, belief)) totals.disbelieved += 1;
      if (isInstalledAfterCancel(state, job, node)) totals.installedAfterCancel += 1;
    }
  }
  return { matrix, ...totals, falseSuccessNodes, misledNodes };
}

function judgeBelief(state: RunState, job: number, node: number, belief: Belief): "right" | "false success" | "misled" {
  const { columns } = state;
  const bits = columns.pairBits.get(job * columns.nodes + node);
  // A node that confirmed this image and then a later job's has not fallen back: it did run this one.
  const wentOn = (bits & PAIR.confirmed) !== 0 && (bits & PAIR.regressed) === 0;
  const isBricked = (columns.nodeBits.get(node) & NODE.bricked) !== 0;
  const runsImage = !isBricked && (columns.runs.get(node) === job || wentOn);
  if (belief !== "success" || runsImage) return "right";
  return (bits & PAIR.saidSuccess) === 0 ? "false success" : "misled";
}

/** The backend acknowledged a success and has none on record: lost, or covered by what was said after another offer. */
function isDisbelieved({ pairBits }: Columns, pair: number, belief: Belief): boolean {
  return (pairBits.get(pair) & PAIR.regressed) === 0 && belief !== "success" && belief !== "unknown";
}

function name(nodes: number[], node: number, count: number): void {
  if (count <= NAMED_NODES_MAX) nodes.push(node);
}

function emptyMatrix(): Record<Outcome, Record<Belief, number>> {
  const row = () => Object.fromEntries(BELIEFS.map((belief) => [belief, 0])) as Record<Belief, number>;
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, row()])) as Record<Outcome, Record<Belief, number>>;
}
