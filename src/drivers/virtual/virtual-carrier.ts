/**
 * What nodes wish for in virtual time: the world, the backend and the dials do it. It serves one node at a time, the one
 * that is being told something.
 */
import { NO_JOB, type RecordSink } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import { statusCode } from "../../measure/status-code.ts";
import type { Carrier } from "../../node/carrier.ts";
import type { NodeNote } from "../../node/notes.ts";
import { NoteRecorder } from "../note-recorder.ts";
import type { FleetWatcher } from "./fleet-watcher.ts";
import type { IdleQuestions } from "./idle-questions.ts";
import { FLIGHT } from "./in-flight.ts";
import type { SentMessages } from "./sent-messages.ts";
import { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualDials } from "./virtual-dials.ts";
import type { VirtualOutages } from "./virtual-outages.ts";
import type { VirtualRoster } from "./virtual-roster.ts";
import type { VirtualTransfers } from "./virtual-transfers.ts";
import type { VirtualWorld } from "./virtual-world.ts";

const KIND = {
  fetchSent: kindNumber("fetch sent"),
  fetchResent: kindNumber("fetch resent"),
  reportSent: kindNumber("report sent"),
} as const;

/** Who does what nodes wish for. */
export interface CarrierParts {
  readonly sink: RecordSink;
  readonly watcher: FleetWatcher | undefined;
  readonly world: VirtualWorld;
  readonly backend: VirtualBackend;
  readonly outages: VirtualOutages;
  readonly roster: VirtualRoster;
  readonly sent: SentMessages;
  readonly transfers: VirtualTransfers;
  readonly dials: VirtualDials;
  /** Undefined where something of the scenario may come between any question and its answer. */
  readonly idle: IdleQuestions | undefined;
}

export class VirtualCarrier implements Carrier {
  readonly hearsDetails: boolean;
  /** The node that is being told something. */
  slot = 0;
  /** Fleet time has not begun to pass. */
  isRamp = true;
  readonly #watcher: FleetWatcher | undefined;
  readonly #world: VirtualWorld;
  readonly #backend: VirtualBackend;
  readonly #outages: VirtualOutages;
  readonly #roster: VirtualRoster;
  readonly #sent: SentMessages;
  readonly #transfers: VirtualTransfers;
  readonly #dials: VirtualDials;
  readonly #idle: IdleQuestions | undefined;
  readonly #notes: NoteRecorder;

  constructor({ sink, watcher, world, backend, outages, roster, sent, transfers, dials, idle }: CarrierParts) {
    this.hearsDetails = watcher !== undefined;
    this.#watcher = watcher;
    this.#world = world;
    this.#backend = backend;
    this.#outages = outages;
    this.#roster = roster;
    this.#sent = sent;
    this.#transfers = transfers;
    this.#dials = dials;
    this.#idle = idle;
    const names = {
      jobOfId: (id: string) => roster.jobOfId(id),
      jobOfText: (text: number) => roster.jobOfText(text),
      jobsOfImage: (image: number) => roster.images.jobsOf(image),
    };
    this.#notes = new NoteRecorder(sink, names, 0);
  }

  connect(): void {
    this.#dials.dial(this.slot, this.isRamp);
  }

  disconnect(): void {
    // The node counts itself as dialling only where its own patience ended the dial.
    if (this.#roster.table.at(this.slot).link.isDialling) this.#dials.lapsed(this.slot);
    this.#world.endConnection(this.slot);
  }

  listen(): void {
    // The subscription is there when the connection is: nothing can be published in between.
  }

  greet(): void {
    const { nowUs } = this.#world;
    // The firmware's start is over when its greeting is written; the backend reads it a trip later.
    this.#world.fly(FLIGHT.started, this.slot, 0, undefined, nowUs);
    if (!this.#backend.heedsVersions) return;
    const reachesUs = this.#outages.servedAtUs(nowUs + this.#world.trips(this.slot, 1));
    // It says what runs now: the node may lose its power before the greeting arrives.
    const { runningImage } = this.#roster.table.at(this.slot);
    if (runningImage !== 0) this.#world.fly(FLIGHT.greetingAtBackend, this.slot, runningImage, undefined, reachesUs);
  }

  send(message: number): void {
    const slot = this.slot;
    const entry = this.#roster.books.outbox.get(message);
    const isFirst = this.#sent.write(message, entry);
    if (entry.kind === "report") {
      const code = statusCode(entry.status, entry.reason);
      this.#world.record(KIND.reportSent, slot, code, this.#roster.jobOf(entry), isFirst ? 0 : 1, 0);
    } else this.#world.record(isFirst ? KIND.fetchSent : KIND.fetchResent, slot, 0, NO_JOB, 0, 0);
    // What reaches a backend that stands still waits in its kernel.
    const earliestUs = this.#outages.servedAtUs(this.#world.nowUs + this.#world.latencyUs.get(slot));
    const reachesUs = this.#world.arrivals.next(slot, earliestUs);
    if (!this.isRamp && this.#idle?.hold(slot, message, entry, reachesUs) === true) return;
    this.#world.fly(FLIGHT.atBackend, slot, message, entry, reachesUs);
  }

  download(offer: number, fromBytes: number, isRanged: boolean, untilBytes: number, pace: number): void {
    const offered = this.#roster.books.offers.get(offer);
    const hasExpired = VirtualBackend.isExpired(offered, this.#world.nowUs);
    const job = this.#roster.jobOfId(offered.jobId ?? "");
    this.#transfers.start(this.slot, { job, fromBytes, isRanged, untilBytes, pace, hasExpired });
  }

  awaitBytes(untilBytes: number): void {
    this.#transfers.awaitBytes(this.slot, untilBytes);
  }

  stopDownload(): void {
    this.#transfers.stop(this.slot);
  }

  cutDownload(): void {
    this.#transfers.cut(this.slot);
  }

  powerOff(): void {}

  release(offer: number): void {
    this.#roster.books.offers.release(offer);
  }

  note(what: NodeNote): void {
    this.#watcher?.onNote(this.slot, what, this.#world.nowUs);
    this.#notes.note(this.#roster.table.at(this.slot), what, this.#world.nowUs, 0);
  }
}
