/** How far a sweep or a search has come: one line that is rewritten in a terminal, one every two seconds elsewhere. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ManyPlansWatcher, PlansUnderWay } from "../engine/sweep/sweep-options.ts";
import { counted, percentText } from "../report/count-text.ts";
import { durationText } from "../report/duration-text.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { BLOCK_EVERY_MS, LINE_EVERY_MS } from "./live-view.ts";
import { blockOn, type TerminalBlock } from "./terminal-block.ts";

/** Where plans are shown, and how. */
export interface PlansScreen {
  readonly stream: NodeJS.WriteStream;
  readonly isQuiet: boolean;
  /** Shown once the first plan is under way: what is wrong before is told alone. */
  readonly headline: string;
  /** Milliseconds of any monotonic clock. */
  readonly nowMs: () => number;
}

export class PlansView implements ManyPlansWatcher {
  readonly #stream: NodeJS.WriteStream;
  readonly #isQuiet: boolean;
  readonly #headline: string;
  readonly #nowMs: () => number;
  readonly #block: TerminalBlock | undefined;
  /** With how many plans that were done before. */
  #began: { readonly done: number } | undefined;
  #page: string | undefined;
  #shownAtMs = -Infinity;
  /** Of the last seconds, or since it began. */
  readonly #marks: { readonly atMs: number; readonly did: number }[] = [];

  private constructor({ stream, isQuiet, headline, nowMs }: PlansScreen, block: TerminalBlock | undefined) {
    this.#headline = headline;
    this.#stream = stream;
    this.#isQuiet = isQuiet;
    this.#nowMs = nowMs;
    this.#block = block;
  }

  static async on(screen: PlansScreen): Promise<PlansView> {
    return new PlansView(screen, screen.isQuiet ? undefined : await blockOn(screen.stream));
  }

  onPage(path: string): void {
    this.#page = path;
  }

  onPlanned(done: number, all: number, more: PlansUnderWay): void {
    if (this.#isQuiet) return;
    const nowMs = this.#nowMs();
    if (this.#began === undefined) this.say(this.#headline);
    // Whoever waits may look, and whoever stops it at once knows where what is done lies.
    if (this.#began === undefined && this.#page !== undefined)
      this.say(`meanwhile ${harmlessLine(pathToFileURL(resolve(this.#page)).href)}`);
    if (this.#began === undefined && done > 0) this.say(`${counted(done, "plan")} done before`);
    if (this.#began === undefined) this.#marks.push({ atMs: nowMs, did: done });
    this.#began ??= { done };
    const isBlock = this.#block !== undefined;
    const isNothing = done === this.#began.done && more.underWay === 0;
    // The first line of a pipe would say that nothing is done.
    if (!isBlock && isNothing) return void (this.#shownAtMs = nowMs);
    if (nowMs - this.#shownAtMs < (isBlock ? BLOCK_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shownAtMs = nowMs;
    const line = plansText({
      done,
      all,
      ...more,
      before: this.#began.done,
      ...this.#since(nowMs, done + more.underWay),
    });
    if (this.#block === undefined) this.#stream.write(`${line}\n`);
    else this.#block(line);
  }

  /** How much was done in how long, of late: threads that have just begun are slow, and say nothing of the others. */
  #since(atMs: number, did: number): Pick<PlansAt, "elapsedMs" | "from"> {
    const marks = this.#marks;
    marks.push({ atMs, did });
    while (atMs - (marks[1]?.atMs ?? atMs) >= PACE_SPAN_MS) marks.shift();
    const first = marks[0] ?? { atMs, did };
    return { elapsedMs: atMs - first.atMs, from: first.did };
  }

  /** Writes a line that stays. */
  say(line: string): void {
    if (this.#isQuiet) return;
    if (this.#block === undefined) this.#stream.write(`${line}\n`);
    else this.#block.persist(line);
  }

  /** Takes the line away and gives the cursor back; nothing may be shown afterwards. */
  close(): void {
    this.#block?.clear();
    this.#block?.done();
  }
}

/** How far a sweep or a search is. */
export interface PlansAt extends PlansUnderWay {
  readonly done: number;
  readonly all: number;
  /** Of those that are done: how many lay there when it began. */
  readonly before: number;
  /** Since so many were done, of late; left out = since it began, with those before. */
  readonly from?: number;
  readonly elapsedMs: number;
}

/** `12 of 27 plans (44.4 %), about 30 s left`; a search cannot tell how many there will be, but what it is at. */
export function plansText({ done, all, before, from = before, underWay, leftMs, stage, elapsedMs }: PlansAt): string {
  if (stage !== undefined) return `${done} of ${counted(all, "plan")} so far; ${stage}`;
  const share = percentText(all === 0 ? 1 : (done + underWay) / all);
  const own = done - before + underWay;
  const open = all - done - underWay;
  const late = done - from + underWay;
  const isKnown = own >= OWN_MIN && late > 0;
  // Until one is done, threads are slower than they will be; a plan knows that of itself.
  const ownMs = done > before || leftMs === undefined ? undefined : leftMs;
  const toGoMs = ownMs ?? (isKnown ? (elapsedMs / late) * open : undefined);
  const left = toGoMs === undefined || done >= all ? "" : `, about ${durationText(roundedUs(toGoMs))} left`;
  return `${done} of ${counted(all, "plan")} (${share})${left}`;
}

/** Over how much wall time a pace is taken. */
const PACE_SPAN_MS = 10_000;

/** Of less than this part of a plan no time can be guessed: threads start, and nodes are born. */
const OWN_MIN = 0.1;

/** Whole seconds, and whole minutes where there are some: nobody reads more of a guess. */
function roundedUs(ms: number): number {
  const step = ms < 120_000 ? 1_000 : 60_000;
  return Math.max(1, Math.round(ms / step)) * step * 1_000;
}
