/** Feeds the inputs of a trace to a node alone, and holds what it does against what the trace says that it did. */
import type { Adapter } from "../../adapters/adapter.ts";
import type { TraceHead } from "../../fleet/trace.ts";
import type { NodeNote } from "../../node/notes.ts";
import type { TraceStep } from "../../node/trace-step.ts";
import { loneTable } from "./lone-node.ts";
import { shownRow } from "./shown-row.ts";
import { SilentCarrier } from "./silent-carrier.ts";
import { newTraceCounts } from "./trace-numbers.ts";
import { TraceRecorder } from "./trace-recorder.ts";
import { inputAgain, type ReadInput } from "./traced-input.ts";

/** A step as it was read: the input typed again, and the whole as it was written. */
export interface ReadStep {
  readonly input: ReadInput;
  readonly written: TraceStep;
}

/** Where a replay first does something else than its trace. */
export interface Difference {
  /** From 1; 0 = at its birth. */
  readonly step: number;
  readonly in: "birth" | "acts" | "changed" | "wake" | "failure";
  readonly traced: string;
  readonly replayed: string;
}

/** Undefined where the node does the same in every step. */
export function replayed(adapter: Adapter, head: TraceHead, steps: readonly ReadStep[]): Difference | undefined {
  const { seed, startUtcMs, speed, cohort, birth } = head;
  const alone = result(() => loneTable({ seed, startUtcMs, speed, adapter }, cohort, birth));
  if (typeof alone === "string") return { step: 0, in: "failure", traced: "is born", replayed: alone };
  const { table, settings } = alone;
  // As the recorder counts: messages as they are handed over, offers as they come.
  const inputs = newTraceCounts();
  const recorder = new TraceRecorder(0).watch(table);
  const born = fieldDifference(0, "birth", head.row, shownRow(table.at(0), inputs));
  if (born !== undefined) return born;
  const carrier = new ReleasingCarrier(
    (offer) => settings.books.offers.release(offer),
    (message) => inputs.messages.add(message),
  );
  for (const [place, { input, written }] of steps.entries()) {
    const failed = result(() => {
      const again = inputAgain(input, settings.books, inputs);
      recorder.onInput(0, again, written.atUs);
      recorder.onDelivered(0, table.deliver(0, again, written.atUs, recorder.carrierFor(0, carrier)));
    });
    if (typeof failed === "string") return { step: place + 1, in: "failure", traced: "goes on", replayed: failed };
    const found = stepDifference(place + 1, written, recorder.steps[place] as TraceStep);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stepDifference(step: number, traced: TraceStep, again: TraceStep): Difference | undefined {
  return (
    difference(step, "acts", traced.acts, again.acts) ??
    fieldDifference(step, "changed", traced.changed, again.changed) ??
    difference(step, "wake", [traced.wakesAtUs, traced.wakesFor], [again.wakesAtUs, again.wakesFor])
  );
}

/** Of the fields of a row those that differ: among sixty others nobody would see them. */
function fieldDifference(
  step: number,
  where: Difference["in"],
  traced: Readonly<Record<string, unknown>>,
  again: Readonly<Record<string, unknown>>,
): Difference | undefined {
  const whole = difference(step, where, traced, again);
  const isOther = (field: string): boolean => JSON.stringify(traced[field]) !== JSON.stringify(again[field]);
  const only = (row: Readonly<Record<string, unknown>>): unknown =>
    Object.fromEntries(Object.entries(row).filter(([field]) => isOther(field)));
  // Where they differ in the order of their fields alone, both are shown whole.
  return whole && (difference(step, where, only(traced), only(again)) ?? whole);
}

/** Both as they are written: what JSON does not keep cannot differ. */
function difference(step: number, where: Difference["in"], traced: unknown, again: unknown): Difference | undefined {
  const [one, other] = [JSON.stringify(traced), JSON.stringify(again)];
  return one === other ? undefined : { step, in: where, traced: one, replayed: other };
}

/** A node that was told what it cannot be told breaks an invariant: of a changed trace, not of ours. */
function result<T>(step: () => T): T | string {
  try {
    return step();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Every answer is in the trace; what the books hold is the node's own affair. */
class ReleasingCarrier extends SilentCarrier {
  readonly #release: (offer: number) => void;
  readonly #handedOver: (message: number) => void;

  constructor(release: (offer: number) => void, handedOver: (message: number) => void) {
    super();
    this.#release = release;
    this.#handedOver = handedOver;
  }

  override release(offer: number): void {
    this.#release(offer);
  }

  override note(what: NodeNote): void {
    if (what.kind === "handed over") this.#handedOver(what.message);
  }
}
