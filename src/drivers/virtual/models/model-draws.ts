/**
 * Draws of the modelled servers: a hash of (seed, node, purpose, how many such occasions of the node came before), so
 * that no other node and no order of events moves them.
 */
import { draw } from "../../../base/random.ts";
import { type Distribution, quantile } from "../../../fleet/distribution.ts";

/** Beside the purposes of nodes and of the backend's misbehaviour, and never one of theirs. */
export const MODEL_PURPOSE = { fetch: 230, report: 231, firstByte: 232 } as const;

/** A draw's count has 24 bits; a node with more occasions begins anew. */
const COUNT_MASK = 0xff_ffff;

export class ModelDraws {
  readonly #distribution: Distribution;
  readonly #seed: number;
  readonly #purpose: number;
  readonly #counts: Uint32Array;

  /** @param seed 32 bits, see `seedOf` */
  constructor(distribution: Distribution, seed: number, purpose: number, nodes: number) {
    this.#distribution = distribution;
    this.#seed = seed;
    this.#purpose = purpose;
    this.#counts = new Uint32Array(distribution.kind === "fixed" ? 0 : nodes);
  }

  /** The next value of a node, in the distribution's unit. */
  next(node: number): number {
    if (this.#distribution.kind === "fixed") return this.#distribution.value;
    const count = this.#counts[node] as number;
    this.#counts[node] = (count + 1) & COUNT_MASK;
    return quantile(this.#distribution, draw(this.#seed, node, this.#purpose, count));
  }
}
