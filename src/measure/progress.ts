/** What is known of a run while it goes on: for the live view and for the rule that ends it. Costs no scan. */
import type { RunState } from "./run-state.ts";
import { STANDINGS, type StandingName } from "./standing.ts";

/** Counts of this moment. Pairs of node and job, where a node may have several jobs. */
export interface Progress {
  readonly atUs: number;
  readonly targeted: number;
  readonly reachable: number;
  readonly settled: number;
  readonly reachableSettled: number;
  /**
   * Every target that was ever reachable is settled. It may turn false again within seconds of fleet time: a node that
   * rolled back asks once more after its boot. So an end rule waits until `changedAtUs` is a while ago.
   */
  readonly isSettled: boolean;
  /** The last instant of fleet time at which any target's class or settledness changed. */
  readonly changedAtUs: number;
  readonly byClass: Readonly<Record<StandingName, number>>;
  readonly connects: number;
  readonly fetches: number;
  readonly offers: number;
  readonly downloadsInFlight: number;
  readonly imageBytesReceived: number;
  readonly statuses: number;
}

/** Reads the counts. */
export function progressOf(state: RunState): Progress {
  const { standing, sojourns } = state;
  return {
    atUs: state.lastAtUs,
    targeted: standing.targeted,
    reachable: standing.reachable,
    settled: standing.settled,
    reachableSettled: standing.reachableSettled,
    isSettled: standing.reachable > 0 && standing.reachableSettled === standing.reachable,
    changedAtUs: standing.changedAtUs,
    byClass: Object.fromEntries(
      STANDINGS.map((name, number) => [name, standing.byClass[number]!]),
    ) as Progress["byClass"],
    connects: state.countOfKind("connected"),
    fetches: state.countOfKind("fetch sent"),
    offers: state.countOfKind("offer received"),
    downloadsInFlight: sojourns.open,
    imageBytesReceived: state.imageBytesReceived,
    statuses: state.countOfKind("report sent"),
  };
}
