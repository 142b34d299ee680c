/**
 * What a node is born with: a pure function of fleet, seed and node index, so any split of the fleet over workers
 * gives the same nodes.
 */
import { assert } from "../base/assert.ts";
import { DAY_US, NEVER } from "../base/instant.ts";
import { draw } from "../base/random.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import type { Cohort, Weighted } from "./cohort.ts";
import { mean, quantile, residual, type Distribution } from "./distribution.ts";
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
  const linkClass = linkClassOf(cohort, node);
  const whole = (distribution: Distribution, purpose: number, least: number): number =>
    Math.max(least, Math.round(quantile(distribution, draw(seed, node, purpose, 0))));
  const latencyUs = whole(linkClass?.latencyUs ?? cohort.latencyUs, PURPOSE.latency, 0);
  const throughput = whole(
    linkClass?.throughputBytesPerSecond ?? cohort.throughputBytesPerSecond,
    PURPOSE.throughput,
    1,
  );
  const lossMax = Math.max(1, Math.round(lossLimit(cohort.lossShare ?? 0, 2 * latencyUs)));
  return {
    cohort: index,
    zone: zoneOf(fleet, seed, node),
    generation: pick(cohort.runs.generations, draw(seed, node, PURPOSE.generation, 0)),
    hardware: hardwareOf(cohort, seed, node),
    throughputBytesPerSecond: Math.min(lossMax, throughput),
    latencyUs,
    flashBytesPerSecond: whole(cohort.flashBytesPerSecond, PURPOSE.flash, 1),
    bootUs: whole(cohort.bootUs, PURPOSE.boot, 0),
    faults: faultMask(cohort, seed, node),
    autofetchPhase: autofetchPhase(cohort, seed, node),
    startsOfflineForUs: startsOfflineForUs(fleet, cohort, seed, node),
  };
}

/** The IANA name of a node's zone, without its other traits. */
export function zoneOf(fleet: Fleet, seed: number, node: number): string {
  const cohort = cohortOf(fleet, node);
  const ofRow = bookOf(cohort)?.zoneOf(node - cohort.firstNode);
  return ofRow ?? pick(cohort.zones, draw(seed, node, PURPOSE.zone, 0));
}

function startsOfflineForUs({ begins }: Fleet, cohort: Cohort, seed: number, node: number): number {
  if (isGone(cohort, node)) return NEVER;
  return begins === "running" ? spellAtStartUs(cohort, seed, node) : 0;
}

/** Sums of weights: of a million nodes, each asks for that of its cohort several times. */
const weightSums = new WeakMap<readonly Weighted[], number>();

function weightOf(choices: readonly Weighted[]): number {
  const known = weightSums.get(choices);
  if (known !== undefined) return known;
  const sum = choices.reduce((total, choice) => total + choice.weight, 0);
  weightSums.set(choices, sum);
  return sum;
}

function pick(choices: readonly Weighted[], u: number): string {
  let left = u * weightOf(choices);
  for (const choice of choices) {
    left -= choice.weight;
    if (left < 0) return choice.value;
  }
  // Rounding may leave a hair beyond the last weight.
  const last = choices.findLast((choice) => choice.weight > 0);
  assert(last !== undefined, "a choice has at least one value of positive weight");
  return last.value;
}

function hardwareOf(cohort: Cohort, seed: number, node: number): string {
  const hardware = runsIn(cohort)[runsPlaceOf(cohort, node)]?.hardware;
  return hardware === undefined ? "" : pick(hardware, draw(seed, node, PURPOSE.hardware, 0));
}

function faultMask(cohort: Cohort, seed: number, node: number): number {
  // One draw for all: no node has two faults, of which the first would keep the second from ever firing.
  let left = draw(seed, node, PURPOSE.fault, 0);
  for (const { fault, share } of cohort.faults) {
    left -= share;
    if (left < 0) return 1 << FAULT_NAMES.indexOf(fault);
  }
  return 0;
}

function autofetchPhase(cohort: Cohort, seed: number, node: number): number {
  const { autofetch } = cohort;
  if (autofetch.kind === "periodic" && typeof autofetch.phase === "number") return autofetch.phase;
  // A phase is how much of the period has passed, so the first node to ask has the greatest.
  if (autofetch.kind === "periodic" && autofetch.phase === "even") {
    return 1 - (node - cohort.firstNode + 0.5) / cohort.nodes;
  }
  return draw(seed, node, PURPOSE.autofetchPhase, 0);
}

/** By the stationary law: with r spells for each day online and m days a spell, a share r m / (1 + r m) is offline. */
function spellAtStartUs(cohort: Cohort, seed: number, node: number): number {
  const { offline } = cohort;
  if (offline.kind === "none") return 0;
  const load = (offline.perDay * mean(offline.lastUs)) / DAY_US;
  if (draw(seed, node, PURPOSE.startsOffline, 0) >= load / (1 + load)) return 0;
  const length = draw(seed, node, PURPOSE.startSpellLength, 0);
  const position = draw(seed, node, PURPOSE.startSpellPosition, 0);
  return Math.max(1, Math.round(residual(offline.lastUs, length, position)));
}
