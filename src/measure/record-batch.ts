/**
 * How records travel from a shard to whoever reduces them: batches in a sequence without a gap, sent empty too, and
 * an end mark. How a batch is carried (a message, a file) is no affair of this file.
 */
import { crc32 } from "./crc32.ts";
import { RECORD_BYTES, type RecordSink } from "./event-record.ts";
import { writeRecord } from "./record-codec.ts";

/** Some of a shard's records, in the order in which they were made. */
export interface RecordBatch {
  readonly run: string;
  readonly shard: number;
  /** From 0, without a gap. */
  readonly sequence: number;
  /** Whole records; may be none. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A shard's last word: without it the shard's part of the run is incomplete. */
export interface EndMark {
  readonly shard: number;
  /** All batches and records of the shard, and the CRC-32 over all its bytes. */
  readonly batches: number;
  readonly records: number;
  readonly checksum: number;
}

/** Room for 512 records to begin with: what 1,000 nodes make in a quarter of a second on a quiet day. */
const FIRST_BYTES = 512 * RECORD_BYTES;

/** Collects a shard's records. `flush` hands the buffer over as it is, so that it can be transferred without a copy. */
export class BatchWriter implements RecordSink {
  readonly #run: string;
  readonly #shard: number;
  #buffer = new ArrayBuffer(FIRST_BYTES);
  #view = new DataView(this.#buffer);
  #used = 0;
  #sequence = 0;
  #records = 0;
  #checksum = 0;

  constructor(run: string, shard: number) {
    this.#run = run;
    this.#shard = shard;
  }

  record(kind: number, node: number, atUs: number, detail: number, count: number, a: number, b: number): void {
    if (this.#used === this.#buffer.byteLength) this.#grow();
    writeRecord(this.#view, this.#used, kind, node, atUs, detail, count, a, b);
    this.#used += RECORD_BYTES;
  }

  /** Records that wait for the next flush. */
  get pending(): number {
    return this.#used / RECORD_BYTES;
  }

  /** Everything since the last flush, as the next batch of the sequence; `bytes.buffer` belongs to the caller. */
  flush(): RecordBatch {
    const bytes = new Uint8Array(this.#buffer, 0, this.#used);
    this.#checksum = crc32(bytes, this.#checksum);
    this.#records += this.#used / RECORD_BYTES;
    this.#buffer = new ArrayBuffer(this.#buffer.byteLength);
    this.#view = new DataView(this.#buffer);
    this.#used = 0;
    return { run: this.#run, shard: this.#shard, sequence: this.#sequence++, bytes };
  }

  /** The end mark over all that was flushed. */
  end(): EndMark {
    return { shard: this.#shard, batches: this.#sequence, records: this.#records, checksum: this.#checksum };
  }

  #grow(): void {
    const larger = new ArrayBuffer(this.#buffer.byteLength * 2);
    new Uint8Array(larger).set(new Uint8Array(this.#buffer));
    this.#buffer = larger;
    this.#view = new DataView(larger);
  }
}
