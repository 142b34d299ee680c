/**
 * From what happens inside a node to the event log: both drivers hand their nodes' notes here, so that a run and a
 * plan tell of the same life in the same records. What only a driver can know (latencies, answers, sockets) it
 * records itself.
 */
import {
  BOOT_STATES,
  DISCONNECT_CAUSES,
  DOWNLOAD_ENDS,
  LOSS_CAUSES,
  NO_JOB,
  OFFER_DROPS,
  POWER_CAUSES,
  type RecordSink,
} from "../measure/event-record.ts";
import { kindNumber } from "../measure/record-codec.ts";
import { reasonNumber, statusCode } from "../measure/status-code.ts";
import type { NodeNote } from "../node/notes.ts";
import type { Reason } from "../node/report.ts";
import type { VirtualNode } from "../node/virtual-node.ts";

const KIND = {
  released: kindNumber("released"),
  networkUp: kindNumber("network up"),
  networkDown: kindNumber("network down"),
  disconnected: kindNumber("disconnected"),
  fetchLost: kindNumber("fetch lost"),
  offerDropped: kindNumber("offer dropped"),
  offerWaits: kindNumber("offer waits"),
  offerEnded: kindNumber("offer ended"),
  downloadStarted: kindNumber("download started"),
  downloadEnded: kindNumber("download ended"),
  attemptsSpent: kindNumber("attempts spent"),
  imageApplied: kindNumber("image applied"),
  poweredOff: kindNumber("powered off"),
  booted: kindNumber("booted"),
  confirmed: kindNumber("confirmed"),
  rolledBack: kindNumber("rolled back"),
  bricked: kindNumber("bricked"),
  reportMade: kindNumber("report made"),
  reportLost: kindNumber("report lost"),
  faultDrawn: kindNumber("fault drawn"),
  faultFired: kindNumber("fault fired"),
} as const;

/** A row has 16 bits for an image. */
const IMAGES_MAX = 65_536;

/** What the jobs of a run are called on the wire, and what they install: found out while the run goes on. */
export interface JobNames {
  /** Number of the job with this id; NO_JOB = none of the run's. */
  jobOfId(jobId: string): number;
  /** The same of an id by its number in the nodes' text book, where that never changes. */
  jobOfText?(text: number): number;
  /** Numbers of the jobs that install an image of the image book; empty = none of the run's. */
  jobsOfImage(image: number): readonly number[];
}

export class NoteRecorder {
  readonly #sink: RecordSink;
  readonly #jobs: JobNames;
  readonly #firstNode: number;
  /** Where several jobs bring one image, the job that installed it, by slot and image. */
  readonly #installers = new Map<number, number>();
  /** Nodes that an image's fault was drawn for, by slot and image: once, however often they boot it. */
  readonly #struck = new Set<number>();

  constructor(sink: RecordSink, jobs: JobNames, firstNode: number) {
    this.#sink = sink;
    this.#jobs = jobs;
    this.#firstNode = firstNode;
  }

