/**
 * Where every target stands at any moment, kept up to date record by record: the live view and the coordinator's end
 * rule read it thousands of times. The result does not; it judges every pair anew at the end (`outcome.ts`), and law
 * C1 holds the two against each other.
 */
import { BAD_END, NODE, PAIR, STAGE, type Columns } from "./columns.ts";
import { END_REASON } from "./end-reason.ts";
import { TALLY, type TimelineTally } from "./timeline-tally.ts";

/** Classes that a pair can be in while the run goes on; `open` = none of the others. */
export const STANDINGS = ["open", "bricked", "success", "rolledBack", "rejected", "expired", "failed"] as const;

/** A class of `STANDINGS`. */
export type StandingName = (typeof STANDINGS)[number];

const ROLLED_BACK = STANDINGS.indexOf("rolledBack");
const TALLY_OF = STANDINGS.map((name) => (name === "open" ? -1 : TALLY[name]));

/** Expiry is nobody's harm. */
const BAD_END_OF: readonly number[] = STANDINGS.map((name) => {
  if (name === "rejected") return BAD_END.refused;
  return name === "bricked" || name === "rolledBack" || name === "failed" ? BAD_END.hit : BAD_END.none;
});

/**
 * A cycle that ended alike twice more, or two offers that led to nothing, or two questions that went unanswered: such
 * a node will not change by itself.
 */
export const REPEATS_TO_SETTLE = 2;

/** Counts of targets. "Done" needs `reachable` and `settled` at once, so that is counted too. */
export class Standing {
  readonly #columns: Columns;
  readonly #tally: TimelineTally;
  readonly #cancelledAtUs: Float64Array;
  /** Pairs by class. */
  readonly byClass = new Float64Array(STANDINGS.length);
  targeted = 0;
  reachable = 0;
  settled = 0;
  reachableSettled = 0;
  /** The last instant at which any target's class or settledness changed. */
  changedAtUs = 0;

  constructor(columns: Columns, tally: TimelineTally, cancelledAtUs: Float64Array) {
    this.#columns = columns;
    this.#tally = tally;
    this.#cancelledAtUs = cancelledAtUs;
    this.recount();
  }

