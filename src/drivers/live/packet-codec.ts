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

/** Head byte of a PUBLISH with QoS 1, not retained (section 3.3.1), and what its DUP flag adds. */
const PUBLISH_HEAD = 0x32;
const DUPLICATE_FLAG = 0x08;
/** The head byte and the longest remaining length (section 2.2.3). */
const HEADER_BYTES_MAX = 5;
const TEXT_BYTES_MAX = 65_535;
const REMAINING_BYTES_MAX = 268_435_455;

/**
 * Encodes a QoS 1 PUBLISH, never retained. Written here and not by the library: of all that a node says nearly
 * everything is a PUBLISH, and one costs the library a dozen writes of a few bytes each.
 */
export function encodePublish(topic: string, payload: Uint8Array | string, id: number, isDuplicate: boolean): Buffer {
  // A UTF-16 unit takes three bytes of UTF-8 at most.
  reserve(HEADER_BYTES_MAX + 2 + topic.length * 3 + 2 + payload.length * 3);
  const topicAt = HEADER_BYTES_MAX + 2;
  const topicBytes = scratch.write(topic, topicAt, "utf8");
  assert(topicBytes <= TEXT_BYTES_MAX, "a packet of ours can be encoded (its topic is too long)");
  scratch.writeUInt16BE(topicBytes, HEADER_BYTES_MAX);
  const idAt = topicAt + topicBytes;
  scratch.writeUInt16BE(id, idAt);
  const end = idAt + 2 + putPayload(payload, idAt + 2);
  const start = putHeader(isDuplicate ? PUBLISH_HEAD | DUPLICATE_FLAG : PUBLISH_HEAD, end - HEADER_BYTES_MAX);
  return Buffer.from(scratch.subarray(start, end));
}

function putPayload(payload: Uint8Array | string, at: number): number {
  if (typeof payload === "string") return scratch.write(payload, at, "utf8");
  scratch.set(payload, at);
  return payload.length;
}

/** Puts head byte and remaining length in front of what begins at `HEADER_BYTES_MAX`; answers where they begin. */
function putHeader(head: number, remaining: number): number {
  assert(remaining <= REMAINING_BYTES_MAX, "a packet of ours can be encoded (it is too long)");
  let lengthBytes = 1;
  for (let left = remaining >>> 7; left > 0; left >>>= 7) lengthBytes += 1;
  const start = HEADER_BYTES_MAX - 1 - lengthBytes;
  scratch[start] = head;
  let left = remaining;
  for (let at = start + 1; at < HEADER_BYTES_MAX; at++) {
    scratch[at] = at === HEADER_BYTES_MAX - 1 ? left : (left & 0x7f) | 0x80;
    left >>>= 7;
  }
  return start;
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
  // What a node hears most has one form and no content (section 3.4); a parser in between costs more than the rest.
  if (frame.length === PUBACK_BYTES && frame[0] === PUBACK_HEAD && frame[1] === PUBACK_BYTES - 2) {
    return { cmd: "puback", messageId: (frame[2]! << 8) | frame[3]! };
  }
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

const PUBACK_HEAD = 0x40;
const PUBACK_BYTES = 4;

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

/** Makes room for so many bytes from the scratch's beginning on; what stands there stays. */
function reserve(bytes: number): void {
  if (bytes <= scratch.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, bytes));
  scratch.copy(grown);
  scratch = grown;
}

const scratchStream = {
  write(chunk: Uint8Array | string): boolean {
    const size = typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
    reserve(scratchBytes + size);
    if (typeof chunk === "string") scratch.write(chunk, scratchBytes);
    else scratch.set(chunk, scratchBytes);
    scratchBytes += size;
    return true;
  },
  destroy(error: Error): void {
    assert(false, `a packet of ours can be encoded (${error.message})`);
  },
};
