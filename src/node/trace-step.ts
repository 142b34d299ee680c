/**
 * What is written down of one node's life. The list of inputs with their instants is all that a replay needs; what the
 * node wished for, noted and changed stands beside each, so that a replay can be held against it. Plain JSON: numbers
 * of books are replaced by what they stand for, or by their place in the trace, as another table has other numbers.
 */
import type { InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import type { NodeInput } from "./inputs.ts";
import type { NodeNote } from "./notes.ts";

/** A value of a trace. `null` where an instant never comes. */
export type TraceValue =
  | string
  | number
  | boolean
  | null
  | readonly TraceValue[]
  | { readonly [key: string]: TraceValue };

/** An input as it is written down: messages and offers by their place in the trace, images and offers in whole. */
export interface TracedInput {
  readonly kind: NodeInput["kind"];
  readonly [key: string]: TraceValue;
}

/** A wish or a note of the node, in the order in which it made them. */
export type TracedAct =
  | { readonly wish: Exclude<keyof Carrier, "hearsDetails" | "note">; readonly [key: string]: TraceValue }
  | { readonly note: NodeNote["kind"]; readonly [key: string]: TraceValue };

/** The fields of a row by part and name, `link.isUp`, numbers of books replaced. */
export type ShownRow = Readonly<Record<string, TraceValue>>;

/** One input, and all that came of it. */
export interface TraceStep {
  readonly atUs: InstantUs;
  readonly input: TracedInput;
  readonly acts: readonly TracedAct[];
  /** Fields that are others than before. */
  readonly changed: Readonly<Record<string, readonly [before: TraceValue, after: TraceValue]>>;
  /** When the node wakes by itself if nothing else happens, and whose deadline that is; null = never. */
  readonly wakesAtUs: InstantUs | null;
  readonly wakesFor: string;
}