  /** @param waitedUs the node's wall time spent waiting for the backend so far, whole microseconds */
  note(node: VirtualNode, what: NodeNote, atUs: number, waitedUs: number): void {
    switch (what.kind) {
      case "network up":
        this.#put(KIND.networkUp, node, atUs, 0, NO_JOB, 0, waitedUs);
        break;
      case "network down":
        this.#put(KIND.networkDown, node, atUs, 0, NO_JOB, 0, waitedUs);
        break;
      case "link lost":
        this.#put(KIND.disconnected, node, atUs, DISCONNECT_CAUSES.indexOf(what.why), NO_JOB, 0, waitedUs);
        break;
      case "handed over":
        this.#handedOver(node, what.message, atUs, waitedUs);
        break;
      case "message lost":
        this.#messageLost(node, what.message, LOSS_CAUSES.indexOf(what.why), atUs, waitedUs);
        break;
      case "offer dropped":
        this.#put(
          KIND.offerDropped,
          node,
          atUs,
          OFFER_DROPS.indexOf(what.why),
          this.#jobOfOffer(node, what.offer),
          0,
          waitedUs,
        );
        break;
      case "offer waits":
        this.#put(KIND.offerWaits, node, atUs, reasonNumber(what.reason), this.#job(node), what.untilUs, waitedUs);
        break;
      case "offer ended":
        this.#put(KIND.offerEnded, node, atUs, reasonNumber(what.reason), this.#job(node), 0, waitedUs);
        break;
      case "attempt begun":
        this.#put(KIND.downloadStarted, node, atUs, what.attempt, this.#job(node), what.fromBytes, waitedUs);
        break;
      case "attempt ended":
        this.#put(KIND.downloadEnded, node, atUs, endOf(what.reason), this.#job(node), what.gotBytes, waitedUs);
        break;
      case "attempts spent":
        this.#put(KIND.attemptsSpent, node, atUs, what.asksAgain ? 1 : 0, this.#job(node), 0, waitedUs);
        break;
      case "boot slot set":
        this.#noteInstaller(node, what.image);
        this.#put(KIND.imageApplied, node, atUs, 0, this.#jobOfImage(node, what.image), 0, waitedUs);
        break;
      case "powered off":
        this.#put(KIND.poweredOff, node, atUs, POWER_CAUSES.indexOf(what.why), NO_JOB, 0, waitedUs);
        break;
      case "runs":
        // A node of a booting fleet comes out of the ramp by its first boot; the others were running before.
        if (node.power.boots === 1) this.#put(KIND.released, node, atUs, 0, NO_JOB, 0, 0);
        this.#put(KIND.booted, node, atUs, bootState(what.state), this.#jobOfImage(node, what.image), 0, waitedUs);
        break;
      case "marked valid":
        this.#put(KIND.confirmed, node, atUs, 0, this.#jobOfImage(node, what.image), 0, waitedUs);
        break;
      case "rolled back":
        this.#put(KIND.rolledBack, node, atUs, 0, this.#remembered(node), 0, waitedUs);
        break;
      case "bricked":
        this.#put(KIND.bricked, node, atUs, 0, NO_JOB, 0, waitedUs);
        break;
      case "fault drawn":
        this.#faultDrawn(node, what.image, what.fault, atUs, waitedUs);
        break;
      case "fault fired":
        this.#put(KIND.faultFired, node, atUs, what.fault, this.#jobOfFault(node, what.image), 0, waitedUs);
        break;
      default:
        // Of interest to traces and vectors only.
        break;
    }
  }

  #handedOver(node: VirtualNode, message: number, atUs: number, waitedUs: number): void {
    const entry = node.settings.books.outbox.get(message);
    if (entry.kind === "fetch") return;
    const job = this.#jobOfText(node, entry.job);
    this.#put(KIND.reportMade, node, atUs, statusCode(entry.status, entry.reason), job, 0, waitedUs);
  }

  #faultDrawn(node: VirtualNode, image: number, fault: number, atUs: number, waitedUs: number): void {
    const key = node.slot * IMAGES_MAX + image;
    if (this.#struck.has(key)) return;
    this.#struck.add(key);
    this.#put(KIND.faultDrawn, node, atUs, fault, this.#jobOfFault(node, image), 0, waitedUs);
  }

  /** A node's own fault is no job's. */
  #jobOfFault(node: VirtualNode, image: number): number {
    return image === 0 ? NO_JOB : this.#jobOfImage(node, image);
  }

  #messageLost(node: VirtualNode, message: number, cause: number, atUs: number, waitedUs: number): void {
    const entry = node.settings.books.outbox.get(message);
    if (entry.kind === "fetch") {
      this.#put(KIND.fetchLost, node, atUs, cause, NO_JOB, 0, waitedUs);
      return;
    }
    const code = statusCode(entry.status, entry.reason);
    this.#put(KIND.reportLost, node, atUs, cause, this.#jobOfText(node, entry.job), code, waitedUs);
  }

  /** The job at hand: of the update if there is one, else the last that the node was offered. */
  #job(node: VirtualNode): number {
    return node.update.offer === 0 ? this.#remembered(node) : this.#jobOfOffer(node, node.update.offer);
  }

  #noteInstaller(node: VirtualNode, image: number): void {
    const job = this.#job(node);
    const jobs = this.#jobs.jobsOfImage(image);
    if (jobs.length > 1 && jobs.includes(job)) this.#installers.set(node.slot * IMAGES_MAX + image, job);
  }

  #jobOfImage(node: VirtualNode, image: number): number {
    const jobs = this.#jobs.jobsOfImage(image);
    const installer = jobs.length > 1 ? this.#installers.get(node.slot * IMAGES_MAX + image) : undefined;
    return installer ?? jobs[0] ?? NO_JOB;
  }

  #remembered(node: VirtualNode): number {
    const { nvs } = node;
    return this.#jobOfText(node, nvs.job === 0 ? nvs.failedJob : nvs.job);
  }

  #jobOfOffer(node: VirtualNode, offer: number): number {
    const { jobId } = node.settings.books.offers.get(offer);
    return jobId === undefined ? NO_JOB : this.#jobs.jobOfId(jobId);
  }

  #jobOfText(node: VirtualNode, text: number): number {
    if (text === 0) return NO_JOB;
    // An id that was taken for a job's may turn out to be another's: only who knows better looks it up by number.
    return this.#jobs.jobOfText?.(text) ?? this.#jobs.jobOfId(node.settings.books.texts.get(text));
  }

  #put(kind: number, node: VirtualNode, atUs: number, detail: number, job: number, a: number, b: number): void {
    this.#sink.record(kind, this.#firstNode + node.slot, atUs, detail, job, a, b);
  }
}

/** An image that runs undefined or marked otherwise counts as what the bootloader takes it for. */
function bootState(state: string): number {
  const place = (BOOT_STATES as readonly string[]).indexOf(state);
  return place === -1 ? BOOT_STATES.indexOf("undefined") : place;
}

function endOf(reason: Reason): number {
  const end = ((): (typeof DOWNLOAD_ENDS)[number] => {
    switch (reason) {
      case "downloaded":
        return "complete";
      case "begin failed":
        return "refused";
      case "head failed":
        return "failed";
      case "transfer failed":
      case "incomplete":
        return "cut";
      default:
        // The node itself had seen enough.
        return "stopped";
    }
  })();
  return DOWNLOAD_ENDS.indexOf(end);
}
