import type { Offer } from "../../node/offer.ts";
import { NO_JOB, OFFER_KINDS } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import type { ExpectedPushes } from "./expected-pushes.ts";
import type { MessageFlights } from "./message-flights.ts";
import type { NodeStage } from "./node-stage.ts";
import type { ShardJobs } from "./shard-jobs.ts";

const KIND = { offerReceived: kindNumber("offer received") } as const;
const ANSWER = OFFER_KINDS.indexOf("answer");
const PUSH = OFFER_KINDS.indexOf("push");

/** Brings offers that arrived, on whatever way, to their nodes. */
export class OfferIntake {
  readonly #stage: NodeStage;
  readonly #flights: MessageFlights;
  readonly #jobs: ShardJobs;
  readonly #pushes: ExpectedPushes;
  #isOpen = true;

  constructor(stage: NodeStage, flights: MessageFlights, jobs: ShardJobs, pushes: ExpectedPushes) {
    this.#stage = stage;
    this.#flights = flights;
    this.#jobs = jobs;
    this.#pushes = pushes;
  }

  /** An offer would start something: none is taken any more. */
  close(): void {
    this.#isOpen = false;
  }

  /** `heardUs`: the monotonic microsecond at which it was read. */
  take(slot: number, offer: Offer, heardUs: number): void {
    if (!this.#isOpen) return;
    if (offer.jobId !== undefined) this.#jobs.heard(offer.jobId, offer.sizeBytes);
    const job = offer.jobId === undefined ? NO_JOB : this.#jobs.jobOfId(offer.jobId);
    const askedSinceUs = this.#flights.answeredUs(slot, heardUs);
    const sinceUs = this.#pushes.take(slot, job) ? undefined : askedSinceUs;
    const kind = sinceUs === undefined ? PUSH : ANSWER;
    this.#stage.record(KIND.offerReceived, slot, kind, job, sinceUs ?? 0, this.#stage.waitedUs(slot));
    this.#stage.tell(slot, { kind: "offered", offer: this.#stage.settings.books.offers.add(offer) });
  }
}
