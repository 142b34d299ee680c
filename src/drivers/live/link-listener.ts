/** What a link tells its owner, and in which words. */
import type { MqttLink } from "./mqtt-link.ts";
import type { SocketCause } from "./socket-cause.ts";

/** Why a link failed to open or closed. */
export type LinkCause =
  | SocketCause
  /** CONNACK return codes 1 to 5, MQTT 3.1.1 section 3.2.2.3. */
  | "protocol version refused"
  | "identifier rejected"
  | "server unavailable"
  | "bad credentials"
  | "not authorized"
  | "packet too long"
  /** The peer stopped reading, and what waits to be written passed its limit. */
  | "write backlog"
  /** A ping was not answered. */
  | "keep-alive"
  /** The end of a polite `disconnect()`. */
  | "disconnected";

/** How long the parts of a dial took, in microseconds; `tlsUs` is 0 on a plain link. */
export interface DialParts {
  readonly tcpUs: number;
  readonly tlsUs: number;
  /** From the dial to the CONNACK. */
  readonly totalUs: number;
}

/**
 * What the links of a shard tell; one object for all of them. Each link answers its dial with exactly one of
 * `onConnected` and `onFailed`, and a connected one ends with exactly one `onClosed`; after the owner's `destroy()`
 * nothing is told. No call comes from inside a call of the link's own methods. `heardUs` is the monotonic microsecond
 * at which the socket was read: what this thread does with the bytes is no part of an answer's latency.
 */
export interface LinkListener {
  onConnected(link: MqttLink, parts: DialParts): void;
  onFailed(link: MqttLink, cause: LinkCause): void;
  /** `payload` is a view of a shared buffer, good only during the call. The PUBACK goes out when it returns. */
  onPublish(link: MqttLink, topic: string, payload: Uint8Array, heardUs: number): void;
  /** The broker acknowledged a publish that was in flight; other ids are not told. */
  onPuback(link: MqttLink, packetId: number, heardUs: number): void;
  /** The broker answered a `subscribe`; not granted where it refused any of its filters. */
  onSuback(link: MqttLink, packetId: number, isGranted: boolean): void;
  onClosed(link: MqttLink, cause: LinkCause): void;
}
