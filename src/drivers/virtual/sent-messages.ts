import type { InstantUs } from "../../base/instant.ts";
import type { OutboxEntry } from "../../node/report.ts";

/**
 * Messages of the nodes' outboxes that were written to a link: what is a repetition, and since when an answer counts.
 * A number of the outbox book is used again after its entry is gone, so each is known with its entry.
 */
export class SentMessages {
  readonly #entries: (OutboxEntry | undefined)[] = [];
  readonly #dueUs: InstantUs[] = [];

  /** A message is being written. Answers whether it is so for the first time. */
  write(message: number, entry: OutboxEntry): boolean {
    if (this.#entries[message] === entry) return false;
    this.#entries[message] = entry;
    // What was made without a connection waited for one, and the backend had no part in that.
    this.#dueUs[message] = entry.sentAtUs === entry.madeAtUs ? entry.dueUs : entry.sentAtUs;
    return true;
  }

  /** From when the latency of a message counts that was written. */
  dueUs(message: number): InstantUs {
    return this.#dueUs[message] as InstantUs;
  }
}