  /** Brings the counts up to date after something about the pair of `job` and `node` changed. */
  update(job: number, node: number, atUs: number): void {
    const columns = this.#columns;
    const pair = job * columns.nodes + node;
    const bits = columns.pairBits.get(pair);
    if ((bits & PAIR.targeted) === 0) return;
    const before = columns.standing.get(pair);
    const after = standingOf(columns, pair, node, this.#cancelledAtUs[job]!);
    if (before !== after) {
      columns.standing.set(pair, after);
      this.byClass[before]! -= 1;
      this.byClass[after]! += 1;
      if (before !== 0) this.#tally.add(TALLY_OF[before]!, atUs, -1);
      if (after !== 0) this.#tally.add(TALLY_OF[after]!, atUs, 1);
      if (columns.hasStages) noteBadEnd(columns, pair, after, atUs);
      this.#changed(atUs);
    }
    const isSettled = isPairSettled(columns, job, node, !Number.isNaN(this.#cancelledAtUs[job]!));
    if (isSettled !== ((bits & PAIR.settled) !== 0)) {
      columns.pairBits.set(pair, bits ^ PAIR.settled);
      const step = isSettled ? 1 : -1;
      this.settled += step;
      if (isReachable(bits)) this.reachableSettled += step;
      this.#changed(atUs);
    }
  }

  /** A target rolled back, perhaps not for the first time: whom a second offer overtook before, the image may harm now. */
  noteRollBack(pair: number, atUs: number): void {
    if (this.#columns.hasStages) noteBadEnd(this.#columns, pair, ROLLED_BACK, atUs);
  }

  /** Sets and clears bits of reachability, and counts. */
  setReachability(pair: number, set: number, clear: number): void {
    const before = this.#columns.pairBits.get(pair);
    const after = (before | set) & ~clear;
    if (before === after) return;
    this.#columns.pairBits.set(pair, after);
    if ((before & PAIR.targeted) === 0 || isReachable(before) === isReachable(after)) return;
    const step = isReachable(after) ? 1 : -1;
    this.reachable += step;
    if ((after & PAIR.settled) !== 0) this.reachableSettled += step;
  }

  /** Counts everything from the columns; for a new or a merged reduction. */
  recount(): void {
    const { pairBits, standing } = this.#columns;
    this.byClass.fill(0);
    this.targeted = this.reachable = this.settled = this.reachableSettled = 0;
    for (let pair = 0; pair < pairBits.length; pair++) {
      const bits = pairBits.get(pair);
      if ((bits & PAIR.targeted) === 0) continue;
      this.targeted += 1;
      this.byClass[standing.get(pair)]! += 1;
      if (isReachable(bits)) this.reachable += 1;
      if ((bits & PAIR.settled) !== 0) this.settled += 1;
      if (isReachable(bits) && (bits & PAIR.settled) !== 0) this.reachableSettled += 1;
    }
  }

  #changed(atUs: number): void {
    if (atUs > this.changedAtUs) this.changedAtUs = atUs;
  }
}

/** The first bad end of a target that was released; a harm goes before an overtaking. */
function noteBadEnd(columns: Columns, pair: number, standing: number, atUs: number): void {
  const { stageOf, badEnd, badEndAtUs, overtakenBeforeHitAtUs, reason } = columns;
  const isOvertaken = standing === ROLLED_BACK && reason.get(pair) === END_REASON.secondOffer;
  const end = isOvertaken ? BAD_END.overtaken : BAD_END_OF[standing]!;
  if (end === BAD_END.none || stageOf[pair] === 0) return;
  if (badEnd[pair] === BAD_END.overtaken && end === BAD_END.hit) overtakenBeforeHitAtUs.set(pair, badEndAtUs[pair]!);
  else if (badEnd[pair] !== BAD_END.none) return;
  badEnd[pair] = end;
  badEndAtUs[pair] = atUs;
}

/** Whether a pair's node was connected at least once since the job was created. */
export function isReachable(pairBits: number): boolean {
  return (pairBits & (PAIR.connectedSince | PAIR.onlineAtStart)) !== 0;
}

function standingOf(columns: Columns, pair: number, node: number, cancelledAtUs: number): number {
  const bits = columns.pairBits.get(pair);
  if ((columns.nodeBits.get(node) & NODE.bricked) !== 0) return 1;
  if ((bits & PAIR.confirmed) !== 0) return 2;
  if ((bits & PAIR.rolledBack) !== 0) return 3;
  const stage = columns.stage.get(pair);
  if (stage === STAGE.rejected) return 4;
  // It is judged cancelled at the end, whatever came of an offer that never began.
  if (!Number.isNaN(cancelledAtUs) && !(columns.startAtUs.get(pair) <= cancelledAtUs)) return 0;
  if (stage === STAGE.expired) return 5;
  return stage === STAGE.failed ? 6 : 0;
}

/** Whether a pair's outcome cannot change any more, or does not although it could. */
function isPairSettled(columns: Columns, job: number, node: number, isCancelled: boolean): boolean {
  const pair = job * columns.nodes + node;
  const bits = columns.pairBits.get(pair);
  if ((columns.nodeBits.get(node) & NODE.bricked) !== 0 || (bits & PAIR.confirmed) !== 0) return true;
  const stage = columns.stage.get(pair);
  if (stage === STAGE.rejected || stage === STAGE.expired || stage === STAGE.failed) return true;
  // Its user never approves: nobody will offer it the job.
  if (stage === STAGE.neverOffered && columns.hasApprovals && columns.approvedAtUs.get(pair) === Infinity) return true;
  // It goes round in circles; where in the circle it is when someone looks does not matter.
  if (columns.repeats.get(pair) >= REPEATS_TO_SETTLE) return true;
  if (stage === STAGE.downloading || stage === STAGE.applied) return false;
  // Asked, and was offered nothing: the backend has closed the job for this node.
  const unanswered = columns.fetchesUnanswered.get(node);
  const isSpent = (bits & PAIR.spent) !== 0;
  if (isCancelled) {
    const mayStillBegin = stage === STAGE.offered || (stage === STAGE.retrying && !isSpent);
    return !mayStillBegin || unanswered > 0;
  }
  if ((stage === STAGE.retrying || isSpent) && unanswered >= REPEATS_TO_SETTLE) return true;
  if (columns.cycle.get(pair) === 0) return false;
  if (columns.offersSince.get(pair) >= REPEATS_TO_SETTLE) return true;
  // The backend knows that the node rolled back, and has not offered the job again.
  return stage === STAGE.rolledBack && (bits & PAIR.finalAcked) !== 0 && (bits & PAIR.reoffered) === 0;
}
