/**
 * What a node is born with: a pure function of fleet, seed and node index, so any split of the fleet over workers
 * gives the same nodes.
 */
import { assert } from "../base/assert.ts";
import { DAY_US, NEVER } from "../base/instant.ts";
import { draw } from "../base/random.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import type { Cohort, LinkClass, Weighted } from "./cohort.ts";
import { type Distribution, mean, quantileOf, residual } from "./distribution.ts";
import { EvenPlaces } from "./even-places.ts";
import { cohortIndexOf, cohortOf, type Fleet } from "./fleet.ts";
import { bookOf, isGone, linkClassOf, runsIn, runsPlaceOf } from "./fleet-rows.ts";
import { lossLimit } from "./packet-loss.ts";
import { PURPOSE } from "./purposes.ts";

/** Durations are whole microseconds of fleet time, speeds whole bytes a second of fleet time, at least 1. */
export interface NodeTraits {
  /** Index into `fleet.cohorts`. */
  readonly cohort: number;
  /** IANA name. */
  readonly zone: string;
  /** Name of the firmware generation. */
  readonly generation: string;
  /** Revision of the board; "" = the scenario does not say. */
  readonly hardware: string;
  /** What its line carries, and what loss leaves of it. */
  readonly throughputBytesPerSecond: number;
  /** One way. */
  readonly latencyUs: number;
  readonly flashBytesPerSecond: number;
  readonly bootUs: number;
  /** Bit n is set if fault n of FAULT_NAMES was drawn. */
  readonly faults: number;
  /** In (0, 1): how much of its autofetch period has passed when fleet time begins. */
  readonly autofetchPhase: number;
  /**
   * What is left of the offline spell in which the run finds the node; 0 = it begins online. Spells are only in a
   * running fleet; NEVER, in any: the node is gone, by when its fleet file last saw it.
   */
  readonly startsOfflineForUs: number;
}

/** @param seed 32 bits, see `seedOf` */
export function traitsOf(fleet: Fleet, seed: number, node: number): NodeTraits {
  const index = cohortIndexOf(fleet, node);
  const cohort = fleet.cohorts[index];
  assert(cohort !== undefined, "a node belongs to a cohort");
  const draws = drawsOf(cohort);
  const link = draws.links.get(linkClassOf(cohort, node)) ?? draws.link;
  const latencyUs = link.latencyUs.drawn(seed, node, PURPOSE.latency);
  const throughput = link.throughputBytesPerSecond.drawn(seed, node, PURPOSE.throughput);
  const lossMax = Math.max(1, Math.round(lossLimit(cohort.lossShare ?? 0, 2 * latencyUs)));
  const hardware = draws.hardware[runsPlaceOf(cohort, node)];
  return {
    cohort: index,
    zone: zoneIn(cohort, draws, seed, node),
    generation: draws.generations.drawn(seed, node, PURPOSE.generation),
    hardware: hardware === undefined ? "" : hardware.drawn(seed, node, PURPOSE.hardware),
    throughputBytesPerSecond: Math.min(lossMax, throughput),
    latencyUs,
    flashBytesPerSecond: draws.flashBytesPerSecond.drawn(seed, node, PURPOSE.flash),
    bootUs: draws.bootUs.drawn(seed, node, PURPOSE.boot),
    faults: faultMask(draws, seed, node),
    autofetchPhase: autofetchPhase(cohort, draws, seed, node),
    startsOfflineForUs: startsOfflineForUs(fleet, cohort, draws, seed, node),
  };
}

/** The IANA name of a node's zone, without its other traits. */
export function zoneOf(fleet: Fleet, seed: number, node: number): string {
  const cohort = cohortOf(fleet, node);
  return zoneIn(cohort, drawsOf(cohort), seed, node);
}

/** The revision of a node's board, without its other traits; "" = the scenario does not say. */
export function hardwareOf(fleet: Fleet, seed: number, node: number): string {
  const cohort = cohortOf(fleet, node);
  return drawsOf(cohort).hardware[runsPlaceOf(cohort, node)]?.drawn(seed, node, PURPOSE.hardware) ?? "";
}

/** The name of a node's firmware generation, without its other traits. */
export function generationOf(fleet: Fleet, seed: number, node: number): string {
  return drawsOf(cohortOf(fleet, node)).generations.drawn(seed, node, PURPOSE.generation);
}

/** The mask of a node's own faults, see `NodeTraits.faults`, without its other traits. */
export function faultsOf(fleet: Fleet, seed: number, node: number): number {
  return faultMask(drawsOf(cohortOf(fleet, node)), seed, node);
}

/** How a link of one class is drawn. */
interface LinkDraws {
  readonly latencyUs: Amount;
  readonly throughputBytesPerSecond: Amount;
}

/** How the nodes of a cohort are drawn: what all of them have in common, made ready. */
interface CohortDraws {
  /** Where a row names no class of link, or none is known. */
  readonly link: LinkDraws;
  readonly links: ReadonlyMap<LinkClass | undefined, LinkDraws>;
  readonly zones: Choice;
  readonly generations: Choice;
  /** By place in `runsIn`; undefined = the scenario tells none apart. */
  readonly hardware: readonly (Choice | undefined)[];
  readonly flashBytesPerSecond: Amount;
  readonly bootUs: Amount;
  readonly faults: readonly { readonly bit: number; readonly share: number }[];
  /** Of a running fleet's nodes, 0 to 1. */
  readonly offlineShare: number;
  /** In which they do things one after the other. */
  readonly places: EvenPlaces;
}

