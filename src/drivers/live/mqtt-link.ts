/**
 * One node's MQTT 3.1.1 link on one socket: made at each dial, gone with its socket. It carries and tells; when to
 * dial, to give up a dial, to send again or to redial is the node's affair.
 *
 * Made for tens of thousands in a process: no timer, no parser and no closure of its own. Bytes are read into one
 * buffer of the thread, handlers are shared functions, and keep-alive is a queue that all links stand in
 * (`keep-alive.ts`). Times are whole microseconds of the monotonic clock.
 */
import type { OnReadOpts, Socket } from "node:net";
import type { Packet } from "mqtt-packet";
import type { MqttConnectOptions } from "../../adapters/adapter.ts";
import { dial, type DialTarget } from "./dial.ts";
import { hrtimeUs } from "./fleet-clock.ts";
import * as codec from "./packet-codec.ts";
import { FRAME_MALFORMED, FRAME_TOO_LONG, FRAME_UNFINISHED, frameLength, PartialFrame } from "./packet-frame.ts";
import type { LinkCause, LinkListener } from "./link-listener.ts";
import { causeOfError } from "./socket-cause.ts";

/**
 * Bytes that may wait to be written before a link is closed. Above the largest burst of a node in one turn of the loop
 * (its budget of 1,024 statuses of 200 bytes), which waits too, though the peer is well.
 */
export const WRITE_BACKLOG_BYTES_MAX = 256 * 1_024;

/** The largest packet id, MQTT 3.1.1 section 2.3.1. */
export const PACKET_ID_MAX = 65_535;

/** The firmware has at most 10 subscriptions; more that wait for their SUBACK are a peer that answers none. */
export const SUBSCRIBES_IN_FLIGHT_MAX = 16;

const CONNACK_CAUSES: readonly LinkCause[] = [
  "protocol version refused",
  "identifier rejected",
  "server unavailable",
  "bad credentials",
  "not authorized",
];

// libuv reads a socket and calls back before it reads the next one, so one buffer does for all links of a thread.
const READ_BUFFER_BYTES = 64 * 1_024;
/** When the bytes that are being heard were read. */
let heardUs = 0;

type LinkState = "dialling" | "greeting" | "open" | "leaving" | "ended";

const LINK = Symbol("link");
type LinkSocket = Socket & { [LINK]?: MqttLink };

/** One link of one node. `slot` is the owner's number for it (a node's row), free to use. */
export class MqttLink {
  slot: number;
  /** As announced in CONNECT; 0 = no keep-alive. */
  readonly keepAliveSeconds: number;
  readonly #listener: LinkListener;
  #socket: LinkSocket | undefined;
  #state: LinkState = "dialling";
  #connect: Buffer | undefined;
  #partial: PartialFrame | undefined;
  /** Ids of publishes without an acknowledgement; seldom more than two, so a list is the least memory. */
  #inFlight: number[] | undefined;
  /** Ids of SUBSCRIBEs without an answer: they come from the same numbers (MQTT 3.1.1 section 2.3.1). */
  #subscribing: number[] | undefined;
  #lastId = 0;
  #beatsSincePing = 0;
  readonly #dialledAtUs: number;
  // Spans fit a small integer, which an object holds in place; instants would be boxed.
  #tcpUs = 0;
  #tlsUs = 0;

