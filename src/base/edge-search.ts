/**
 * Looks for the one place on an axis at which something begins or ceases to hold. It asks for values and is told what
 * came of them; which values it asks for depends on the answers alone, never on how many are tried at a time.
 *
 * With two ends it first tries the ends and three values between them, so that an axis with more than one edge, or
 * none, is seen for what it is; with one value it goes on by doubling and halving until something changes. Then it
 * narrows the edge down until its two sides are close.
 *
 * Of some values nothing can be said. The search goes on around them, and from one value on doubles to the other side
 * first: they are on no side of the edge, so what it finds is as true as without them, and only as narrow as they let it
 * be.
 */

/** The axis of a search. Values are numbers above 0. */
export interface SearchAxis {
  /** A value strictly between two others, as near to their middle as is convenient; undefined = there is none. */
  middle(low: number, high: number): number | undefined;
  /** Whether two values are as close as is asked for. */
  isClose(low: number, high: number): boolean;
  /** Where doubling goes; undefined = no further. `factor` is a power of two, or one over it. */
  scaled(value: number, factor: number): number | undefined;
}

/** Where a search begins: both ends of the axis, or one value. */
export type SearchStart = { readonly low: number; readonly high: number } | { readonly at: number };

/** A value that was tried. */
export interface Tried {
  readonly value: number;
  readonly holds: boolean;
}

/** What a search came to. `fails` and `holds` are the two sides of the edge; rising: larger values hold. */
export type SearchEnd =
  | {
      readonly kind: "edge";
      readonly fails: number;
      readonly holds: number;
      readonly isRising: boolean;
      /** Whether the sides are as near to each other as was asked for, or as can be: nothing unknown lies between. */
      readonly isNarrow: boolean;
    }
  /** It holds, or fails, wherever it was tried. */
  | { readonly kind: "no edge"; readonly holds: boolean }
  /** It changes more than once. */
  | { readonly kind: "not monotone" }
  /** Nothing could be said of any value. */
  | { readonly kind: "nothing known" };

/** What a search is at. `of`: steps of doubling at most. */
export type SearchStage =
  | { readonly kind: "first look" }
  | { readonly kind: "doubling"; readonly step: number; readonly of: number }
  | { readonly kind: "narrowing"; readonly low: number; readonly high: number };

/** Doublings and halvings: a factor of a million is no slip any more. */
export const DOUBLINGS_MAX = 20;

/** Narrowing halves the distance, or nearly; 200 steps leave nothing of any axis that doubles can tell apart. */
const STEPS_MAX = 200;

/** So many values of which nothing can be said are no accident. */
export const UNKNOWN_MAX = 6;

export class EdgeSearch {
  readonly #axis: SearchAxis;
  readonly #start: SearchStart;
  /** Undefined = nothing can be said of it. */
  readonly #tried = new Map<number, boolean | undefined>();
  /** Sides on which doubling has come to an end. */
  readonly #closed = new Set<"up" | "down">();
  #doublings = 0;
  #steps = 0;
  #stage: SearchStage = { kind: "first look" };

  constructor(axis: SearchAxis, start: SearchStart) {
    this.#axis = axis;
    this.#start = start;
  }

