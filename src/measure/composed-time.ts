/**
 * A duration of a node's life under a compressed clock: the time that it spent by itself counts in fleet time, the
 * time that it waited for the backend in wall time, one to one. The fleet's clock alone would stretch a wait of 50 ms
 * at speed 600 to half a minute, and a healthy backend would look slow.
 *
 *     raw      |---- by itself, fleet ----|==== waited, wall x speed ====|
 *     composed |---- by itself, fleet ----|= waited, wall =|
 */

/** Raw / composed at p95 above which the clock was compressed too hard for the metric to mean anything. */
export const COMPRESSION_MAX = 1.1;

/**
 * The composed duration in microseconds. No wait can be longer than the duration itself in wall time: a wait that had
 * begun before the duration did counts only as far as it lies within.
 *
 * @param rawUs elapsed by the fleet's clock
 * @param waitedUs wall time spent waiting for the backend in between
 */
export function composedUs(rawUs: number, waitedUs: number, speed: number): number {
  const within = Math.min(Math.max(0, waitedUs), Math.max(0, rawUs) / speed);
  return rawUs - within * (speed - 1);
}
