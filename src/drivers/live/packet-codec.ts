/**
 * MQTT 3.1.1 packets to bytes and back, through the library's codec, with one parser and one scratch buffer for all
 * links of a thread. That is possible because a link hands over whole packets only (`packet-frame.ts`).
 */
import { parser, writeToStream, type Packet, type Parser } from "mqtt-packet";
import type { MqttConnectOptions } from "../../adapters/adapter.ts";
import { assert } from "../../base/assert.ts";

// The codec would else make 65,536 small buffers at its first packet, in every worker.
writeToStream.cacheNumbers = false;

/** The bytes of PINGREQ, which are the same for everyone (MQTT 3.1.1 section 3.12). */
export const PINGREQ_BYTES: Buffer = Buffer.from([0xc0, 0]);
/** The bytes of DISCONNECT (section 3.14). */
export const DISCONNECT_BYTES: Buffer = Buffer.from([0xe0, 0]);

/** Encodes the CONNECT of a node: MQTT 3.1.1, clean session, will with QoS 1, not retained. */
export function encodeConnect(options: MqttConnectOptions): Buffer {
  return encodePacket({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clean: true,
    clientId: options.clientId,
    keepalive: options.keepAliveSeconds,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: Buffer.from(options.password) }),
    ...(options.will === undefined
      ? {}
      : { will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1, retain: false } }),
  });
}

/** Encodes a QoS 1 PUBLISH, never retained. */
export function encodePublish(topic: string, payload: Uint8Array | string, id: number, isDuplicate: boolean): Buffer {
  // The codec tells a Buffer from other byte arrays, so the bytes are looked at as one, without a copy.
  const bytes = typeof payload === "string" ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  return encodePacket({
    cmd: "publish",
    topic,
    payload: bytes,
    qos: 1,
    dup: isDuplicate,
    retain: false,
    messageId: id,
  });
}

/** Encodes a SUBSCRIBE with QoS 1 for every filter. */
export function encodeSubscribe(topics: readonly string[], id: number): Buffer {
  return encodePacket({ cmd: "subscribe", messageId: id, subscriptions: topics.map((topic) => ({ topic, qos: 1 })) });
}

/** Encodes the PUBACK of a packet id. */
export function encodePuback(id: number): Buffer {
  return encodePacket({ cmd: "puback", messageId: id });
}

/**
 * Decodes exactly one whole packet; undefined where it is not lawful MQTT. Never throws. A payload is a view of
 * `frame`, good as long as those bytes are.
 */
export function decodePacket(frame: Buffer): Packet | undefined {
  decoded = undefined;
  isFlawed = false;
  sharedParser ??= newParser();
  try {
    sharedParser.parse(frame);
  } catch {
    // The codec reads past the end of some short packets. Hostile bytes are a measured outcome: the link is closed.
    isFlawed = true;
  }
  if (!isFlawed && decoded !== undefined) return decoded;
  // A parser that stumbled keeps its place in the packet; the next link's packet must not begin there.
  sharedParser = undefined;
  return undefined;
}

let sharedParser: Parser | undefined;
let decoded: Packet | undefined;
let isFlawed = false;

function newParser(): Parser {
  const made = parser({ protocolVersion: 4 });
  made.on("packet", (packet: Packet) => {
    decoded = packet;
  });
  made.on("error", () => {
    isFlawed = true;
  });
  return made;
}

function encodePacket(packet: Packet): Buffer {
  scratchBytes = 0;
  // The codec wants a stream but only calls `write` and `destroy` of it.
  writeToStream(packet, scratchStream as unknown as NodeJS.WritableStream);
  return Buffer.from(scratch.subarray(0, scratchBytes));
}

const SCRATCH_BYTES_AT_FIRST = 4_096;
let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES_AT_FIRST);
let scratchBytes = 0;

const scratchStream = {
  write(chunk: Uint8Array | string): boolean {
    const size = typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
    if (scratchBytes + size > scratch.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, scratchBytes + size));
      scratch.copy(grown, 0, 0, scratchBytes);
      scratch = grown;
    }
    if (typeof chunk === "string") scratch.write(chunk, scratchBytes);
    else scratch.set(chunk, scratchBytes);
    scratchBytes += size;
    return true;
  },
  destroy(error: Error): void {
    assert(false, `a packet of ours can be encoded (${error.message})`);
  },
};
