/**
 * The embedded backend in virtual time: its rules, without broker, disk or JSON. It answers at once
 * unless it is to misbehave; latency is the driver's. It counts what a served backend counts, so that the same laws can be checked.
 */
import type { RecordedBelief } from "../../base/belief.ts";
import type { InstantUs } from "../../base/instant.ts";
import { seedOf } from "../../base/random.ts";
import { OtaRules } from "../../backend/rules/ota-rules.ts";
import type { BeliefCounts, JobNumber } from "../../backend/rules/job-plan.ts";
import { BackendFaultDraws } from "../../faults/backend/fault-draws.ts";
import { type Distribution, quantile } from "../../fleet/distribution.ts";
import { runsOf } from "../../fleet/fleet-rows.ts";
import type { Offer } from "../../node/offer.ts";
import type { Status } from "../../node/report.ts";
import { imageNumbersOf } from "../../scenario/job-images.ts";
import type { JobScenario, Scenario } from "../../scenario/scenario.ts";
import { targetsOf } from "../../scenario/targets.ts";
import { FLIGHT } from "./in-flight.ts";

export interface ImageOnOffer {
  readonly project: string;
  readonly version: string;
  readonly sizeBytes: number;
  /** Hex; what nodes keep their resume books by. */
  readonly md5: string;
}

/**
 * An offer of this backend: its url is good until an instant of fleet time, which no text has to say here. A class, as
 * copies of an object with one key more would each have a shape that the engine looks up anew.
 */
class VirtualOffer implements Offer {
  readonly flaw: Offer["flaw"];
  readonly jobId: Offer["jobId"];
  readonly url: Offer["url"];
  readonly fileMd5: Offer["fileMd5"];
  readonly streamId: Offer["streamId"];
  readonly sizeBytes: Offer["sizeBytes"];
  readonly version: Offer["version"];
  readonly validity: Offer["validity"];
  readonly window: Offer["window"];
  readonly metadata: Offer["metadata"];
  readonly untilUs: InstantUs;

  constructor(offer: Offer, untilUs: InstantUs) {
    this.flaw = offer.flaw;
    this.jobId = offer.jobId;
    this.url = offer.url;
    this.fileMd5 = offer.fileMd5;
    this.streamId = offer.streamId;
    this.sizeBytes = offer.sizeBytes;
    this.version = offer.version;
    this.validity = offer.validity;
    this.window = offer.window;
    this.metadata = offer.metadata;
    this.untilUs = untilUs;
  }
}

type OfferLeaving = typeof FLIGHT.offered | typeof FLIGHT.offeredWithAnExpiredUrl;
const NOTHING_LEAVES: readonly OfferLeaving[] = [];
const ONE_LEAVES: readonly OfferLeaving[] = [FLIGHT.offered];
const EXPIRED_LEAVES: readonly OfferLeaving[] = [FLIGHT.offeredWithAnExpiredUrl];
const TWO_LEAVE: readonly OfferLeaving[] = [FLIGHT.offered, FLIGHT.offered];

export class VirtualBackend {
  readonly counters = {
    connections: 0,
    fetchesReceived: 0,
    offersSent: 0,
    statusesReceived: 0,
    statusesUnreadable: 0,
    imageRequests: 0,
    imageRequestsCut: 0,
    imageBytesServed: 0,
  };
  readonly faults: BackendFaultDraws<Distribution>;
  readonly #rules: OtaRules;
  readonly #scenario: Scenario;
  readonly #images: readonly ImageOnOffer[];
  readonly #imageOfJob: readonly number[];
  readonly #offers: readonly Offer[];
  /** By place: the offer made last. Whoever is offered the job at one instant is given the same. */
  readonly #latestOffers: VirtualOffer[] = [];
  /** The rules number jobs in the order of their creation; here they go by their place in the scenario. */
  readonly #places: number[] = [];
  /** By place: the one job of the rules, or those of its batches. */
  readonly #batches: (JobNumber[] | undefined)[] = [];
  /** By place of a job that is released in batches, then by node: the number of its batch + 1; 0 = not released. */
  readonly #batchOf = new Map<number, Uint16Array>();

