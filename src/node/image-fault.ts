/**
 * Faults that an image carries in itself: they strike nodes of some hardware that run it, and the next version is free
 * of them. Whom they strike is a hash of seed, node and version, so it is known before anything happens, and an image
 * strikes the same nodes however often it is installed.
 */
import { countOf, draw } from "../base/random.ts";
import { DRAW } from "./purposes.ts";

/** A fault that an image carries. */
export interface ImageFault {
  /** Bit in a node's fault mask. */
  readonly fault: number;
  /** The hardware revision that it strikes; undefined = any. */
  readonly hardware: string | undefined;
  /** Of the nodes of that hardware, 0 to 1. */
  readonly share: number;
  /** How long the image runs without a restart before it strikes, fleet time; 0 = at its first boot. */
  readonly afterUs: number;
}

/** Counts of draws have 24 bits. */
const COUNT_MASK = 0xff_ffff;

/** The first of an image's faults that strikes a node, if any does: of two that could, the second has no chance. */
export function strikingFault(
  faults: readonly ImageFault[],
  version: string,
  { seed, node, hardware }: { readonly seed: number; readonly node: number; readonly hardware: string },
): ImageFault | undefined {
  const first = countOf(version);
  return faults.find((each, place) => {
    if (each.hardware !== undefined && each.hardware !== hardware) return false;
    return draw(seed, node, DRAW.imageFault, (first + place) & COUNT_MASK) < each.share;
  });
}
