/**
 * Messages of the nodes' outboxes on their way: under which packet id each was written, and since when. A number of
 * the outbox book is used again after its entry is gone, so each flight knows its entry, and an acknowledgement counts
 * only while that very entry is still waiting.
 */
import { LOSS_CAUSES, NO_JOB } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import { statusCode } from "../../measure/status-code.ts";
import type { OutboxEntry } from "../../node/report.ts";
import { hrtimeUs } from "./fleet-clock.ts";
import type { NodeStage } from "./node-stage.ts";
import type { ShardJobs } from "./shard-jobs.ts";
import { WAIT } from "./wait-tally.ts";

const KIND = {
  fetchSent: kindNumber("fetch sent"),
  fetchResent: kindNumber("fetch resent"),
  fetchAcked: kindNumber("fetch acked"),
  fetchLost: kindNumber("fetch lost"),
  reportSent: kindNumber("report sent"),
  reportAcked: kindNumber("report acked"),
  reportLost: kindNumber("report lost"),
} as const;

const DISCONNECTED = LOSS_CAUSES.indexOf("disconnected");

/** Of all nodes of a shard; kept by the message's number, which is unique in a shard. */
export class MessageFlights {
  readonly #stage: NodeStage;
  readonly #jobs: ShardJobs;
  readonly #entries: (OutboxEntry | undefined)[] = [];
  readonly #packetIds: number[] = [];
  /** When each was due as its latency counts, and how late it was written: monotonic and wall microseconds. */
  readonly #dueUs: number[] = [];
  readonly #latenessUs: number[] = [];
  /** When the last fetch of a node was due that no offer has answered; NaN = there is none. */
  readonly #askedUs: Float64Array;
  readonly #answerMaxUs: number;

  /** @param answerMaxUs an offer that comes later after a fetch was not asked for; Infinity where nothing is pushed */
  constructor(stage: NodeStage, jobs: ShardJobs, answerMaxUs: number) {
    this.#stage = stage;
    this.#jobs = jobs;
    this.#answerMaxUs = answerMaxUs;
    this.#askedUs = new Float64Array(stage.nodes.nodes).fill(Number.NaN);
  }

  /** The entry behind a number. */
  entryOf(message: number): OutboxEntry {
    return this.#stage.settings.books.outbox.get(message);
  }

  /** The job id that an entry speaks of; undefined = none. */
  jobIdOf(entry: OutboxEntry): string | undefined {
    return entry.job === 0 ? undefined : this.#stage.settings.books.texts.get(entry.job);
  }

  /** The packet id under which a message was written before; undefined = it was not. */
  packetIdOf(message: number): number | undefined {
    const isSame = this.#entries[message] === this.entryOf(message);
    const packetId = isSame ? this.#packetIds[message] : 0;
    return packetId === 0 ? undefined : packetId;
  }

  /** A message was written. */
  sent(message: number, packetId: number): void {
    const entry = this.entryOf(message);
    const isAgain = this.#entries[message] === entry;
    if (!isAgain) this.#begin(message, entry);
    this.#packetIds[message] = packetId;
    if (entry.kind === "fetch") {
      this.#stage.waits.start(entry.slot, WAIT.fetch, hrtimeUs());
      if (isAgain) this.#stage.record(KIND.fetchResent, entry.slot, 0, 0, 0, 0);
      else this.#stage.record(KIND.fetchSent, entry.slot, 0, 0, this.#latenessUs[message]!, 0);
    } else this.#stage.record(KIND.reportSent, entry.slot, codeOf(entry), this.#jobOf(entry), isAgain ? 1 : 0, 0);
  }

  /** The message of a node that waits under this packet id; 0 = none does any more. */
  messageOf(slot: number, packetId: number): number {
    const { outbox } = this.#stage.settings.books;
    let message = this.#stage.nodes.at(slot).outbox.first;
    while (message !== 0) {
      const entry = outbox.get(message);
      if (this.#entries[message] === entry && this.#packetIds[message] === packetId) return message;
      message = entry.next;
    }
    return 0;
  }

  /** The backend has a message, as was read at `heardUs` (monotonic); to be called before the node is told. */
  acknowledged(message: number, heardUs: number): void {
    const entry = this.entryOf(message);
    const latenessUs = this.#latenessUs[message]!;
    // A peer may have sent the acknowledgement ahead, so that it was read before its message was written.
    const latencyUs = Math.max(latenessUs, heardUs - this.#dueUs[message]!);
    if (entry.kind === "fetch") this.#stage.record(KIND.fetchAcked, entry.slot, 0, 0, latencyUs, latenessUs);
    else {
      this.#stage.record(KIND.reportAcked, entry.slot, codeOf(entry), this.#jobOf(entry), latencyUs, latenessUs);
    }
    this.#end(message, entry);
  }

  /** A question was answered with an error, or by nobody: its node gives it up. */
  failed(message: number): void {
    const entry = this.entryOf(message);
    if (entry.kind === "fetch") this.#stage.record(KIND.fetchLost, entry.slot, DISCONNECTED, 0, 0, 0);
    else this.#stage.record(KIND.reportLost, entry.slot, DISCONNECTED, this.#jobOf(entry), codeOf(entry), 0);
    this.#end(message, entry);
  }

  /** The node has given a message up. */
  lost(message: number): void {
    this.#end(message, this.entryOf(message));
  }

  /**
   * An offer was read at `heardUs`: microseconds of wall time since the fetch that it answers was due; undefined =
   * nobody had asked by then.
   * One fetch is answered once; a push ends the wait for its answer too, as nobody can tell the two apart then.
   */
  answeredUs(slot: number, heardUs: number): number | undefined {
    const askedUs = this.#askedUs[slot]!;
    // What was read together with an earlier packet, in answer to which the node asks, is no answer to that.
    if (Number.isNaN(askedUs) || heardUs < askedUs) return undefined;
    this.#askedUs[slot] = Number.NaN;
    const sinceUs = heardUs - askedUs;
    return sinceUs > this.#answerMaxUs ? undefined : sinceUs;
  }

  /** The link is gone: what was under way will be answered by nobody. */
  linkLost(slot: number): void {
    this.#askedUs[slot] = Number.NaN;
    this.#stage.waits.end(slot, WAIT.fetch, hrtimeUs());
  }

  #begin(message: number, entry: OutboxEntry): void {
    const nowUs = hrtimeUs();
    // What was made without a connection waited for one, and the backend had no part in that.
    const isAtOnce = entry.sentAtUs === entry.madeAtUs;
    const dueUs = isAtOnce ? Math.min(nowUs, this.#stage.hrtimeUsOf(entry.dueUs)) : nowUs;
    this.#entries[message] = entry;
    this.#dueUs[message] = dueUs;
    this.#latenessUs[message] = nowUs - dueUs;
    if (entry.kind === "fetch") this.#askedUs[entry.slot] = dueUs;
  }

  #end(message: number, entry: OutboxEntry): void {
    if (this.#entries[message] !== entry) return;
    this.#entries[message] = undefined;
    this.#packetIds[message] = 0;
    if (entry.kind === "fetch") this.#stage.waits.end(entry.slot, WAIT.fetch, hrtimeUs());
  }

  #jobOf(entry: OutboxEntry): number {
    const jobId = this.jobIdOf(entry);
    return jobId === undefined ? NO_JOB : this.#jobs.jobOfId(jobId);
  }
}

function codeOf(entry: OutboxEntry): number {
  return statusCode(entry.status, entry.reason);
}
