/**
 * What a cohort's nodes draw while they live, as functions of a draw in (0, 1): whole microseconds of fleet time, in
 * the shape that the node's settings want.
 */
import { DAY_US, NEVER } from "../base/instant.ts";
import type { Cohort } from "./cohort.ts";
import { quantileOf } from "./distribution.ts";

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
  const jitterUs = autofetch.kind === "periodic" ? autofetch.jitterUs : 0;
  const bootLengthUs = quantileOf(bootUs);
  return {
    ...spellDrawsOf(offline),
    autofetchJitterUs: (u) => whole(jitterUs * u, 0),
    bootUs: (u) => whole(bootLengthUs(u), 0),
  };
}

function spellDrawsOf(offline: Cohort["offline"]): Pick<LifeDraws, "spellGapUs" | "spellLengthUs"> {
  if (offline.kind === "none" || offline.perDay <= 0) return { spellGapUs: () => NEVER, spellLengthUs: () => 0 };
  // Spells that begin at random, so many a day, have exponential gaps: what is left of one is as long as a whole one.
  const gapUs = quantileOf({ kind: "exponential", mean: DAY_US / offline.perDay });
  const lengthUs = quantileOf(offline.lastUs);
  return { spellGapUs: (u) => whole(gapUs(u), 1), spellLengthUs: (u) => whole(lengthUs(u), 1) };
}

function whole(us: number, least: number): number {
  return Math.max(least, Math.round(us));
}
