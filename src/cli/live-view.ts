/**
 * What a person sees while a run goes on. In a terminal a block that is rewritten, elsewhere a line every two
 * seconds; steps and warnings stay. It only ever writes, so that a run is the same whether anyone watches or not.
 */
import type { ConclusionView, LiveView, RunWatcher } from "../engine/run-options.ts";
import type { Painter } from "../report/painter.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { conclusionBlock, conclusionLine, progressBlock, progressLine } from "./progress-text.ts";
import { blockOn, type TerminalBlock } from "./terminal-block.ts";

/** Milliseconds between two lines where there is no terminal. */
export const LINE_EVERY_MS = 2_000;
/** The same once all are settled, when nothing is left but to wait. */
export const SETTLED_EVERY_MS = 20_000;
/** Milliseconds between two pictures of the block: five a second are smooth enough and cost nothing. */
export const BLOCK_EVERY_MS = 180;
/** Milliseconds of a step of the conclusion before it is told how far it is: most take less, and would only flicker. */
export const CONCLUSION_AFTER_MS = 2_000;
/** Warnings beyond these are left to the report: a backend that is down for long has one for each second. */
export const WARNINGS_MAX = 20;

/** Where a view is shown, and how. */
export interface Screen {
  readonly stream: NodeJS.WriteStream;
  readonly paint: Painter;
  /** Milliseconds of any monotonic clock. */
  readonly nowMs: () => number;
}

/** Shows a run on a stream. */
export class ConsoleView implements RunWatcher {
  readonly #screen: Screen;
  readonly #block: TerminalBlock | undefined;
  readonly #warned = new Set<string>();
  #shownAtMs = -Infinity;
  #wasSettled = false;
  #phaseAtMs = -Infinity;

  private constructor(screen: Screen, block: TerminalBlock | undefined) {
    this.#screen = screen;
    this.#block = block;
  }

  static async on(screen: Screen): Promise<ConsoleView> {
    return new ConsoleView(screen, await blockOn(screen.stream));
  }

  onPhase(text: string): void {
    this.#phaseAtMs = this.#screen.nowMs();
    this.say(harmlessLine(text));
  }

  onProgress(live: LiveView): void {
    this.#warn(live.warnings);
    const isSettled = live.pace === undefined && live.reachable > 0 && live.reachableSettled === live.reachable;
    // At real time the minute of waiting for late changes would be thirty equal lines.
    if (this.#block === undefined && isSettled && this.#wasSettled && !this.#isAgo(SETTLED_EVERY_MS)) return;
    if (this.#isAgo(this.#everyMs)) this.#wasSettled = isSettled;
    this.#show(
      () => progressLine(live),
      () => progressBlock(live, this.#screen.paint),
    );
  }

  onConclusion(view: ConclusionView): void {
    if (this.#screen.nowMs() - this.#phaseAtMs < CONCLUSION_AFTER_MS) return;
    this.#show(
      () => conclusionLine(view),
      () => conclusionBlock(view, this.#screen.paint),
    );
  }

  /** Writes a line that stays. */
  say(line: string): void {
    if (this.#block === undefined) this.#screen.stream.write(`${line}\n`);
    else this.#block.persist(line);
  }

  /** Takes the block away and gives the cursor back; nothing may be shown afterwards. */
  close(): void {
    this.#block?.clear();
    this.#block?.done();
  }

  /** One of both, unless the last was shown just before. */
  #show(line: () => string, block: () => readonly string[]): void {
    if (!this.#isAgo(this.#everyMs)) return;
    this.#shownAtMs = this.#screen.nowMs();
    if (this.#block === undefined) this.say(line());
    else this.#block(block().join("\n"));
  }

  get #everyMs(): number {
    return this.#block === undefined ? LINE_EVERY_MS : BLOCK_EVERY_MS;
  }

  #isAgo(ms: number): boolean {
    return this.#screen.nowMs() - this.#shownAtMs >= ms;
  }

  #warn(warnings: readonly string[]): void {
    for (const warning of warnings) {
      if (this.#warned.size > WARNINGS_MAX || this.#warned.has(warning)) continue;
      this.#warned.add(warning);
      const isLast = this.#warned.size > WARNINGS_MAX;
      const text = isLast ? "further warnings are left to the report" : harmlessLine(warning);
      this.say(this.#screen.paint.warn(`! ${text}`));
    }
  }
}

/** For `--quiet`: sees everything and says nothing. */
export const QUIET_WATCHER: RunWatcher = { onPhase: () => {}, onProgress: () => {} };
