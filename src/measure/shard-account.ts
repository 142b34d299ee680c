/** What arrived of each shard, held against what the shard says it sent. */
import { assert } from "../base/assert.ts";
import { crc32 } from "./crc32.ts";
import type { EndMark, RecordBatch } from "./record-batch.ts";

/** One shard's account. */
export interface ShardAccount {
  readonly shard: number;
  readonly batches: number;
  readonly records: number;
  readonly checksum: number;
  /** Batches that are missing before the last that came. */
  readonly missing: number;
  /** Batches that came again, and were not taken a second time. */
  readonly repeated: number;
}

/** The accounts of all shards that a state has seen. */
export class ShardAccounts {
  readonly #accounts = new Map<number, ShardAccount>();

  /** Whether this batch is to be reduced: a batch that was there already is not, or its records would count twice. */
  accept(batch: RecordBatch, records: number): boolean {
    const account = this.of(batch.shard);
    if (batch.sequence < account.batches) {
      this.#accounts.set(batch.shard, { ...account, repeated: account.repeated + 1 });
      return false;
    }
    this.#accounts.set(batch.shard, {
      ...account,
      batches: batch.sequence + 1,
      records: account.records + records,
      checksum: crc32(batch.bytes, account.checksum),
      missing: account.missing + batch.sequence - account.batches,
    });
    return true;
  }

  of(shard: number): ShardAccount {
    return this.#accounts.get(shard) ?? { shard, batches: 0, records: 0, checksum: 0, missing: 0, repeated: 0 };
  }

  /** All accounts, by shard. */
  all(): readonly ShardAccount[] {
    return [...this.#accounts.values()].sort((a, b) => a.shard - b.shard);
  }

  take(other: ShardAccounts): void {
    for (const account of other.#accounts.values()) {
      assert(!this.#accounts.has(account.shard), `shard ${account.shard} is reduced in one state`);
      this.#accounts.set(account.shard, account);
    }
  }
}

/** Whether everything that a shard sent has arrived as it was sent. */
export function isWhole(account: ShardAccount, mark: EndMark): boolean {
  return (
    account.missing === 0 &&
    account.batches === mark.batches &&
    account.records === mark.records &&
    account.checksum === mark.checksum
  );
}
