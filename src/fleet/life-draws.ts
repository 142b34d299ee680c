/**
 * What a cohort's nodes draw while they live, as functions of a draw in (0, 1): whole microseconds of fleet time, in
 * the shape that the node's settings want.
 */
import { DAY_US, NEVER } from "../base/instant.ts";
import type { Cohort } from "./cohort.ts";
import { quantile } from "./distribution.ts";

export interface LifeDraws {
  /** Time from the end of an offline spell to the next; NEVER = always on the network. */
  readonly spellGapUs: (u: number) => number;
  readonly spellLengthUs: (u: number) => number;
  /** How late an autofetch comes. */
  readonly autofetchJitterUs: (u: number) => number;
  /** From power on to the first dial. */
  readonly bootUs: (u: number) => number;
}

export function lifeDrawsOf({ offline, autofetch, bootUs }: Cohort): LifeDraws {
  const hasSpells = offline.kind === "spells" && offline.perDay > 0;
  const jitterUs = autofetch.kind === "periodic" ? autofetch.jitterUs : 0;
  return {
    // Spells that begin at random, so many a day, have exponential gaps: what is left of one is as long as a whole one.
    spellGapUs: hasSpells
      ? (u) => whole(quantile({ kind: "exponential", mean: DAY_US / offline.perDay }, u), 1)
      : () => NEVER,
    spellLengthUs: hasSpells ? (u) => whole(quantile(offline.lastUs, u), 1) : () => 0,
    autofetchJitterUs: (u) => whole(jitterUs * u, 0),
    bootUs: (u) => whole(quantile(bootUs, u), 0),
  };
}

function whole(us: number, least: number): number {
  return Math.max(least, Math.round(us));
}
