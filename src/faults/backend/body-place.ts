/** Where in the body of an image a misbehaviour takes place, so that served and modelled bodies break at one byte. */

/** A wrong bit lies behind what any gate of a node reads: file header, first segment's header, app description. */
const HEAD_BYTES = 512;

/** The byte before which a body from `from` to `to` (half-open) ends or stands still. */
export function breakPlace(from: number, to: number, place: number): number {
  return from + Math.floor((to - from) * place);
}

/** The byte of which one bit is wrong; undefined where all that is sent is head. */
export function wrongPlace(from: number, to: number, place: number): number | undefined {
  const behindHead = Math.max(from, HEAD_BYTES);
  return behindHead < to ? breakPlace(behindHead, to, place) : undefined;
}
