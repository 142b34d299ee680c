/**
 * The restarts and stops that a scenario asks of the embedded backend: at their instants of fleet time they are done to
 * its process, and counted.
 */
import type { BackendFaultName } from "../faults/backend/backend-fault-names.ts";
import { faultCounters } from "../faults/backend/fault-counters.ts";
import type { FaultCount } from "../faults/backend/fault-draws.ts";
import { outagesOf } from "../scenario/outages.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Carries one out; see `BackendUnderTest.goAway`. */
export type GoAway = (fault: BackendFaultName, forMs: number) => Promise<void>;

export class BackendOutages {
  readonly #plans: readonly { readonly name: BackendFaultName; readonly atMs: number; readonly forMs: number }[];
  readonly #goAway: GoAway;
  readonly #counts = new Map<BackendFaultName, FaultCount>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(scenario: Scenario, goAway: GoAway) {
    const { speed } = scenario.clock;
    this.#goAway = goAway;
    this.#plans = outagesOf(scenario).map(({ name, atUs, forMs }) => ({ name, atMs: atUs / 1_000 / speed, forMs }));
    for (const { name } of this.#plans) {
      const drawn = (this.#counts.get(name)?.drawn ?? 0) + 1;
      this.#counts.set(name, { drawn, fired: 0 });
    }
  }

  /** Arms all of them; fleet time begins in so many milliseconds. */
  begin(originInMs: number): void {
    for (const { name, atMs, forMs } of this.#plans) {
      this.#timers.push(
        setTimeout(() => {
          const count = this.#counts.get(name);
          if (count !== undefined) count.fired += 1;
          void this.#goAway(name, forMs);
        }, originInMs + atMs),
      );
    }
  }

  /** None begins any more. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Their counts among the backend's counters. */
  get counters(): Readonly<Record<string, number>> {
    return faultCounters(this.#counts);
  }
}
