/**
 * Numbers and texts at fixed places of a firmware file, which is little-endian throughout. Fields may be unaligned,
 * so bytes are read one by one. A place outside the bytes reads as 0: the parsers check lengths first, and hostile
 * input must not throw.
 */

/** The unsigned 16-bit number at this offset. */
export function readU16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}

/** The unsigned 32-bit number at this offset. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return (readU16(bytes, offset) | (readU16(bytes, offset + 2) << 16)) >>> 0;
}

/** Writes an unsigned 16-bit number. */
export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value & 0xff;
  bytes[offset + 1] = (value >>> 8) & 0xff;
}

/** Writes an unsigned 32-bit number. */
export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  writeU16(bytes, offset, value);
  writeU16(bytes, offset + 2, value >>> 16);
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The text in a field of fixed size: up to the first NUL, or the whole field where there is none. What is not UTF-8
 * (a name cut in the middle of a character, say) becomes U+FFFD.
 */
export function readText(bytes: Uint8Array, offset: number, sizeBytes: number): string {
  const field = bytes.subarray(offset, offset + sizeBytes);
  const end = field.indexOf(0);
  return utf8.decode(end < 0 ? field : field.subarray(0, end));
}

/** Bytes as lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Whether all bytes in this range have one value. */
export function isFilledWith(bytes: Uint8Array, value: number, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== value) return false;
  return true;
}