  /** @param images in the order of `imagesOf` */
  constructor(scenario: Scenario, images: readonly ImageOnOffer[]) {
    const believesFirstStatus = scenario.selftest?.backendBelievesFirstStatus ?? false;
    this.#rules = new OtaRules({ believesFirstStatus, strict: scenario.backend.strict });
    this.faults = new BackendFaultDraws(scenario.backend.faults, seedOf(scenario.seed), quantile);
    this.#scenario = scenario;
    this.#images = images;
    this.#imageOfJob = imageNumbersOf(scenario);
    this.#offers = scenario.jobs.map((_, job) => this.#offerFor(job));
    for (let node = 0; node < scenario.fleet.nodes; node++) {
      const { project, version, type, model } = runsOf(scenario.fleet, node);
      this.#rules.addNode({ project, version, type, model });
    }
    for (const image of images) this.#rules.addImage(image);
  }

  /**
   * Creates a job of the scenario, or a batch of one; answers whom to push it to.
   *
   * @param batch those of the targets that it is for; left out: all
   */
  createJob(number: number, atUs: number, isOnline: (node: number) => boolean, batch?: Uint32Array): readonly number[] {
    const job = this.#scenario.jobs[number] as JobScenario;
    const { targets, trigger, priority, timeoutUs } = job;
    const { job: made, pushTo } = this.#rules.createJob(
      {
        image: this.#imageOfJob[number] as number,
        targets: batch ?? (targets.kind === "dynamic" ? targets : targetsOf(this.#scenario, job)),
        trigger,
        priority,
        timeoutMs: timeoutUs === undefined ? undefined : timeoutUs / 1_000,
      },
      this.#epochMs(atUs),
      isOnline,
    );
    this.#keep(number, made, batch);
    this.counters.offersSent += pushTo.length;
    return pushTo;
  }

  #keep(number: number, made: JobNumber, batch: Uint32Array | undefined): void {
    this.#places[made] = number;
    const batches = (this.#batches[number] ??= []);
    batches.push(made);
    if (batch === undefined) return;
    const batchOf = this.#batchOf.get(number) ?? new Uint16Array(this.#scenario.fleet.nodes);
    this.#batchOf.set(number, batchOf);
    for (const node of batch) batchOf[node] = batches.length;
  }

  /** False: the job was over before, with all batches of it. */
  cancelJob(number: number, atUs: number): boolean {
    const cancelled = this.#jobsOf(number).map((job) => this.#rules.cancelJob(job, this.#epochMs(atUs)));
    return cancelled.includes(true);
  }

  /** What is on record for each batch of a job, in the order of their creation. */
  countsOf(number: number): readonly BeliefCounts[] {
    return this.#jobsOf(number).map((job) => this.#rules.counts(job));
  }

  #jobsOf(number: number): readonly JobNumber[] {
    return this.#batches[number] ?? [];
  }

