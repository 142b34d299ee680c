/** What a reader of a trace has in mind by a step: the node's row, and the offer that it last heard of. */
import type { Trace } from "../../fleet/trace.ts";
import type { ShownRow, TracedInput, TraceStep, TraceValue } from "../../node/trace-step.ts";

export class NodeStory {
  /** IANA name. */
  readonly zone: string;
  /** The row behind the last step that was taken. */
  row: ShownRow;
  /** The last offer that arrived; undefined = none has. */
  offer: TracedInput | undefined;
  /** What an offer makes the node wait for, from when and until when; undefined = it waits for no offer. */
  wait: OfferWait | undefined;
  /** Its reboot is due to an update, and to nothing else. */
  willReboot = false;
  /** Whose deadline the step before named. */
  wokenFor = "";
  /** By the ids that offers have. */
  readonly #jobNames: ReadonlyMap<string, string>;

  constructor({ head, jobs }: Pick<Trace, "head" | "jobs">) {
    this.row = head.row;
    this.zone = head.cohort.zones[0]?.value ?? "";
    this.#jobNames = new Map(jobs.flatMap(({ ids, name }) => ids.map((id) => [id, name] as const)));
  }

  /** The name of the job that an offer is of; its id, where that is of none. */
  jobName(id: TraceValue | undefined): string {
    return this.#jobNames.get(word(id)) ?? word(id);
  }

  /** A field of the row: `link.isUp`. */
  of(field: string): TraceValue {
    return this.row[field] ?? null;
  }

  takeStep({ atUs, input, acts, changed, wakesFor }: TraceStep): void {
    const after = Object.entries(changed).map(([field, [, value]]) => [field, value] as const);
    this.row = { ...this.row, ...Object.fromEntries(after) };
    this.wokenFor = wakesFor;
    if (input.kind === "offered") this.offer = input;
    for (const act of acts) if ("note" in act) this.#takeNote(act, atUs);
  }

  #takeNote(act: Readonly<Record<string, TraceValue>>, atUs: number): void {
    switch (act["note"]) {
      case "offer waits":
        this.wait = { reason: word(act["reason"]), fromUs: atUs, untilUs: Number(act["untilUs"]) };
        break;
      case "attempt begun":
      case "offer ended":
        this.wait = undefined;
        break;
      case "reboot requested":
      case "boot slot set":
        this.willReboot = true;
        break;
      case "powered off":
        this.wait = undefined;
        this.willReboot = false;
        break;
      default:
    }
  }
}

/** An offer that may not start yet. */
export interface OfferWait {
  readonly reason: string;
  readonly fromUs: number;
  /** When the node asks again for it. */
  readonly untilUs: number;
}

/** A value of a trace as a word: what is missing is told, not shown as null. */
export function word(value: TraceValue | undefined): string {
  if (value === null || value === undefined) return "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