  constructor(target: DialTarget, options: MqttConnectOptions, listener: LinkListener, slot: number) {
    this.slot = slot;
    this.keepAliveSeconds = options.keepAliveSeconds;
    this.#listener = listener;
    this.#connect = codec.encodeConnect(options);
    this.#dialledAtUs = hrtimeUs();
    const socket: LinkSocket = dial(target, MqttLink.#reading);
    socket[LINK] = this;
    this.#socket = socket;
    socket.on("connect", MqttLink.#onConnect);
    if (target.tls !== undefined) socket.on("secureConnect", MqttLink.#onSecure);
    socket.on("end", MqttLink.#onEnd);
    socket.on("error", MqttLink.#onError);
    socket.on("close", MqttLink.#onEnd);
  }

  /** True from the CONNACK to the end. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Publishes that wait for their acknowledgement. */
  get inFlightCount(): number {
    return this.#inFlight?.length ?? 0;
  }

  /** Bytes handed over that the kernel has not taken yet. */
  get backlogBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /**
   * Writes a QoS 1 PUBLISH and answers its packet id, or 0 where the link is not open. A message that is sent again
   * (also over a later link) keeps its id: pass it, with `isDuplicate`.
   */
  publish(topic: string, payload: Uint8Array | string, isDuplicate = false, packetId?: number): number {
    if (this.#state !== "open") return 0;
    const id = packetId ?? this.#nextId();
    if (id === 0) return 0;
    this.#inFlight ??= [];
    if (!this.#inFlight.includes(id)) this.#inFlight.push(id);
    this.#write(codec.encodePublish(topic, payload, id, isDuplicate));
    return id;
  }

  /** Writes a SUBSCRIBE (QoS 1) and answers its packet id, or 0 where the link is not open or too many wait. */
  subscribe(topics: readonly string[]): number {
    if (this.#state !== "open") return 0;
    this.#subscribing ??= [];
    if (this.#subscribing.length >= SUBSCRIBES_IN_FLIGHT_MAX) return 0;
    const id = this.#nextId();
    if (id === 0) return 0;
    this.#subscribing.push(id);
    this.#write(codec.encodeSubscribe(topics, id));
    return id;
  }

  /** Writes a PINGREQ; `KeepAliveQueue` does so in time. */
  ping(): void {
    if (this.#state !== "open") return;
    this.#beatsSincePing = 1;
    this.#write(codec.PINGREQ_BYTES);
  }

  /**
   * The keep-alive's beat, every half keep-alive: pings, and closes a link whose ping has gone two beats without an
   * answer. Answers whether the link wants a further beat. Call it from a timer, since it may tell `onClosed`.
   */
  beat(): boolean {
    if (this.#state !== "open") return false;
    if (this.#beatsSincePing === 0) {
      this.ping();
    } else if (this.#beatsSincePing === 1) {
      this.#beatsSincePing = 2;
    } else {
      this.#end("keep-alive");
      return false;
    }
    return true;
  }

  /** Drops the link without a word: no DISCONNECT, so that the broker publishes the will. Nothing is told any more. */
  destroy(): void {
    if (this.#state === "ended") return;
    this.#release();
  }

  /** Gives up a dial that takes too long; the same as `destroy`. */
  abort(): void {
    this.destroy();
  }

  /**
   * Says DISCONNECT and closes, at the end of a run: `onClosed` with "disconnected" once the broker has closed too. A
   * broker that never does leaves the link to its owner's `destroy()`. Drops a link that is not open.
   */
  disconnect(): void {
    if (this.#state !== "open") {
      this.destroy();
      return;
    }
    this.#state = "leaving";
    this.#socket?.end(codec.DISCONNECT_BYTES);
  }

  #nextId(): number {
    const publishes = this.#inFlight;
    const subscribes = this.#subscribing;
    if ((publishes?.length ?? 0) + (subscribes?.length ?? 0) >= PACKET_ID_MAX) return 0;
    do {
      this.#lastId = this.#lastId === PACKET_ID_MAX ? 1 : this.#lastId + 1;
    } while (publishes?.includes(this.#lastId) === true || subscribes?.includes(this.#lastId) === true);
    return this.#lastId;
  }

  #write(bytes: Buffer): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    if (socket.writableLength + bytes.length > WRITE_BACKLOG_BYTES_MAX) {
      // Told later: the owner is in the middle of a call of ours.
      this.#state = "leaving";
      process.nextTick(MqttLink.#endLater, this, "write backlog");
      return;
    }
    socket.write(bytes);
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#partial === undefined ? chunk : this.#partial.append(chunk);
    let at = 0;
    while (at < bytes.length) {
      const length = frameLength(bytes, at);
      if (length === FRAME_MALFORMED || length === FRAME_TOO_LONG) {
        this.#end(length === FRAME_TOO_LONG ? "packet too long" : "protocol");
        return;
      }
      if (length === FRAME_UNFINISHED || at + length > bytes.length) break;
      this.#hear(codec.decodePacket(bytes.subarray(at, at + length)));
      if (this.#state === "ended") return;
      at += length;
    }
    if (at === bytes.length) this.#partial = undefined;
    else if (this.#partial === undefined) this.#partial = new PartialFrame(bytes.subarray(at));
    else this.#partial.drop(at);
  }

  #hear(packet: Packet | undefined): void {
    if (this.#state === "leaving") return;
    if (packet?.cmd === "connack" && this.#state === "greeting") {
      this.#hearConnack(packet.returnCode);
      return;
    }
    // Until the CONNACK a broker may send nothing else (MQTT 3.1.1 section 3.2), and it sends only one.
    if (packet === undefined || this.#state !== "open") {
      this.#end("protocol");
      return;
    }
    switch (packet.cmd) {
      case "publish":
        this.#hearPublish(packet.topic, packet.payload, packet.qos, packet.messageId);
        return;
      case "puback":
        this.#hearPuback(packet.messageId);
        return;
      case "suback":
        this.#subscribing = this.#subscribing?.filter((id) => id !== packet.messageId);
        this.#listener.onSuback(this, packet.messageId ?? 0, !packet.granted.includes(0x80));
        return;
      case "pingresp":
        this.#beatsSincePing = 0;
        return;
      default:
        // What a broker never sends to a client that asks for QoS 1 only.
        this.#end("protocol");
    }
  }

  #hearConnack(returnCode: number | undefined): void {
    if (returnCode !== 0) {
      this.#end(CONNACK_CAUSES[(returnCode ?? 0) - 1] ?? "protocol");
      return;
    }
    this.#state = "open";
    const totalUs = heardUs - this.#dialledAtUs;
    this.#listener.onConnected(this, { tcpUs: this.#tcpUs, tlsUs: this.#tlsUs, totalUs });
  }

  #hearPublish(topic: string, payload: string | Buffer, qos: number, packetId: number | undefined): void {
    const isAcknowledged = qos === 1;
    // Section 2.3.1: an id is above 0. The codec answers -1 where a packet ends before it.
    if (qos > 1 || (isAcknowledged && (packetId === undefined || packetId < 1))) {
      this.#end("protocol");
      return;
    }
    this.#listener.onPublish(this, topic, typeof payload === "string" ? Buffer.from(payload) : payload, heardUs);
    if (isAcknowledged && packetId !== undefined && this.#state === "open") this.#write(codec.encodePuback(packetId));
  }

  #hearPuback(packetId: number | undefined): void {
    const index = packetId === undefined ? -1 : (this.#inFlight?.indexOf(packetId) ?? -1);
    // A broker acknowledges each copy of a message that was sent twice; the second acknowledgement means nothing.
    if (index === -1 || packetId === undefined) return;
    this.#inFlight?.splice(index, 1);
    this.#listener.onPuback(this, packetId, heardUs);
  }

  #end(cause: LinkCause): void {
    const state = this.#state;
    if (state === "ended") return;
    this.#release();
    if (state === "dialling" || state === "greeting") this.#listener.onFailed(this, cause);
    else this.#listener.onClosed(this, cause);
  }

  #release(): void {
    this.#state = "ended";
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#connect = undefined;
    this.#partial = undefined;
    this.#inFlight = undefined;
    this.#subscribing = undefined;
  }

  #greet(): void {
    this.#state = "greeting";
    if (this.#connect !== undefined) this.#socket?.write(this.#connect);
    this.#connect = undefined;
  }

  static readonly #reading: OnReadOpts = {
    buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
    callback(this: LinkSocket, size: number, buffer: Uint8Array): boolean {
      const link = this[LINK];
      heardUs = hrtimeUs();
      if (link !== undefined) link.#receive(buffer.subarray(0, size) as Buffer);
      return true;
    },
  };

  static #onConnect(this: LinkSocket): void {
    const link = this[LINK];
    if (link === undefined || link.#state !== "dialling") return;
    link.#tcpUs = hrtimeUs() - link.#dialledAtUs;
    if (!("encrypted" in this)) link.#greet();
  }

  static #onSecure(this: LinkSocket): void {
    const link = this[LINK];
    if (link === undefined || link.#state !== "dialling") return;
    link.#tlsUs = hrtimeUs() - link.#dialledAtUs - link.#tcpUs;
    link.#greet();
  }

  static #onEnd(this: LinkSocket): void {
    const link = this[LINK];
    if (link !== undefined) link.#end(link.#state === "leaving" ? "disconnected" : "closed");
  }

  static #onError(this: LinkSocket, error: Error): void {
    const link = this[LINK];
    if (link !== undefined) link.#end(causeOfError(error));
  }

  static #endLater(link: MqttLink, cause: LinkCause): void {
    link.#end(cause);
  }
}
