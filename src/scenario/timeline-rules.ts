/** The entries of a timeline as they fall due: by the clock, or so long after the operator has seen their condition. */
import { NEVER, type InstantUs } from "../base/instant.ts";
import { isReached, type JobOnRecord } from "./condition.ts";
import type { TimelineAct, TimelineRule } from "./timeline.ts";

/** What an operator knows of a job by its name. */
export interface Seen {
  isStopped(job: string): boolean;
  /** Undefined = the job has not begun. */
  onRecord(job: string): JobOnRecord | undefined;
}

export interface DueEntry {
  readonly entry: number;
  readonly acts: readonly TimelineAct[];
  readonly atUs: InstantUs;
}

export class TimelineRules {
  readonly #rules: readonly TimelineRule[];
  readonly #endUs: InstantUs;
  /** By entry; NEVER = its condition was not seen, or it is done. */
  readonly #dueUs: number[];
  readonly #isOpen: boolean[];

  /** @param endUs what would fall due later is not waited for */
  constructor(rules: readonly TimelineRule[], endUs: InstantUs) {
    this.#rules = rules;
    this.#endUs = endUs;
    this.#dueUs = rules.map(({ atUs }) => atUs ?? NEVER);
    this.#isOpen = rules.map(() => true);
  }

  get nextUs(): InstantUs {
    return this.#dueUs.reduce((least, dueUs) => Math.min(least, dueUs), NEVER);
  }

  /** Whether an entry is going to fall due within the run. */
  get isWaiting(): boolean {
    return this.nextUs <= this.#endUs;
  }

  /** Names of jobs whose records a condition waits for. */
  get watched(): readonly string[] {
    const names = this.#rules.flatMap(({ when }, entry) =>
      when?.kind === "count" && this.#isPending(entry) ? [when.job] : [],
    );
    return [...new Set(names)];
  }

  /** The earliest entry that is due by now, in the order of the text among equals. */
  take(nowUs: InstantUs): DueEntry | undefined {
    const atUs = this.nextUs;
    const entry = this.#dueUs.indexOf(atUs);
    const rule = this.#rules[entry];
    if (atUs > nowUs || rule === undefined) return undefined;
    this.#dueUs[entry] = NEVER;
    this.#isOpen[entry] = false;
    return { entry, acts: rule.acts, atUs };
  }

  /** The operator looks: what has come true falls due so much later. */
  check(atUs: InstantUs, seen: Seen): void {
    this.#rules.forEach(({ when, afterUs }, entry) => {
      if (when === undefined || !this.#isPending(entry)) return;
      const onRecord = when.kind === "count" ? seen.onRecord(when.job) : undefined;
      const isTrue =
        when.kind === "stopped" ? seen.isStopped(when.job) : onRecord !== undefined && isReached(when, onRecord);
      if (isTrue) this.#dueUs[entry] = atUs + afterUs;
    });
  }

  #isPending(entry: number): boolean {
    return this.#isOpen[entry] === true && this.#dueUs[entry] === NEVER;
  }
}
