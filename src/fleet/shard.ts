/** A shard: the contiguous slice of nodes that worker `k` of `n` runs. Nothing else may depend on k or n. */
import { assert } from "../base/assert.ts";

export interface Shard {
  /** From 0. */
  readonly k: number;
  readonly n: number;
}

/** The nodes from `first` up to, not including, `end`. */
export interface NodeRange {
  readonly first: number;
  readonly end: number;
}

/** Slices differ by at most one node, lie side by side and cover the fleet. */
export function shardRange(nodes: number, shard: Shard): NodeRange {
  assert(shard.n >= 1 && shard.k >= 0 && shard.k < shard.n, `shard ${shard.k} of ${shard.n} does not exist`);
  return {
    first: Math.floor((nodes * shard.k) / shard.n),
    end: Math.floor((nodes * (shard.k + 1)) / shard.n),
  };
}
