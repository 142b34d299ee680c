/**
 * How many events of virtual time a plan will have, foretold from its scenario and mended by what it has had so far: only
 * to say how far it is and how long it takes. Fleet time alone says neither, as half of a plan's work may lie in one night.
 */
import { DAY_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import type { Scenario } from "../scenario/scenario.ts";

/**
 * Events of one question, one spell, one update, and work of one birth in events. Counted in plans of the shipped
 * scenarios (cdn-bill, million-week, night-rollout, first-rollout, old-firmware), which these tell within a fifth.
 */
const EVENTS_A_FETCH = 3.2;
const EVENTS_A_SPELL = 6.5;
const EVENTS_AN_OFFER = 8;
const EVENTS_AN_UPDATE = 12; // from the offer on
const EVENTS_A_BIRTH = 5;

/** As long as less than this share of the work is done, what was foretold counts for as much as what was seen. */
const TRUSTED_SHARE = 0.1;

/** Whoever is not settled yet takes so many times as long as those that settled last: the end of a rollout is a long one. */
const TAIL = 3;
/** Of less than this share that is settled, nobody can say when all are. */
const SETTLED_SHARE_MIN = 0.05;

/** Where a plan is. */
export interface PlanStand {
  readonly born: number;
  readonly events: number;
  readonly fleetUs: number;
  /** Pairs of node and job, as far as they were ever reachable. */
  readonly reachable: number;
  readonly reachableSettled: number;
  /** Offers that nodes received. */
  readonly offers: number;
}

export class ForetoldEvents {
  readonly #nodes: number;
  readonly #endUs: number;
  readonly #mayEndEarly: boolean;
  readonly #routinePerUs: number;

  constructor({ fleet, end }: Pick<Scenario, "fleet" | "end">) {
    this.#nodes = fleet.nodes;
    this.#endUs = end.afterUs;
    this.#mayEndEarly = end.when === "settled";
    this.#routinePerUs = fleet.cohorts.reduce((sum, cohort) => sum + cohort.nodes * routinePerUs(cohort), 0);
  }

  /** The work that is done, in events; births count in it. */
  done({ born, events }: PlanStand): number {
    return events + born * EVENTS_A_BIRTH;
  }

  /**
   * The work that is left, in events.
   *
   * @param before where it was when a part of its fleet time was over, such as three quarters
   */
  left(stand: PlanStand, before: PlanStand): number {
    const { born } = stand;
    const births = (this.#nodes - born) * EVENTS_A_BIRTH;
    const whole = this.#leftUntil(stand, this.#endUs);
    const settledUs = this.#settledUs(stand, before);
    if (settledUs >= this.#endUs) return births + whole;
    // It is over when all are settled, or with its time where one of them stays away: nobody knows, so in between.
    return births + Math.sqrt(whole * this.#leftUntil(stand, settledUs));
  }

  /** How far it is, 0 to 1. */
  share(stand: PlanStand, before: PlanStand): number {
    const done = this.done(stand);
    return done > 0 ? done / (done + this.left(stand, before)) : 0;
  }

  #leftUntil({ born, events, fleetUs, reachable, reachableSettled, offers }: PlanStand, endUs: number): number {
    const targets = born < this.#nodes ? this.#nodes : reachable;
    const total = this.#routinePerUs * endUs + targets * (EVENTS_AN_OFFER + EVENTS_AN_UPDATE);
    const foretold =
      this.#routinePerUs * Math.max(0, fleetUs) +
      Math.min(offers, targets) * EVENTS_AN_OFFER +
      reachableSettled * EVENTS_AN_UPDATE;
    const prior = total * TRUSTED_SHARE;
    // A scenario whose nodes do more than usual does so to its end.
    const factor = prior > 0 ? (events + prior) / (foretold + prior) : 1;
    return factor * Math.max(0, total - foretold);
  }

  /** When all who were reachable are settled, if they come to it as the last ones did; Infinity = nobody can say. */
  #settledUs({ fleetUs, reachable, reachableSettled }: PlanStand, before: PlanStand): number {
    const settled = reachableSettled - before.reachableSettled;
    if (!this.#mayEndEarly || reachableSettled < reachable * SETTLED_SHARE_MIN || settled <= 0) return Infinity;
    const eachUs = (fleetUs - before.fleetUs) / settled;
    return fleetUs + TAIL * eachUs * (reachable - reachableSettled);
  }
}

/** Events of one node in a microsecond of fleet time, whatever jobs there are. */
function routinePerUs({ autofetch, offline }: Cohort): number {
  const fetches = autofetch.kind === "periodic" ? EVENTS_A_FETCH / autofetch.everyUs : 0;
  return fetches + (offline.kind === "spells" ? (EVENTS_A_SPELL * offline.perDay) / DAY_US : 0);
}
