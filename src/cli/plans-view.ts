/** How far a sweep or a search has come: one line that is rewritten in a terminal, one every three seconds elsewhere. */
import type { ManyPlansWatcher } from "../engine/sweep/sweep-options.ts";
import { counted, percentText } from "../report/count-text.ts";
import { durationText } from "../report/duration-text.ts";
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
  #beganMs: number | undefined;
  #shownAtMs = -Infinity;

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

  onPlanned(done: number, all: number): void {
    if (this.#isQuiet) return;
    const nowMs = this.#nowMs();
    if (this.#beganMs === undefined) this.say(this.#headline);
    this.#beganMs ??= nowMs;
    const isBlock = this.#block !== undefined;
    // The first line of a pipe would say that nothing is done.
    if (!isBlock && done === 0) return void (this.#shownAtMs = nowMs);
    if (nowMs - this.#shownAtMs < (isBlock ? BLOCK_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shownAtMs = nowMs;
    const line = plansText(done, all, nowMs - this.#beganMs);
    if (this.#block === undefined) this.#stream.write(`${line}\n`);
    else this.#block(line);
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

/** `12 of 27 plans (44.4 %), about 30 s left`. */
export function plansText(done: number, all: number, elapsedMs: number): string {
  const left =
    done === 0 || done >= all ? "" : `, about ${durationText(roundedUs((elapsedMs / done) * (all - done)))} left`;
  return `${done} of ${counted(all, "plan")} (${percentText(all === 0 ? 1 : done / all)})${left}`;
}

/** Whole seconds, and whole minutes where there are some: nobody reads more of a guess. */
function roundedUs(ms: number): number {
  const step = ms < 120_000 ? 1_000 : 60_000;
  return Math.max(1, Math.round(ms / step)) * step * 1_000;
}
