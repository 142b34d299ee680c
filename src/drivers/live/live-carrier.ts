/** Carries the wishes of a shard's nodes out, on real sockets. It never retries, decides or interprets. */
import type { NodeHalf } from "../../adapters/adapter.ts";
import type { Carrier } from "../../node/carrier.ts";
import type { NodeNote } from "../../node/notes.ts";
import type { VirtualNode } from "../../node/virtual-node.ts";
import { NO_JOB } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import type { NoteRecorder } from "../note-recorder.ts";
import type { MessageFlights } from "./message-flights.ts";
import type { NodeDownloads } from "./node-downloads.ts";
import type { NodeExchanges } from "./node-exchanges.ts";
import type { NodeIdentities } from "./node-identities.ts";
import type { NodeLinks } from "./node-links.ts";
import type { NodeStage } from "./node-stage.ts";

const KIND = { connected: kindNumber("connected") } as const;

export interface LiveCarrierOptions {
  readonly stage: NodeStage;
  /** Undefined where the backend has no MQTT. */
  readonly links: NodeLinks | undefined;
  readonly exchanges: NodeExchanges;
  readonly downloads: NodeDownloads;
  readonly flights: MessageFlights;
  readonly identities: NodeIdentities;
  readonly recorder: NoteRecorder;
  readonly halfOf: (slot: number) => NodeHalf;
  /** A dial has ended, well or not: where there is no MQTT, at once. */
  readonly onDialEnded: (slot: number) => void;
}

/** One for all nodes of a shard: the one that wishes is the one at whose row the stage stands. */
export class LiveCarrier implements Carrier {
  readonly hearsDetails = false;
  readonly #options: LiveCarrierOptions;
  /** A view of whichever node is being told something. */
  readonly #node: VirtualNode;

  constructor(options: LiveCarrierOptions) {
    this.#options = options;
    this.#node = options.stage.nodes.at(0);
  }

  connect(): void {
    const { stage, links } = this.#options;
    const { slot } = this.#node;
    if (links !== undefined) {
      links.dial(slot);
      return;
    }
    // Plain HTTP has no link of its own: it is there while the network is.
    stage.record(KIND.connected, slot, 0, NO_JOB, 0, 0);
    this.#options.onDialEnded(slot);
    stage.tell(slot, { kind: "connected" });
  }

  disconnect(): void {
    const { stage, links, exchanges, flights } = this.#options;
    const { slot, link } = this.#node;
    if (links !== undefined) {
      // The node counts itself as dialling only where its own patience ended the dial.
      links.drop(slot, link.isDialling);
      return;
    }
    exchanges.stopAll(slot);
    flights.linkLost(slot);
    stage.forgetLink(slot);
  }

  listen(): void {
    const { slot } = this.#node;
    const { links, halfOf, identities } = this.#options;
    links?.subscribe(slot, halfOf(slot).offerTopics(identities.of(slot)));
  }

  greet(): void {
    const { slot } = this.#node;
    const { stage, links, exchanges, halfOf, identities } = this.#options;
    const half = halfOf(slot);
    links?.subscribe(slot, half.greetingTopics(identities.of(slot)));
    for (const said of half.greeting(identities.of(slot))) {
      if (said.via === "mqtt") links?.say(slot, said);
      else exchanges.say(said);
    }
    // RainMaker's start is over when its greeting is written; it does not wait for the acknowledgement.
    stage.tell(slot, { kind: "started" });
  }

  send(message: number): void {
    const { slot } = this.#node;
    const { links, exchanges, flights, halfOf, identities } = this.#options;
    const entry = flights.entryOf(message);
    const written = halfOf(slot).encode(identities.of(slot), entry, flights.jobIdOf(entry));
    if (written.via === "mqtt") links?.send(slot, message, written);
    else exchanges.send(message, written);
  }

  download(offer: number, fromBytes: number, isRanged: boolean, untilBytes: number, paceBytesPerSecond: number): void {
    const wish = { offer, fromBytes, isRanged, untilBytes, paceBytesPerSecond };
    this.#options.downloads.start(this.#node.slot, wish);
  }

  awaitBytes(untilBytes: number): void {
    this.#options.downloads.awaitBytes(this.#node.slot, untilBytes);
  }

  stopDownload(): void {
    this.#options.downloads.stop(this.#node.slot);
  }

  cutDownload(): void {
    this.#options.downloads.cut(this.#node.slot);
  }

  powerOff(): void {
    // The link was dropped and the outbox given up before; what is left of a node without power is its flash.
  }

  release(offer: number): void {
    this.#options.stage.settings.books.offers.release(offer);
  }

  note(what: NodeNote): void {
    const { stage, recorder, exchanges, flights } = this.#options;
    const { slot } = this.#node;
    recorder.note(this.#node, what, stage.handledAtUs, stage.waitedUs(slot));
    if (what.kind !== "message lost") return;
    exchanges.stop(what.message);
    flights.lost(what.message);
  }
}
