/**
 * A count of nodes beside a share of a whole, as a person counts: 29 of 100 are 29 %, and neither more nor less. In
 * doubles 0.29 * 100 is 28.999999999999996, and 0.55 * 100 is 55.00000000000001.
 */

/** Shares are written to a millionth of a percent at the finest, so that this far off is the same. */
const SAME = 1e-9;

/** How many of a whole a share is, rounded up: of a share above 0 at least one. */
export function shareCount(share: number, whole: number): number {
  return Math.min(whole, Math.ceil(share * whole - SAME * whole));
}

/** Whether a count is more than a share of the whole. */
export function isAbove(count: number, share: number, whole: number): boolean {
  return count > share * whole + SAME * whole;
}

/** Whether a count is a share of the whole, or more. */
export function isAsMuchAs(count: number, share: number, whole: number): boolean {
  return count >= share * whole - SAME * whole;
}
