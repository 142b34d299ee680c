/** What the backend counts in a run: all of it where the backend is the run's own, else what came since its begin. */
import { BackendFailure } from "./backend-failure.ts";
import { countersSince, countsOnly } from "./backend-counters.ts";
import type { OperatorDesk } from "./operator-desk.ts";

type Counters = Readonly<Record<string, number>>;

export class RunCounters {
  readonly #desk: Pick<OperatorDesk, "counters">;
  readonly #isShared: boolean;
  #before: Counters = {};

  /** @param isShared the backend was there before the run */
  constructor(desk: Pick<OperatorDesk, "counters">, isShared: boolean) {
    this.#desk = desk;
    this.#isShared = isShared;
  }

  /** Before the run's first deed. Throws a `BackendFailure` where the backend cannot be asked at all. */
  async begin(): Promise<void> {
    if (!this.#isShared) return;
    try {
      this.#before = await this.#desk.counters();
    } catch (error) {
      // One that refuses the question shows none, and what it may show at the end has no begin.
      if (error instanceof BackendFailure) throw error;
    }
  }

  /** At the run's end. */
  async read(): Promise<Counters> {
    const now = await this.#desk.counters();
    return this.#isShared ? countersSince(this.#before, now) : countsOnly(now);
  }
}
