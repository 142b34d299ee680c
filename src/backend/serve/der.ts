/**
 * Writes DER, the one encoding that X.509 allows for each value (ITU-T X.690, sections 8 and 10): a tag, a length, and
 * the content. Only the kinds of value that a certificate of our own is made of.
 */

/** Base 128 of an object identifier's arcs, the first two of which share one number. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, ...[first * 40 + second, ...rest].map((arc) => Uint8Array.from(base128(arc))));
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return element(0x30, ...parts);
}

/** Of one element: more would have to be sorted. */
export function setOf(part: Uint8Array): Uint8Array {
  return element(0x31, part);
}

/** @param value a whole number from 0 to 127 */
export function smallInteger(value: number): Uint8Array {
  return element(0x02, Uint8Array.of(value));
}

/** Only true is ever written: what has its default, false, is left out. */
export function trueBoolean(): Uint8Array {
  return element(0x01, Uint8Array.of(0xff));
}

export function octetString(content: Uint8Array): Uint8Array {
  return element(0x04, content);
}

/** @param unusedBits bits at the end of the last byte that are not part of the string, 0 to 7 */
export function bitString(content: Uint8Array, unusedBits = 0): Uint8Array {
  return element(0x03, Uint8Array.of(unusedBits), content);
}

export function utf8String(text: string): Uint8Array {
  return element(0x0c, new TextEncoder().encode(text));
}

/** RFC 5280, section 4.1.2.5: two digits of the year until 2049, four from 2050 on; whole seconds, in UTC. */
export function time(epochMs: number): Uint8Array {
  const digits = `${new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
  return digits < "2050" ? element(0x17, ascii(digits.slice(2))) : element(0x18, ascii(digits));
}

/** A value that stands under a number of its context, with its own tag inside. */
export function explicit(number: number, content: Uint8Array): Uint8Array {
  return element(0xa0 | number, content);
}

/** A plain value whose own tag is replaced by a number of its context. */
export function implicit(number: number, content: Uint8Array): Uint8Array {
  return element(0x80 | number, content);
}

export function ascii(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag, ...lengthOf(content.length)), content]);
}

/** One byte below 128; above, a byte that says how many bytes of length follow. */
function lengthOf(bytes: number): readonly number[] {
  if (bytes < 0x80) return [bytes];
  const digits: number[] = [];
  for (let left = bytes; left > 0; left = Math.floor(left / 256)) digits.unshift(left % 256);
  return [0x80 | digits.length, ...digits];
}

function base128(value: number): readonly number[] {
  const digits = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left % 128));
  return digits;
}
