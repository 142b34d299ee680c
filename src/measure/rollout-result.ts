/** What became of a rollout in stages: when each stage went, what stopped it, and whom the image had hit by then. */
import { BELIEFS } from "../base/belief.ts";
import { BAD_END, type Columns } from "./columns.ts";
import { STOP_REASONS } from "./event-record.ts";
import { FORETOLD, isTargeted, type PlannedStage } from "./run-plan.ts";
import type { RunFacts } from "./run-facts.ts";
import type { RolloutResult, RolloutStand, StageResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

const FAILED = BELIEFS.indexOf("failed");
const REJECTED = BELIEFS.indexOf("rejected");

/** Of a job that is released in stages; undefined = it is not. */
export function rolloutResult(
  state: RunState,
  facts: Pick<RunFacts, "beliefs">,
  job: number,
): RolloutResult | undefined {
  const planned = state.plan.jobs[job]!.stages;
  if (planned === undefined) return undefined;
  const stages = planned.map((stage, number) => stageResult(state, job, stage, number));
  const atEnd = standBy(state, job, Infinity, hitOnRecord(facts, job));
  const stoppedAtUs = state.stoppedAtUs[job]!;
  const without = hitWithoutStop(state, job);
  if (Number.isNaN(stoppedAtUs)) return { stages, stop: null, byThen: atEnd, atEnd, ...without };
  const lastBegun = stages.findLastIndex(({ released }) => released > 0);
  const reason = STOP_REASONS[state.stopReason[job]!] ?? "failed";
  const hitsOnRecord = state.stopHits[job]!;
  const stop = {
    atUs: stoppedAtUs,
    stage: Math.max(0, lastBegun),
    reason,
    hitsOnRecord,
    ofOnRecord: state.stopOf[job]!,
  };
  // A rule of silence goes by those that said nothing, which says nothing of those that failed.
  const hitThen = reason === "failed" ? hitsOnRecord : null;
  return { stages, stop, byThen: standBy(state, job, stoppedAtUs, hitThen), atEnd, ...without };
}

/** Whom the image's defects and the nodes' own faults harm if all stages are released and every target takes it. */
function hitWithoutStop({ plan }: RunState, job: number): Pick<RolloutResult, "wouldHit" | "wouldHitLater"> {
  const { foretold } = plan.jobs[job]!;
  if (foretold === undefined) return { wouldHit: null, wouldHitLater: null };
  let [surely, later] = [0, 0];
  for (let node = 0; node < plan.nodes; node++) {
    if (!isTargeted(plan.jobs[job]!, node)) continue;
    const told = foretold[node]!;
    if ((told & FORETOLD.hit) !== 0) surely += 1;
    else if ((told & FORETOLD.hitLater) !== 0) later += 1;
  }
  return { wouldHit: surely + later, wouldHitLater: later };
}

/** How far a job had come at an instant of fleet time. */
function standBy(state: RunState, job: number, atUs: number, onRecord: number | null): RolloutStand {
  const { columns } = state;
  const stand = { released: 0, downloaded: 0, confirmed: 0, hit: 0, overtaken: 0 };
  for (let pair = job * columns.nodes; pair < (job + 1) * columns.nodes; pair++) {
    // NaN, never happened, compares false.
    if (!(columns.releasedAtUs[pair]! <= atUs)) continue;
    stand.released += 1;
    if (columns.appliedAtUs[pair]! <= atUs) stand.downloaded += 1;
    if (columns.confirmedAtUs.get(pair) <= atUs) stand.confirmed += 1;
    const isOver = columns.badEndAtUs[pair]! <= atUs;
    if (isOver && columns.badEnd[pair] === BAD_END.hit) stand.hit += 1;
    else if (overtakenAtUs(columns, pair) <= atUs) stand.overtaken += 1;
  }
  return { ...stand, hitOnRecord: onRecord };
}

/** When a target was overtaken, whatever came later; NaN = never. */
function overtakenAtUs({ badEnd, badEndAtUs, overtakenBeforeHitAtUs }: Columns, pair: number): number {
  return badEnd[pair] === BAD_END.overtaken ? badEndAtUs[pair]! : (overtakenBeforeHitAtUs.get(pair) ?? NaN);
}

function hitOnRecord({ beliefs }: Pick<RunFacts, "beliefs">, job: number): number | null {
  const ofJob = beliefs[job];
  if (ofJob === undefined) return null;
  return ofJob.reduce((sum, belief) => sum + (belief === FAILED || belief === REJECTED ? 1 : 0), 0);
}

function stageResult(state: RunState, job: number, { name, targets }: PlannedStage, number: number): StageResult {
  const { columns } = state;
  let [released, confirmed, hit, ended] = [0, 0, 0, 0];
  let [firstUs, lastUs, endUs] = [Infinity, -Infinity, -Infinity];
  for (let pair = job * columns.nodes; pair < (job + 1) * columns.nodes; pair++) {
    if (columns.stageOf[pair] !== number + 1) continue;
    const releasedAtUs = columns.releasedAtUs[pair]!;
    released += 1;
    firstUs = Math.min(firstUs, releasedAtUs);
    lastUs = Math.max(lastUs, releasedAtUs);
    const [confirmedAtUs, badEndAtUs] = [columns.confirmedAtUs.get(pair), columns.badEndAtUs[pair]!];
    if (!Number.isNaN(confirmedAtUs)) confirmed += 1;
    if (columns.badEnd[pair] === BAD_END.hit) hit += 1;
    // Its image runs, or it came to a bad end: whichever was first.
    const ownEndUs = Number.isNaN(confirmedAtUs) ? badEndAtUs : confirmedAtUs;
    if (Number.isNaN(ownEndUs)) continue;
    ended += 1;
    endUs = Math.max(endUs, ownEndUs);
  }
  return {
    name,
    targets,
    released,
    firstReleasedAtUs: released === 0 ? null : firstUs,
    lastReleasedAtUs: released === 0 ? null : lastUs,
    doneAtUs: targets > 0 && ended === targets ? endUs : null,
    confirmed,
    hit,
  };
}