  /** The job of the rules that is a node's; undefined = it was not made, or the node's batch was not. */
  #jobFor(number: number, node: number): JobNumber | undefined {
    const batchOf = this.#batchOf.size === 0 ? undefined : this.#batchOf.get(number);
    return this.#batches[number]?.[batchOf === undefined ? 0 : (batchOf[node] ?? 0) - 1];
  }

  /** The node's user approves. True: the offer is to be sent. False: there is nothing to approve. */
  approve(number: number, node: number, atUs: number): boolean {
    const job = this.#jobFor(number, node);
    if (job === undefined || !this.#rules.approve(job, node, this.#epochMs(atUs))) return false;
    this.counters.offersSent++;
    return true;
  }

  /** Whether what a node says it runs changes anything before it asks: dynamic jobs take it in. */
  get heedsVersions(): boolean {
    return this.#scenario.jobs.some(({ targets }) => targets.kind === "dynamic");
  }

  /** A node says what it runs, as it does after each boot. */
  hearVersion(node: number, version: string, atUs: number): void {
    this.#rules.updateNode(node, { version }, this.#epochMs(atUs));
  }

  /** The text id of a job on the wire. */
  static jobIdOf(job: number): string {
    return `virtual-job-${job}`;
  }

  /** The offer of a job with a fresh url, as signed now; `hasExpired`: its url has, before a node could use it. */
  offerOf(job: number, hasExpired: boolean, atUs: number): Offer {
    const untilUs = hasExpired ? 0 : atUs + this.#scenario.backend.urlLifeUs;
    const latest = this.#latestOffers[job];
    if (latest?.untilUs === untilUs) return latest;
    const offer = new VirtualOffer(this.#offers[job] as Offer, untilUs);
    this.#latestOffers[job] = offer;
    return offer;
  }

  /** Whether the image server answers the url of an offer with 403 by now. */
  static isExpired(offer: Offer, atUs: number): boolean {
    return atUs >= (offer as VirtualOffer).untilUs;
  }

  /** What leaves for a node where it is to be offered something: that once, or as its misbehaviour wants. */
  offersTo(node: number): readonly OfferLeaving[] {
    const fault = this.faults.at("offer", node);
    if (fault === undefined) return ONE_LEAVES;
    this.faults.fired(fault.name);
    if (fault.effect === "lost") return NOTHING_LEAVES;
    if (fault.effect === "expired url") return EXPIRED_LEAVES;
    this.counters.offersSent++;
    return TWO_LEAVE;
  }

  /** A node asks: the job that it is offered, or undefined. */
  fetch(node: number, version: string, atUs: number): number | undefined {
    this.counters.fetchesReceived++;
    const job = this.#rules.answerFetch(node, version, this.#epochMs(atUs));
    if (job === undefined) return undefined;
    this.counters.offersSent++;
    return this.#places[job];
  }

  /**
   * Takes a node's question that arrives at a later instant, if nothing is offered to it unless something befalls the node
   * or a job before. False: nothing has changed.
   */
  fetchNothing(node: number, version: string, atUs: InstantUs): boolean {
    if (!this.#rules.answerNothing(node, version, this.#epochMs(atUs))) return false;
    this.counters.fetchesReceived++;
    return true;
  }

  /** A node speaks. `job` undefined: of a job that nobody knows. */
  report(node: number, job: number | undefined, status: Status, clockSeconds: number, atUs: number): void {
    this.counters.statusesReceived++;
    const known = job === undefined ? undefined : this.#jobFor(job, node);
    this.#rules.takeStatus(node, known, status, "", clockSeconds, this.#epochMs(atUs));
  }

  /** A message arrived that is no JSON. */
  takeUnreadable(): void {
    this.counters.statusesReceived++;
    this.counters.statusesUnreadable++;
  }

  /** `none` too for a job that was never created. */
  beliefOf(job: number, node: number): RecordedBelief {
    const known = this.#jobFor(job, node);
    return known === undefined ? "none" : this.#rules.beliefOf(known, node);
  }

  /** Bytes of a job's image. */
  sizeOf(job: number): number {
    return this.#imageOf(job).sizeBytes;
  }

  #imageOf(job: number): ImageOnOffer {
    return this.#images[this.#imageOfJob[job] as number] as ImageOnOffer;
  }

  /** When a job's timeout is over next, unless it ends before; NEVER = none is limited. */
  get nextExpiryUs(): InstantUs {
    return (this.#rules.nextExpiryMs - this.#scenario.clock.startUtcMs) * 1_000;
  }

  #epochMs(atUs: number): number {
    return this.#scenario.clock.startUtcMs + Math.floor(atUs / 1_000);
  }

  #offerFor(number: number): Offer {
    const { name, validity, window, metadata } = this.#scenario.jobs[number] as JobScenario;
    const { sizeBytes, md5, version } = this.#imageOf(number);
    return {
      flaw: undefined,
      jobId: VirtualBackend.jobIdOf(number),
      url: `virtual:${name}`,
      fileMd5: md5,
      streamId: undefined,
      sizeBytes,
      version,
      validity,
      window,
      metadata: Object.keys(metadata).length === 0 ? undefined : JSON.stringify(metadata),
    };
  }
}
