/**
 * What is on record for each target of a job, in typed arrays over the range of their node numbers, so that a million
 * targets cost a few bytes each and a look-up is one addition. Few targets over a wide range, such as a random sample of
 * a fleet, lie close together instead, and are searched for.
 */
import { assert } from "../../base/assert.ts";
import { RECORDED_BELIEFS, type RecordedBelief } from "../../base/belief.ts";
import { beliefOfCode, NONE, TRIGGERED } from "./belief.ts";
import type { BeliefCounts, NodeNumber, TargetRecord } from "./job-plan.ts";

/** A range of so many times its targets is wide: what lies empty would cost more than the search. */
const SPARSE_FROM = 8;
/** Room for nodes that are taken in later is made for at least so many. */
const ROOM_MIN = 64;

export class TargetTable {
  /** Node number of the first entry. */
  readonly #from: number;
  /** Sorted, where targets lie close together; undefined = by range. */
  readonly #nodes: Uint32Array | undefined;
  #beliefs: Uint8Array;
  #atSeconds: Float64Array;
  #isNodeTime: Uint8Array;
  /** Made at the first text: a virtual run says no texts. */
  #texts: (string | undefined)[] | undefined;
  #total = 0;
  readonly #counts = new Int32Array(RECORDED_BELIEFS.length);

  /** `from`: the least node number that the table can ever hold; undefined = the least of `nodes`. */
  constructor(nodes: Iterable<NodeNumber>, atSeconds: number, from: NodeNumber | undefined) {
    const { first, last, named, again } = surveyed(nodes);
    this.#from = from ?? (last < 0 ? 0 : first);
    const range = last < 0 ? 0 : last - this.#from + 1;
    const isSparse = from === undefined && range > SPARSE_FROM * named;
    this.#nodes = isSparse ? Uint32Array.from(new Set(again())).sort() : undefined;
    const span = this.#nodes?.length ?? range;
    this.#beliefs = new Uint8Array(span);
    this.#atSeconds = new Float64Array(span).fill(atSeconds);
    this.#isNodeTime = new Uint8Array(span);
    for (const node of again()) {
      const index = this.#indexOf(node);
      if (this.#beliefs[index] !== NONE) continue;
      this.#beliefs[index] = TRIGGERED;
      this.#count(TRIGGERED, 1);
    }
  }

  /** Whether its targets are few over a wide range. */
  get isSparse(): boolean {
    return this.#nodes !== undefined;
  }

  /** The belief's code; `NONE` for a node that is no target. */
  codeOf(node: NodeNumber): number {
    const index = this.#indexOf(node);
    // A read outside a typed array is right but slow.
    return index >= 0 && index < this.#beliefs.length ? (this.#beliefs[index] ?? NONE) : NONE;
  }

  set(node: NodeNumber, code: number, atSeconds: number, isNodeTime: boolean): void {
    const index = this.#indexOf(node);
    assert(index >= 0, "a record is of a target, or of a node that may be taken in");
    if (index >= this.#beliefs.length) this.#makeRoom(index + 1);
    this.#count(this.#beliefs[index] ?? NONE, -1);
    this.#count(code, 1);
    this.#beliefs[index] = code;
    this.#atSeconds[index] = atSeconds;
    this.#isNodeTime[index] = isNodeTime ? 1 : 0;
  }

  setText(node: NodeNumber, text: string): void {
    if (text === "" && this.#texts === undefined) return;
    this.#texts ??= [];
    this.#texts[this.#indexOf(node)] = text;
  }

  /** How many targets there are. */
  get total(): number {
    return this.#total;
  }

  /** How many targets are in one of these states, by code. */
  countOf(isWanted: readonly boolean[]): number {
    let sum = 0;
    for (let code = 0; code < this.#counts.length; code++) {
      if (isWanted[code] === true) sum += this.#counts[code] ?? 0;
    }
    return sum;
  }

  get counts(): BeliefCounts {
    const counts = { total: 0 } as Record<RecordedBelief, number> & { total: number };
    this.#counts.forEach((count, code) => {
      counts[beliefOfCode(code)] = count;
      counts.total += count;
    });
    return counts;
  }

  record(node: NodeNumber): TargetRecord {
    const index = this.#indexOf(node);
    return {
      node,
      belief: beliefOfCode(this.codeOf(node)),
      text: this.#texts?.[index] ?? "",
      atSeconds: this.#atSeconds[index] ?? 0,
      isNodeTime: this.#isNodeTime[index] === 1,
    };
  }

  /** The targets in the order of their numbers, from `fromNode` on. */
  *targets(fromNode: NodeNumber = 0): Generator<NodeNumber> {
    if (this.#nodes !== undefined) {
      for (const node of this.#nodes) if (node >= fromNode) yield node;
      return;
    }
    for (let index = Math.max(0, fromNode - this.#from); index < this.#beliefs.length; index++) {
      if (this.#beliefs[index] !== NONE) yield index + this.#from;
    }
  }

  /** Negative for a node that is not among targets that lie close together. */
  #indexOf(node: NodeNumber): number {
    const nodes = this.#nodes;
    if (nodes === undefined) return node - this.#from;
    let low = 0;
    let high = nodes.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = nodes[middle] ?? 0;
      if (found === node) return middle;
      if (found < node) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Doubles, so that a fleet that is taken in one by one is copied a few times and not each time. */
  #makeRoom(least: number): void {
    const span = Math.max(least, ROOM_MIN, this.#beliefs.length * 2);
    const beliefs = new Uint8Array(span);
    const atSeconds = new Float64Array(span);
    const isNodeTime = new Uint8Array(span);
    beliefs.set(this.#beliefs);
    atSeconds.set(this.#atSeconds);
    isNodeTime.set(this.#isNodeTime);
    this.#beliefs = beliefs;
    this.#atSeconds = atSeconds;
    this.#isNodeTime = isNodeTime;
  }

  #count(code: number, by: number): void {
    if (code === NONE) return;
    this.#counts[code] = (this.#counts[code] ?? 0) + by;
    this.#total += by;
  }
}

interface Survey {
  /** The least node number; Infinity = there is none. */
  readonly first: NodeNumber;
  /** The largest; -1 = there is none. */
  readonly last: NodeNumber;
  /** How many were named, some of them twice perhaps. */
  readonly named: number;
  /** The same nodes once more. */
  readonly again: () => Iterable<NodeNumber>;
}

/**
 * A batch of a rollout comes in drawn order, as an array that is taken as it is. Others are mostly few runs of
 * neighbours, of which a list of millions would take more room than the table: they are kept as the first and the last
 * node of each run, one behind the other.
 */
function surveyed(nodes: Iterable<NodeNumber>): Survey {
  const ends: NodeNumber[] | undefined = nodes instanceof Uint32Array ? undefined : [];
  let [first, last, named, before] = [Infinity, -1, 0, -2];
  for (const node of nodes) {
    if (node < first) first = node;
    if (node > last) last = node;
    named++;
    if (ends !== undefined && node !== before + 1) {
      if (before >= 0) ends.push(before);
      ends.push(node);
    }
    before = node;
  }
  ends?.push(before);
  return { first, last, named, again: () => (ends === undefined ? nodes : nodesBetween(ends)) };
}

function* nodesBetween(ends: readonly NodeNumber[]): Generator<NodeNumber> {
  for (let run = 0; run + 1 < ends.length; run += 2) {
    const last = ends[run + 1] ?? -1;
    for (let node = ends[run] ?? 0; node <= last; node++) yield node;
  }
}
