/** Laws about who is counted: every target has one outcome, whichever way one counts. */
import { BELIEFS } from "../base/belief.ts";
import { NODE, PAIR } from "./columns.ts";
import { type Law, type LawCheck, type LawInput, differ, equal, notCheckable } from "./law.ts";
import { OUTCOMES, UNFINISHED } from "./outcome-class.ts";
import { STANDINGS } from "./standing.ts";
import { TALLY } from "./timeline-tally.ts";
import { isTargeted } from "./run-plan.ts";
import { beliefOf } from "./truth-matrix.ts";

/** C1, C2, C3, C12 and C13. */
export const POPULATION_LAWS: readonly Law[] = [
  {
    id: "C1",
    sentence: "targeted = the sum of all outcomes; each target has exactly one, counted record by record or at the end",
    check: checkOutcomes,
  },
  {
    id: "C2",
    sentence: "unfinished = downloading + retrying + delayed + waiting for approval + offered + never offered",
    check({ outcomes }) {
      const parts = UNFINISHED.map((state) => outcomes.unfinishedBy[state]);
      const sum = parts.reduce((total, { online, offline }) => total + online + offline, 0);
      return equal(outcomes.unfinished, sum, "each online and offline");
    },
  },
  {
    id: "C3",
    sentence: "planned nodes = released + dropped starts + lost with their worker before",
    check: checkReleased,
  },
  {
    id: "C12",
    sentence:
      "targeted = all cells of the truth matrix; its rows sum to the outcomes, its columns to the beliefs that the backend holds",
    check: checkTruth,
  },
  {
    id: "C13",
    sentence: "offers of a job in stages to nodes that the operator had not released = none",
    concerns: ({ plan }) => plan.jobs.some(({ stages }) => stages !== undefined),
    check: ({ state }) => equal(state.offersBeforeRelease, 0, ""),
  },
];

function checkOutcomes({ state, outcomes }: LawInput): LawCheck {
  const { plan, standing, columns, tally } = state;
  let targeted = 0;
  for (const job of plan.jobs) {
    for (let node = 0; node < columns.nodes; node++) if (isTargeted(job, node)) targeted += 1;
  }
  const sum = OUTCOMES.reduce((total, outcome) => total + outcomes[outcome], 0);
  const running = standing.byClass.reduce((total, count) => total + count, 0);
  if (running !== targeted) return differ(targeted, "targeted", running, "classes counted record by record");
  for (const name of ["bricked", "success"] as const) {
    const live = standing.byClass[STANDINGS.indexOf(name)]!;
    if (live !== outcomes[name]) {
      return differ(live, `${name} record by record`, outcomes[name], `${name} at the end`);
    }
    const inTimeline = tally.column(TALLY[name]).reduce((total, change) => total + change, 0);
    if (inTimeline !== live) {
      return differ(inTimeline, `${name} in the timeline`, live, `${name} record by record`);
    }
  }
  return equal(targeted, sum, "");
}

function checkReleased(input: LawInput): LawCheck {
  const { state, facts } = input;
  const { nodeBits, nodes } = state.columns;
  const released = state.countOfKind("released");
  if (released === 0) return notCheckable("no node was released");
  if (facts.interruptedBecause !== undefined) return notCheckable("the run was stopped, perhaps within the ramp");
  const isLost = new Uint8Array(nodes);
  for (const { firstNode, lastNode } of facts.lostWorkers) isLost.fill(1, firstNode, lastNode + 1);
  let dropped = 0;
  let lost = 0;
  for (let node = 0; node < nodes; node++) {
    const bits = nodeBits.get(node);
    if ((bits & NODE.released) !== 0) continue;
    if ((bits & NODE.dropped) !== 0) dropped += 1;
    else if (isLost[node] === 1) lost += 1;
  }
  return equal(nodes, released + dropped + lost, `${released} released, ${dropped} dropped, ${lost} lost`);
}

function checkTruth(input: LawInput): LawCheck {
  const { state, facts, outcomes, truth } = input;
  for (const outcome of OUTCOMES) {
    const row = BELIEFS.reduce((sum, belief) => sum + truth.matrix[outcome][belief], 0);
    if (row !== outcomes[outcome]) {
      return differ(row, `the row of ${outcome}`, outcomes[outcome], `the outcome ${outcome}`);
    }
  }
  const held = new Map<string, number>();
  const { nodes, pairBits } = state.columns;
  for (let pair = 0; pair < pairBits.length; pair++) {
    if ((pairBits.get(pair) & PAIR.targeted) === 0) continue;
    const belief = beliefOf(facts, Math.floor(pair / nodes), pair % nodes);
    held.set(belief, (held.get(belief) ?? 0) + 1);
  }
  for (const belief of BELIEFS) {
    const column = OUTCOMES.reduce((sum, outcome) => sum + truth.matrix[outcome][belief], 0);
    const believed = held.get(belief) ?? 0;
    if (column !== believed) {
      return differ(column, `the column of ${belief}`, believed, `the backend's beliefs ${belief}`);
    }
  }
  const cells = OUTCOMES.flatMap((outcome) => BELIEFS.map((belief) => truth.matrix[outcome][belief]));
  return equal(
    outcomes.targeted,
    cells.reduce((sum, cell) => sum + cell, 0),
    "",
  );
}
