/**
 * A guard in front of the broker's parser, which would buffer a packet of 256 MB before anyone could refuse it.
 * It follows the fixed headers of MQTT packets (3.1.1 section 2.2) through the byte stream and keeps nothing else.
 */
export class PacketGuard {
  readonly #packetBytesMax: number;
  /** Bytes of the current packet's body that are still to come; -1 while in a fixed header. */
  #bodyLeft = -1;
  #headerBytes = 0;
  #length = 0;

  constructor(packetBytesMax: number) {
    this.#packetBytesMax = packetBytesMax;
  }

  /** Takes the next bytes of the stream; false once a packet announces more than the limit. */
  admits(bytes: Uint8Array): boolean {
    let at = 0;
    while (at < bytes.length) {
      if (this.#bodyLeft >= 0) {
        const taken = Math.min(this.#bodyLeft, bytes.length - at);
        at += taken;
        this.#bodyLeft -= taken;
        if (this.#bodyLeft === 0) this.#nextPacket();
        continue;
      }
      const byte = bytes[at++] ?? 0;
      if (this.#headerBytes++ === 0) continue;
      this.#length += (byte & 0x7f) * 128 ** (this.#headerBytes - 2);
      if (this.#length > this.#packetBytesMax || this.#headerBytes > 5) return false;
      if ((byte & 0x80) !== 0) continue;
      if (this.#length === 0) this.#nextPacket();
      else this.#bodyLeft = this.#length;
    }
    return true;
  }

  #nextPacket(): void {
    this.#bodyLeft = -1;
    this.#headerBytes = 0;
    this.#length = 0;
  }
}
