/** Questions and statuses of nodes whose backend speaks plain HTTP: one exchange for each message under way. */
import type { HttpReply, HttpRequest, NodeHalf } from "../../adapters/adapter.ts";
import type { TlsTrust } from "./dial.ts";
import type { EgressCheck } from "./egress.ts";
import { type ExchangeListener, HttpExchange } from "./http-exchange.ts";
import { dropCauseOf } from "./link-failure.ts";
import type { MessageFlights } from "./message-flights.ts";
import type { NodeIdentities } from "./node-identities.ts";
import type { NodeStage } from "./node-stage.ts";
import type { OfferIntake } from "./offer-intake.ts";
import type { SocketCause } from "./socket-cause.ts";

export interface NodeExchangesOptions {
  readonly trust: TlsTrust | undefined;
  readonly isAllowed: EgressCheck;
  readonly stage: NodeStage;
  readonly identities: NodeIdentities;
  readonly flights: MessageFlights;
  readonly offers: OfferIntake;
  readonly halfOf: (slot: number) => NodeHalf;
}

/** Stands in for the packet id that an HTTP request has not. */
const UNDER_WAY = 1;

/** The exchange's own number is its message's; below 0 it is what a node says of itself. */
export class NodeExchanges implements ExchangeListener {
  readonly #options: NodeExchangesOptions;
  readonly #byMessage = new Map<number, HttpExchange>();
  readonly #greetings = new Set<HttpExchange>();

  constructor(options: NodeExchangesOptions) {
    this.#options = options;
  }

  /** Exchanges under way, each with a socket. */
  get size(): number {
    return this.#byMessage.size + this.#greetings.size;
  }

  /** A message of the outbox; one that is under way already is asked anew. */
  send(message: number, request: HttpRequest): void {
    this.#byMessage.get(message)?.stop();
    this.#byMessage.set(message, this.#ask(request, message));
    this.#options.flights.sent(message, UNDER_WAY);
  }

  /** A request whose answer nobody waits for. */
  say(request: HttpRequest): void {
    this.#greetings.add(this.#ask(request, -1));
  }

  /** Drops the exchange of a message. */
  stop(message: number): void {
    this.#byMessage.get(message)?.stop();
    this.#byMessage.delete(message);
  }

  /** Drops all exchanges of a node: it has no network any more. */
  stopAll(slot: number): void {
    const { stage } = this.#options;
    const { outbox } = stage.settings.books;
    let message = stage.nodes.at(slot).outbox.first;
    while (message !== 0) {
      this.stop(message);
      message = outbox.get(message).next;
    }
  }

  close(): void {
    for (const exchange of [...this.#byMessage.values(), ...this.#greetings]) exchange.stop();
    this.#byMessage.clear();
    this.#greetings.clear();
  }

  onReply(exchange: HttpExchange, reply: HttpReply, heardUs: number): void {
    const message = this.#finish(exchange);
    if (message < 0) return;
    const { flights, halfOf, identities, offers, stage } = this.#options;
    const entry = flights.entryOf(message);
    const { slot } = entry;
    const heard = halfOf(slot).hearReply(identities.of(slot), entry, reply);
    switch (heard.kind) {
      case "acknowledged":
        flights.acknowledged(message, heardUs);
        stage.tell(slot, { kind: "acknowledged", message });
        return;
      case "nothing offered":
        flights.acknowledged(message, heardUs);
        stage.tell(slot, { kind: "nothing offered", message });
        return;
      case "offer": {
        // First the acknowledgement: it may confirm a new image, and an unconfirmed one takes no offers.
        const link = stage.linkOf(slot);
        flights.acknowledged(message, heardUs);
        stage.tell(slot, { kind: "acknowledged", message });
        if (link === stage.linkOf(slot)) offers.take(slot, heard.offer, heardUs);
        return;
      }
      default:
        this.#fail(message, slot);
    }
  }

  onFailed(exchange: HttpExchange, cause: SocketCause): void {
    const message = this.#finish(exchange);
    if (message < 0) return;
    const { slot } = this.#options.flights.entryOf(message);
    this.#options.stage.dropStart(slot, dropCauseOf(cause));
    this.#fail(message, slot);
  }

  #fail(message: number, slot: number): void {
    this.#options.flights.failed(message);
    this.#options.stage.tell(slot, { kind: "message failed", message });
  }

  #ask(request: HttpRequest, message: number): HttpExchange {
    const { trust, isAllowed } = this.#options;
    return new HttpExchange({ request, trust, isAllowed, listener: this, slot: message });
  }

  #finish(exchange: HttpExchange): number {
    if (exchange.slot < 0) this.#greetings.delete(exchange);
    else this.#byMessage.delete(exchange.slot);
    return exchange.slot;
  }
}
