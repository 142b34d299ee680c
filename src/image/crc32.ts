/**
 * CRC-32 with the reflected polynomial 0xEDB88320, in the convention of zlib: the ROM of the chips computes the same
 * number from the complement of the start value. It runs over a few bytes to a kilobyte, so it needs no table.
 *
 * @param start the CRC of what came before; 0 for nothing
 */
export function crc32(bytes: Uint8Array, start = 0): number {
  let crc = ~start;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