/** A cohort never changes, and of a million nodes each asks for its own. */
const drawsByCohort = new WeakMap<Cohort, CohortDraws>();

function drawsOf(cohort: Cohort): CohortDraws {
  const known = drawsByCohort.get(cohort);
  if (known !== undefined) return known;
  const link = linkDraws(cohort, undefined);
  const draws: CohortDraws = {
    link,
    links: new Map(cohort.from?.links.map((each) => [each, linkDraws(cohort, each)])),
    zones: new Choice(cohort.zones),
    generations: new Choice(cohort.runs.generations),
    hardware: runsIn(cohort).map(({ hardware }) => (hardware === undefined ? undefined : new Choice(hardware))),
    flashBytesPerSecond: new Amount(cohort.flashBytesPerSecond, 1),
    bootUs: new Amount(cohort.bootUs, 0),
    faults: cohort.faults.map(({ fault, share }) => ({ bit: 1 << FAULT_NAMES.indexOf(fault), share })),
    offlineShare: offlineShareOf(cohort),
    places: new EvenPlaces(cohort.nodes),
  };
  drawsByCohort.set(cohort, draws);
  return draws;
}

function linkDraws(cohort: Cohort, link: LinkClass | undefined): LinkDraws {
  return {
    latencyUs: new Amount(link?.latencyUs ?? cohort.latencyUs, 0),
    throughputBytesPerSecond: new Amount(link?.throughputBytesPerSecond ?? cohort.throughputBytesPerSecond, 1),
  };
}

/** One of several values, by their weights. */
class Choice {
  readonly #choices: readonly Weighted[];
  readonly #weight: number;
  /** Whoever can only be one thing need not draw. */
  readonly #only: string | undefined;

  constructor(choices: readonly Weighted[]) {
    this.#choices = choices;
    this.#weight = choices.reduce((total, choice) => total + choice.weight, 0);
    this.#only = choices.length === 1 && this.#weight > 0 ? choices[0]?.value : undefined;
  }

  drawn(seed: number, node: number, purpose: number): string {
    return this.#only ?? this.#at(draw(seed, node, purpose, 0));
  }

  #at(u: number): string {
    let left = u * this.#weight;
    for (const choice of this.#choices) {
      left -= choice.weight;
      if (left < 0) return choice.value;
    }
    // Rounding may leave a hair beyond the last weight.
    const last = this.#choices.findLast((choice) => choice.weight > 0);
    assert(last !== undefined, "a choice has at least one value of positive weight");
    return last.value;
  }
}

/** A whole number of something. */
class Amount {
  readonly #value: (u: number) => number;
  readonly #least: number;
  /** What is the same for all need not be drawn. */
  readonly #only: number | undefined;

  constructor(distribution: Distribution, least: number) {
    this.#value = quantileOf(distribution);
    this.#least = least;
    this.#only = distribution.kind === "fixed" ? this.#at(0.5) : undefined;
  }

  drawn(seed: number, node: number, purpose: number): number {
    return this.#only ?? this.#at(draw(seed, node, purpose, 0));
  }

  #at(u: number): number {
    return Math.max(this.#least, Math.round(this.#value(u)));
  }
}

function zoneIn(cohort: Cohort, { zones }: CohortDraws, seed: number, node: number): string {
  const ofRow = bookOf(cohort)?.zoneOf(node - cohort.firstNode);
  return ofRow ?? zones.drawn(seed, node, PURPOSE.zone);
}

function faultMask({ faults }: CohortDraws, seed: number, node: number): number {
  if (faults.length === 0) return 0;
  // One draw for all: no node has two faults, of which the first would keep the second from ever firing.
  let left = draw(seed, node, PURPOSE.fault, 0);
  for (const { bit, share } of faults) {
    left -= share;
    if (left < 0) return bit;
  }
  return 0;
}

function autofetchPhase(cohort: Cohort, { places }: CohortDraws, seed: number, node: number): number {
  const { autofetch } = cohort;
  if (autofetch.kind === "periodic" && typeof autofetch.phase === "number") return autofetch.phase;
  // A phase is how much of the period has passed, so the first node to ask has the greatest.
  if (autofetch.kind === "periodic" && autofetch.phase === "even") {
    return 1 - places.middleOf(node - cohort.firstNode);
  }
  return draw(seed, node, PURPOSE.autofetchPhase, 0);
}

function startsOfflineForUs({ begins }: Fleet, cohort: Cohort, draws: CohortDraws, seed: number, node: number): number {
  if (isGone(cohort, node)) return NEVER;
  return begins === "running" ? spellAtStartUs(cohort, draws, seed, node) : 0;
}

/** By the stationary law: with r spells for each day online and m days a spell, a share r m / (1 + r m) is offline. */
function offlineShareOf({ offline }: Cohort): number {
  if (offline.kind === "none") return 0;
  const load = (offline.perDay * mean(offline.lastUs)) / DAY_US;
  return load / (1 + load);
}

function spellAtStartUs({ offline }: Cohort, { offlineShare }: CohortDraws, seed: number, node: number): number {
  if (offline.kind === "none" || draw(seed, node, PURPOSE.startsOffline, 0) >= offlineShare) return 0;
  const length = draw(seed, node, PURPOSE.startSpellLength, 0);
  const position = draw(seed, node, PURPOSE.startSpellPosition, 0);
  return Math.max(1, Math.round(residual(offline.lastUs, length, position)));
}
