/** The nodes' end of the links in virtual time: what comes back from the backend is put on record, then told. */
import { LOSS_CAUSES, NO_JOB, OFFER_KINDS } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import { statusCode } from "../../measure/status-code.ts";
import type { NodeInput } from "../../node/inputs.ts";
import type { OutboxEntry } from "../../node/report.ts";
import type { SentMessages } from "./sent-messages.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualRoster } from "./virtual-roster.ts";
import type { VirtualWorld } from "./virtual-world.ts";

const KIND = {
  fetchAcked: kindNumber("fetch acked"),
  fetchLost: kindNumber("fetch lost"),
  offerReceived: kindNumber("offer received"),
  reportAcked: kindNumber("report acked"),
  reportLost: kindNumber("report lost"),
} as const;

const DISCONNECTED = LOSS_CAUSES.indexOf("disconnected");

export interface AnswersHost {
  readonly roster: VirtualRoster;
  deliver(node: number, input: NodeInput): void;
}

export class VirtualAnswers {
  readonly #world: VirtualWorld;
  readonly #backend: VirtualBackend;
  readonly #sent: SentMessages;
  readonly #host: AnswersHost;

  constructor(world: VirtualWorld, backend: VirtualBackend, sent: SentMessages, host: AnswersHost) {
    this.#world = world;
    this.#backend = backend;
    this.#sent = sent;
    this.#host = host;
  }

  /** The backend has a message. */
  answered(kind: "acknowledged" | "nothing offered", node: number, message: number, entry: OutboxEntry): void {
    if (!this.#isWaiting(message, entry)) return;
    const tookUs = this.#world.nowUs - this.#sent.dueUs(message);
    if (entry.kind === "fetch") this.#world.record(KIND.fetchAcked, node, 0, NO_JOB, tookUs, 0);
    else {
      const code = statusCode(entry.status, entry.reason);
      this.#world.record(KIND.reportAcked, node, code, this.#host.roster.jobOf(entry), tookUs, 0);
    }
    this.#host.deliver(node, { kind, message });
  }

  /** An exchange ended without the answer that its node asked for. */
  failed(node: number, message: number, entry: OutboxEntry): void {
    if (!this.#isWaiting(message, entry)) return;
    if (entry.kind === "fetch") this.#world.record(KIND.fetchLost, node, DISCONNECTED, NO_JOB, 0, 0);
    else {
      const code = statusCode(entry.status, entry.reason);
      this.#world.record(KIND.reportLost, node, DISCONNECTED, this.#host.roster.jobOf(entry), code, 0);
    }
    this.#host.deliver(node, { kind: "message failed", message });
  }

  /** An offer; `fetch` undefined: nobody had asked for it. */
  offered(node: number, job: number, fetch: OutboxEntry | undefined, hasExpired: boolean): void {
    const kind = OFFER_KINDS.indexOf(fetch === undefined ? "push" : "answer");
    const us = fetch === undefined ? 0 : this.#world.nowUs - fetch.dueUs;
    this.#world.record(KIND.offerReceived, node, kind, job, us, 0);
    const offer = this.#host.roster.books.offers.add(this.#backend.offerOf(job, hasExpired, this.#world.nowUs));
    this.#host.deliver(node, { kind: "offered", offer });
  }

  /** The number may have been given to a later message: then an answer is too late. */
  #isWaiting(message: number, entry: OutboxEntry): boolean {
    const { outbox } = this.#host.roster.books;
    return outbox.has(message) && outbox.get(message) === entry;
  }
}
