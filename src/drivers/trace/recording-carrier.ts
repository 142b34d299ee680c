/** Writes down what one node wishes and notes, in order, and passes each on to whoever carries it out. */
import type { Carrier } from "../../node/carrier.ts";
import type { NodeNote } from "../../node/notes.ts";
import type { NodeRow } from "../../node/node-row.ts";
import type { TracedAct, TraceValue } from "../../node/trace-step.ts";
import { shownImage } from "./shown-row.ts";
import { knownPlace, type TraceCounts } from "./trace-numbers.ts";

export class RecordingCarrier implements Carrier {
  /** They say what the node will do by itself. */
  readonly hearsDetails = true;
  acts: TracedAct[] = [];
  readonly #nodeOf: () => NodeRow;
  readonly #counts: TraceCounts;
  #own: Carrier;

  constructor(nodeOf: () => NodeRow, counts: TraceCounts, own: Carrier) {
    this.#nodeOf = nodeOf;
    this.#counts = counts;
    this.#own = own;
  }

  /** Wishes go to this carrier from here on. */
  over(own: Carrier): this {
    this.#own = own;
    return this;
  }

  connect(): void {
    this.acts.push({ wish: "connect" });
    this.#own.connect();
  }

  disconnect(): void {
    this.acts.push({ wish: "disconnect" });
    this.#own.disconnect();
  }

  listen(): void {
    this.acts.push({ wish: "listen" });
    this.#own.listen();
  }

  greet(): void {
    this.acts.push({ wish: "greet" });
    this.#own.greet();
  }

  send(message: number): void {
    const { outbox, texts } = this.#nodeOf().settings.books;
    const { kind, status, reason, job } = outbox.get(message);
    const says = kind === "fetch" ? {} : { status, reason, job: job === 0 ? null : texts.get(job) };
    this.acts.push({ wish: "send", message: knownPlace(this.#counts.messages, message), says: kind, ...says });
    this.#own.send(message);
  }

  download(offer: number, fromBytes: number, isRanged: boolean, untilBytes: number, paceBytesPerSecond: number): void {
    const untilOrEnd = untilBytes === Infinity ? null : untilBytes;
    const place = knownPlace(this.#counts.offers, offer);
    this.acts.push({
      wish: "download",
      offer: place,
      fromBytes,
      isRanged,
      untilBytes: untilOrEnd,
      paceBytesPerSecond,
    });
    this.#own.download(offer, fromBytes, isRanged, untilBytes, paceBytesPerSecond);
  }

  awaitBytes(untilBytes: number): void {
    this.acts.push({ wish: "awaitBytes", untilBytes: untilBytes === Infinity ? null : untilBytes });
    this.#own.awaitBytes(untilBytes);
  }

  stopDownload(): void {
    this.acts.push({ wish: "stopDownload" });
    this.#own.stopDownload();
  }

  cutDownload(): void {
    this.acts.push({ wish: "cutDownload" });
    this.#own.cutDownload();
  }

  powerOff(): void {
    this.acts.push({ wish: "powerOff" });
    this.#own.powerOff();
  }

  release(offer: number): void {
    this.acts.push({ wish: "release", offer: knownPlace(this.#counts.offers, offer) });
    this.#own.release(offer);
  }

  note(what: NodeNote): void {
    if (what.kind === "handed over") this.#counts.messages.add(what.message);
    const { kind, ...values } = what;
    const shown = Object.entries(values).map(([key, value]: [string, unknown]) => [key, this.#shown(key, value)]);
    this.acts.push({ note: kind, ...(Object.fromEntries(shown) as Record<string, TraceValue>) });
    this.#own.note(what);
  }

  /** A value of a note: numbers of books are replaced by what they stand for. */
  #shown(key: string, value: unknown): TraceValue {
    if (key === "entry") {
      const { kind, status, reason } = value as Extract<NodeNote, { kind: "not taken" }>["entry"];
      return kind === "fetch" ? { says: kind } : { says: kind, status, reason };
    }
    if (typeof value !== "number") return value as TraceValue;
    if (key === "message") return knownPlace(this.#counts.messages, value);
    if (key === "offer") return knownPlace(this.#counts.offers, value);
    if (key === "image") return shownImage(this.#nodeOf(), value);
    return value === Infinity ? null : value;
  }
}
