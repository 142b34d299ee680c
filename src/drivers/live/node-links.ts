/** The MQTT links of a shard's nodes: at most one each, made at each dial. */
import type { MqttMessage, NodeHalf } from "../../adapters/adapter.ts";
import { CONNECT_FAILURES, NO_JOB } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import type { DialTarget } from "./dial.ts";
import { hrtimeUs } from "./fleet-clock.ts";
import { KeepAliveQueue } from "./keep-alive.ts";
import { connectFailureOf, dropCauseOf } from "./link-failure.ts";
import type { DialParts, LinkCause, LinkListener } from "./link-listener.ts";
import type { MessageFlights } from "./message-flights.ts";
import { MqttLink } from "./mqtt-link.ts";
import type { NodeIdentities } from "./node-identities.ts";
import type { NodeStage } from "./node-stage.ts";
import type { OfferIntake } from "./offer-intake.ts";
import { WAIT } from "./wait-tally.ts";

const KIND = {
  dialled: kindNumber("dialled"),
  connected: kindNumber("connected"),
  connectParts: kindNumber("connect parts"),
  connectFailed: kindNumber("connect failed"),
} as const;

const LAPSED = CONNECT_FAILURES.indexOf("timeout");

export interface NodeLinksOptions {
  readonly target: DialTarget;
  readonly stage: NodeStage;
  readonly identities: NodeIdentities;
  readonly flights: MessageFlights;
  readonly offers: OfferIntake;
  readonly halfOf: (slot: number) => NodeHalf;
  /** A dial has ended, well or not. */
  readonly onDialEnded: (slot: number) => void;
}

/** Carries what nodes wish of their links, and tells them what comes back. */
export class NodeLinks implements LinkListener {
  readonly #options: NodeLinksOptions;
  readonly #links: (MqttLink | undefined)[];
  readonly #keepAlive = new KeepAliveQueue();
  /** Lateness of each node's last dial, wall microseconds. */
  readonly #lateUs: Float64Array;
  /** Whether the node was told that it is connected: a link may be about to end before it says so. */
  readonly #isConnected: Uint8Array;
  #connected = 0;
  #sockets = 0;

  constructor(options: NodeLinksOptions) {
    const { nodes } = options.stage.nodes;
    this.#options = options;
    this.#links = Array.from({ length: nodes }, () => undefined);
    this.#lateUs = new Float64Array(nodes);
    this.#isConnected = new Uint8Array(nodes);
  }

  get connected(): number {
    return this.#connected;
  }

  get sockets(): number {
    return this.#sockets;
  }

  /** Publishes of all nodes that wait for their acknowledgement. */
  get inFlight(): number {
    return this.#links.reduce((sum, link) => sum + (link?.inFlightCount ?? 0), 0);
  }

  /** Pings where it is time to; to be called once a second. */
  tick(): void {
    this.#keepAlive.tick(hrtimeUs());
  }

  dial(slot: number): void {
    const { stage, target, halfOf, identities } = this.#options;
    this.#lateUs[slot] = stage.latenessUs;
    stage.record(KIND.dialled, slot, 0, NO_JOB, 0, stage.latenessUs);
    stage.waits.start(slot, WAIT.dial, hrtimeUs());
    this.#links[slot] = new MqttLink(target, halfOf(slot).connect(identities.of(slot)), this, slot);
    this.#sockets += 1;
  }

  /** Drops the link without a word. `isLapsed`: the node had waited for its dial as long as it does. */
  drop(slot: number, isLapsed: boolean): void {
    const link = this.#links[slot];
    if (link === undefined) return;
    const wasConnected = this.#isConnected[slot] === 1;
    link.destroy();
    this.#forget(slot);
    if (wasConnected) return;
    const { stage } = this.#options;
    stage.waits.end(slot, WAIT.dial, hrtimeUs());
    if (isLapsed) stage.record(KIND.connectFailed, slot, LAPSED, NO_JOB, 0, 0);
    this.#options.onDialEnded(slot);
  }

  subscribe(slot: number, topics: readonly string[]): void {
    if (topics.length > 0) this.#links[slot]?.subscribe(topics);
  }

  /** A message that nobody waits for. */
  say(slot: number, message: MqttMessage): void {
    this.#links[slot]?.publish(message.topic, message.payload);
  }

  /** A message of the outbox. */
  send(slot: number, message: number, { topic, payload }: MqttMessage): void {
    const { flights } = this.#options;
    const before = flights.packetIdOf(message);
    const packetId = this.#links[slot]?.publish(topic, payload, before !== undefined, before) ?? 0;
    if (packetId !== 0) flights.sent(message, packetId);
  }

  close(): void {
    this.#links.forEach((link, slot) => {
      link?.destroy();
      this.#links[slot] = undefined;
    });
    this.#isConnected.fill(0);
    this.#connected = 0;
    this.#sockets = 0;
  }

  /** Slots of the nodes that are connected. */
  connectedSlots(): number[] {
    return [...this.#isConnected].flatMap((isConnected, slot) => (isConnected === 1 ? [slot] : []));
  }

  onConnected(link: MqttLink, parts: DialParts): void {
    const { slot } = link;
    const { stage } = this.#options;
    const lateUs = this.#lateUs[slot]!;
    stage.waits.end(slot, WAIT.dial, hrtimeUs());
    stage.record(KIND.connectParts, slot, 0, NO_JOB, parts.tcpUs, parts.tlsUs);
    stage.record(KIND.connected, slot, 0, NO_JOB, parts.totalUs + lateUs, lateUs);
    this.#connected += 1;
    this.#isConnected[slot] = 1;
    this.#keepAlive.add(link, hrtimeUs());
    this.#options.onDialEnded(slot);
    stage.tell(slot, { kind: "connected" });
  }

  onFailed({ slot }: MqttLink, cause: LinkCause): void {
    const { stage } = this.#options;
    this.#forget(slot);
    stage.waits.end(slot, WAIT.dial, hrtimeUs());
    stage.record(KIND.connectFailed, slot, connectFailureOf(cause), NO_JOB, 0, 0);
    stage.dropStart(slot, dropCauseOf(cause));
    this.#options.onDialEnded(slot);
    stage.tell(slot, { kind: "connection refused" });
  }

  onPublish({ slot }: MqttLink, topic: string, payload: Uint8Array, heardUs: number): void {
    const { halfOf, identities, offers } = this.#options;
    const heard = halfOf(slot).hear(identities.of(slot), topic, payload);
    if (heard.kind === "offer") offers.take(slot, heard.offer, heardUs);
  }

  onPuback({ slot }: MqttLink, packetId: number, heardUs: number): void {
    const { stage, flights } = this.#options;
    const message = flights.messageOf(slot, packetId);
    // A greeting, or what the node has given up in the meantime.
    if (message === 0) return;
    flights.acknowledged(message, heardUs);
    stage.tell(slot, { kind: "acknowledged", message });
  }

  onSuback(): void {
    // The firmware does not look at it: who was refused hears nothing, as with a real backend.
  }

  onClosed({ slot }: MqttLink): void {
    this.#forget(slot);
    this.#options.stage.tell(slot, { kind: "connection lost" });
  }

  #forget(slot: number): void {
    this.#links[slot] = undefined;
    this.#sockets -= 1;
    this.#connected -= this.#isConnected[slot]!;
    this.#isConnected[slot] = 0;
    this.#options.flights.linkLost(slot);
    this.#options.stage.forgetLink(slot);
  }
}
