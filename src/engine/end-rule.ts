/** When a run is over because nothing will change any more. */
import { MILLISECOND_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import { PAIR } from "../measure/columns.ts";
import type { LostWorker } from "../measure/run-facts.ts";
import type { RunState } from "../measure/run-state.ts";
import { isReachable } from "../measure/standing.ts";
import { allOrderedAtUs } from "../scenario/job-timeline.ts";
import type { Scenario } from "../scenario/scenario.ts";

/**
 * A node that rolled back asks once more some seconds after its boot, and then is not settled for a moment: so all
 * must have been settled for so much fleet time.
 */
const STILL_US = MINUTE_US;
/** Records are underway for a while; a settled fleet may have been unsettled by one of them. Wall time. */
const RECORDS_UNDER_WAY_US = 0.5 * SECOND_US;

/**
 * Fleet time at which the last node of a fleet has begun (a booting one boots along its ramp, which is wall time), and
 * the last job and cancel within reach of the end.
 */
export function allBegunAtUs(scenario: Pick<Scenario, "fleet" | "jobs" | "end">, speed: number): number {
  const { begins, connectOverMs } = scenario.fleet;
  const allBootUs = begins === "running" ? 0 : connectOverMs * MILLISECOND_US * speed;
  return Math.max(allBootUs, allOrderedAtUs(scenario));
}

/**
 * Whether every reachable target has been settled for a while. Nodes of lost workers do not count: nobody drives
 * them, and nothing about them will ever change.
 *
 * @param fleetUs fleet time of this moment
 * @param allBegunUs fleet time by which every node, job and cancel has begun: before it, the first may be settled while
 * the others are still to boot
 * @param speed fleet seconds in a wall second; 0 = records come at once, as under the virtual driver
 */
export function isAllSettled(
  state: RunState,
  fleetUs: number,
  speed: number,
  lostWorkers: readonly Pick<LostWorker, "firstNode" | "lastNode">[],
  allBegunUs: number,
): boolean {
  const stillSinceUs = Math.max(state.standing.changedAtUs, allBegunUs);
  if (fleetUs - stillSinceUs < STILL_US + RECORDS_UNDER_WAY_US * speed) return false;
  return areAllSettled(state, lostWorkers);
}

/**
 * The same of a plan, by its records: what came of its last event. Answers that are told ahead of their time are of later
 * (`takesAnswersAhead` of `RecordSink`), and no stillness is over for their sake.
 *
 * @param nowUs fleet time of the last event
 */
export function isPlanSettled(state: RunState, nowUs: number, allBegunUs: number): boolean {
  return isAllSettled(state, Math.min(nowUs, state.lastAtUs), 0, [], allBegunUs);
}

/**
 * Until when a plan goes on for certain, if nothing happens to a node before an instant and nobody orders anything: a
 * reachable target that is not settled stays so until then.
 *
 * @param nextUsOf when something happens to a node next
 */
export function goesOnUntilUs({ columns }: RunState, allBegunUs: number, nextUsOf: (node: number) => number): number {
  const { pairBits, nodes, jobs } = columns;
  let untilUs = allBegunUs + STILL_US;
  for (let job = 0; job < jobs; job++) {
    for (let node = 0; node < nodes; node++) {
      const bits = pairBits.get(job * nodes + node);
      if ((bits & PAIR.targeted) === 0 || (bits & PAIR.settled) !== 0 || !isReachable(bits)) continue;
      const nextUs = nextUsOf(node);
      if (nextUs > untilUs) untilUs = nextUs;
    }
  }
  return untilUs;
}

/** Whether every reachable target is settled at this moment. */
export function areAllSettled(
  state: RunState,
  lostWorkers: readonly Pick<LostWorker, "firstNode" | "lastNode">[],
): boolean {
  const { standing } = state;
  if (lostWorkers.length === 0) return standing.reachable > 0 && standing.reachableSettled === standing.reachable;
  const { pairBits, nodes } = state.columns;
  const isOpen = (bits: number, pair: number): boolean => {
    if ((bits & PAIR.targeted) === 0 || (bits & PAIR.settled) !== 0 || !isReachable(bits)) return false;
    const node = pair % nodes;
    return !lostWorkers.some(({ firstNode, lastNode }) => node >= firstNode && node <= lastNode);
  };
  return pairBits.countOf(isOpen) === 0;
}
