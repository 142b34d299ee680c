/**
 * How many events of virtual time a plan will have, foretold from its scenario and mended by what it has had so far: only
 * to say how far it is and how long it takes. Fleet time alone says neither, as half of a plan's work may lie in one night.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { DAY_US, MILLISECOND_US, SECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { settledByUs } from "../scenario/foretold-end.ts";
import { outagesOf } from "../scenario/outages.ts";
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
/** Of a node that loses the backend, and of one that finds it again, beside the dials that are refused meanwhile. */
const EVENTS_A_LOSS = 3;
const EVENTS_A_RETURN = 8;
/**
 * Of a dial that the broker's rate refuses: the dial, its turn at the gate and the refusal, less those of the first
 * second. Plans of 2,000 nodes that are let in 10 to 40 a second have 2 to 2.7.
 */
const EVENTS_A_REFUSAL = 2.5;

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

/** The backend is away, or its nodes come back. */
interface Storm {
  readonly fromUs: number;
  readonly untilUs: number;
  /** Beside what they do anyway. */
  readonly events: number;
}

export class ForetoldEvents {
  readonly #nodes: number;
  readonly #endUs: number;
  readonly #mayEndEarly: boolean;
  readonly #routinePerUs: number;
  readonly #scenario: Scenario;
  /** Looks through every zone's days, so it is worked out when somebody first asks: a small plan is over by then. */
  #settledByUs: number | undefined;
  readonly #storms: readonly Storm[];
  /** Where it was last, and what came in storms until then, which says nothing of quiet days. */
  #seen: PlanStand | undefined;
  #stormEvents = 0;
  #stormUs = 0;

  constructor(scenario: Scenario) {
    const { fleet, end } = scenario;
    this.#nodes = fleet.nodes;
    this.#endUs = end.afterUs;
    this.#mayEndEarly = end.when === "settled";
    this.#routinePerUs = fleet.cohorts.reduce((sum, cohort) => sum + cohort.nodes * routinePerUs(cohort), 0);
    this.#scenario = scenario;
    this.#storms = stormsOf(scenario);
  }

  /** The work that is done, in events; births count in it. */
  done({ born, events }: PlanStand): number {
    return events + born * EVENTS_A_BIRTH;
  }

  /** Of the work that is left, that of births. */
  birthsLeft({ born }: Pick<PlanStand, "born">): number {
    return (this.#nodes - born) * EVENTS_A_BIRTH;
  }

  /**
   * The work that is left, in events. To be asked as it goes on: it remembers what came while the backend was away.
   *
   * @param before where it was when a part of its fleet time was over, such as three quarters
   */
  left(stand: PlanStand, before: PlanStand): number {
    this.#see(stand);
    const births = this.birthsLeft(stand);
    // What the scenario says of its end holds until that has passed.
    this.#settledByUs ??= this.#mayEndEarly ? settledByUs(this.#scenario) : this.#endUs;
    if (stand.fleetUs < this.#settledByUs) return births + this.#leftUntil(stand, this.#settledByUs);
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

  #see(stand: PlanStand): void {
    const seen = this.#seen;
    this.#seen = stand;
    if (seen === undefined || stand.fleetUs < seen.fleetUs) return;
    if (!this.#storms.some(({ fromUs, untilUs }) => stand.fleetUs > fromUs && seen.fleetUs < untilUs)) return;
    this.#stormEvents += stand.events - seen.events;
    this.#stormUs += stand.fleetUs - seen.fleetUs;
  }

  #leftUntil(stand: PlanStand, endUs: number): number {
    const { born, events, fleetUs, reachable, reachableSettled, offers } = stand;
    const targets = born < this.#nodes || fleetUs <= 0 ? Math.max(reachable, this.#nodes) : reachable;
    const total = this.#routinePerUs * endUs + targets * (EVENTS_AN_OFFER + EVENTS_AN_UPDATE);
    // Who is settled by another job's doing is offered nothing any more.
    const updates =
      Math.min(targets, Math.max(offers, reachableSettled)) * EVENTS_AN_OFFER + reachableSettled * EVENTS_AN_UPDATE;
    const foretold = this.#routinePerUs * Math.max(0, fleetUs) + updates;
    const prior = total * TRUSTED_SHARE;
    // A scenario whose nodes do more than usual does so to its end, but for what the backend's absence makes them do.
    const quiet = events - this.#stormEvents;
    const usual = foretold - this.#routinePerUs * this.#stormUs;
    const factor = prior > 0 ? Math.max(0, quiet + prior) / Math.max(prior, usual + prior) : 1;
    return factor * Math.max(0, total - foretold) + this.#stormsLeft(fleetUs);
  }

  #stormsLeft(fleetUs: number): number {
    return this.#storms.reduce((sum, { fromUs, untilUs, events }) => {
      const left = Math.min(1, Math.max(0, (untilUs - fleetUs) / Math.max(1, untilUs - fromUs)));
      return sum + left * events;
    }, 0);
  }

  /** When all who were reachable are settled, if they come to it as the last ones did; Infinity = nobody can say. */
  #settledUs({ fleetUs, reachable, reachableSettled }: PlanStand, before: PlanStand): number {
    const settled = reachableSettled - before.reachableSettled;
    if (!this.#mayEndEarly || reachableSettled < reachable * SETTLED_SHARE_MIN || settled <= 0) return Infinity;
    const eachUs = (fleetUs - before.fleetUs) / settled;
    return fleetUs + TAIL * eachUs * (reachable - reachableSettled);
  }
}

/**
 * When the backend is away. Nodes dial in step then; a broker that takes so many a second refuses the others, who come
 * again after the wait of their firmware, until it has taken the last.
 */
function stormsOf(scenario: Scenario): readonly Storm[] {
  const { nodes } = scenario.fleet;
  const perSecond = scenario.model?.broker?.connectsPerSecond ?? Infinity;
  const backUs = (nodes / perSecond) * SECOND_US;
  const adapter = adapterOf(scenario.backend.adapter);
  const generation = adapter?.generations[adapter.defaultGeneration];
  if (generation === undefined) return [];
  const redialUs = generation.redialMs * MILLISECOND_US;
  // The last is refused until then, the first never: half of that on average.
  const refused = ((nodes * backUs) / redialUs / 2) * EVENTS_A_REFUSAL;
  const ofModel = (scenario.model?.outages ?? []).filter(({ of }) => of !== "cdn");
  const ofFaults = outagesOf(scenario).map(({ atUs, forMs }) => ({ atUs, forUs: forMs * MILLISECOND_US }));
  return [...ofModel, ...ofFaults].flatMap(({ atUs, forUs }) => [
    // Dials that nobody hears are counted in bulk.
    { fromUs: atUs, untilUs: atUs + forUs, events: nodes * EVENTS_A_LOSS },
    { fromUs: atUs + forUs, untilUs: atUs + forUs + backUs + redialUs, events: nodes * EVENTS_A_RETURN + refused },
  ]);
}

/** Events of one node in a microsecond of fleet time, whatever jobs there are. */
function routinePerUs({ autofetch, offline }: Cohort): number {
  const fetches = autofetch.kind === "periodic" ? EVENTS_A_FETCH / autofetch.everyUs : 0;
  return fetches + (offline.kind === "spells" ? (EVENTS_A_SPELL * offline.perDay) / DAY_US : 0);
}