  /** The values to try next, ascending; none = the search is over, and `end` says what it came to. */
  next(): readonly number[] {
    if (this.#tried.size === 0) return this.#first();
    const changes = changesIn(this.tried);
    if (changes.length > 1 || this.unknown.length > UNKNOWN_MAX) return [];
    const [edge] = changes;
    if (edge !== undefined) return this.#narrowed(edge.low, edge.high);
    // The side on which everything can be said comes first: an edge there is found without looking into the dark.
    const further = "at" in this.#start ? this.#doubled(this.#start.at) : [];
    return further.length > 0 ? further : this.#nearUnknown();
  }

  /** What came of a value that was asked for. */
  note(value: number, holds: boolean): void {
    this.#tried.set(value, holds);
  }

  /** Nothing can be said of a value that was asked for. Doubling goes no further on its side. */
  skip(value: number): void {
    this.#tried.set(value, undefined);
    if ("at" in this.#start && value !== this.#start.at) this.refuse(value);
  }

  /** The axis ends before a value that doubling asked for. */
  refuse(value: number): void {
    if ("at" in this.#start) this.#closed.add(value > this.#start.at ? "up" : "down");
  }

  /** All of which something can be said, ascending. */
  get tried(): readonly Tried[] {
    return [...this.#tried]
      .flatMap(([value, holds]) => (holds === undefined ? [] : [{ value, holds }]))
      .sort((a, b) => a.value - b.value);
  }

  /** All of which nothing can be said, ascending. */
  get unknown(): readonly number[] {
    return [...this.#tried].flatMap(([value, holds]) => (holds === undefined ? [value] : [])).sort((a, b) => a - b);
  }

  /** What the values that were asked for last are for. */
  get stage(): SearchStage {
    return this.#stage;
  }

  /** What is known once `next` asks for nothing more. */
  get end(): SearchEnd {
    const { tried } = this;
    const [edge, ...others] = changesIn(tried);
    if (others.length > 0) return { kind: "not monotone" };
    const [first] = tried;
    if (first === undefined) return { kind: "nothing known" };
    if (edge === undefined) return { kind: "no edge", holds: first.holds };
    const { low, high, isRising } = edge;
    const isNarrow = this.#axis.isClose(low, high) || this.#unknownWithin(low, high).length === 0;
    return { kind: "edge", fails: isRising ? low : high, holds: isRising ? high : low, isRising, isNarrow };
  }

  #first(): readonly number[] {
    if ("at" in this.#start) return [this.#start.at];
    const { low, high } = this.#start;
    const half = this.#axis.middle(low, high);
    const quarters = half === undefined ? [] : [this.#axis.middle(low, half), half, this.#axis.middle(half, high)];
    return [low, ...quarters.filter((value) => value !== undefined), high];
  }

  #narrowed(low: number, high: number): readonly number[] {
    if (this.#axis.isClose(low, high)) return [];
    return this.#within([low, ...this.#unknownWithin(low, high), high]);
  }

  /** Where nothing changes among what is known, it may do so on the way to what is not. */
  #nearUnknown(): readonly number[] {
    const all = [...this.#tried].sort(([a], [b]) => a - b);
    const gaps = all.flatMap(([value, holds], place) => {
      const next = all[place + 1];
      return next !== undefined && (holds === undefined) !== (next[1] === undefined) ? [[value, next[0]]] : [];
    });
    return gaps.map((gap) => this.#within(gap)).find((values) => values.length > 0) ?? [];
  }

  /** The middle of the widest gap between neighbours. */
  #within(values: readonly number[]): readonly number[] {
    if (++this.#steps > STEPS_MAX) return [];
    const gaps = values.slice(1).map((high, before) => ({ low: values[before] ?? high, high }));
    gaps.sort((a, b) => (b.high - b.low) / b.high - (a.high - a.low) / a.high);
    for (const { low, high } of gaps) {
      const middle = this.#axis.isClose(low, high) ? undefined : this.#axis.middle(low, high);
      if (middle === undefined) continue;
      this.#stage = { kind: "narrowing", low: values[0] ?? low, high: values.at(-1) ?? high };
      return [middle];
    }
    return [];
  }

  #unknownWithin(low: number, high: number): readonly number[] {
    return this.unknown.filter((value) => value > low && value < high);
  }

  #doubled(from: number): readonly number[] {
    if (++this.#doublings > DOUBLINGS_MAX) return [];
    this.#stage = { kind: "doubling", step: this.#doublings, of: DOUBLINGS_MAX };
    const factor = 2 ** this.#doublings;
    const ends = [
      ["down", 1 / factor],
      ["up", factor],
    ] as const;
    return ends.flatMap(([side, by]) => {
      if (this.#closed.has(side)) return [];
      const value = this.#axis.scaled(from, by);
      if (value !== undefined && !this.#tried.has(value)) return [value];
      this.#closed.add(side);
      return [];
    });
  }
}

/** Neighbours that came out differently. */
function changesIn(
  tried: readonly Tried[],
): { readonly low: number; readonly high: number; readonly isRising: boolean }[] {
  return tried.slice(1).flatMap(({ value, holds }, before) => {
    const low = tried[before];
    return low === undefined || low.holds === holds ? [] : [{ low: low.value, high: value, isRising: holds }];
  });
}
