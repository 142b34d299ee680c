/** The plans of a sweep or a search: each is planned once, kept at once, and told of. */
import type { LoggedPlan } from "../../measure/plan-log.ts";
import type { PlannedRun, RunOrMissing } from "../../measure/planned-run.ts";
import type { PlanPool } from "./plan-pool.ts";
import type { PlanTask } from "./plan-worker.ts";
import type { ManyPlansWatcher, PlannablePoint } from "./sweep-options.ts";

/** One value of each knob, and what it makes of the scenario. */
export interface ValuedPoint extends PlannablePoint {
  readonly values: readonly string[];
  /** Of a search: the value as a number. */
  readonly at?: number;
}

/** Where plans are kept. */
export interface KeptPlans {
  /** A plan that is done already. */
  done(values: readonly string[], seed: number): PlannedRun | undefined;
  /** Keeps a plan that has just been done; throws where there is no keeping any more. */
  keep(plan: LoggedPlan): void;
}

/** Milliseconds between two words of how far plans are. */
const TELL_EVERY_MS = 500;

export class ManyPlans {
  readonly #pool: PlanPool;
  readonly #kept: KeptPlans;
  readonly #figures: readonly string[];
  readonly #watcher: ManyPlansWatcher;
  #done = 0;
  #all = 0;
  #stage: string | undefined;

  constructor(pool: PlanPool, kept: KeptPlans, figures: readonly string[], watcher: ManyPlansWatcher) {
    this.#pool = pool;
    this.#kept = kept;
    this.#figures = figures;
    this.#watcher = watcher;
  }

  /**
   * Plans every point under every seed. What did not come to its end is missing, and says why; rejects only where plans
   * cannot be kept any more.
   *
   * @param stage what a search is at, in words
   */
  async under(
    seeds: readonly number[],
    points: readonly ValuedPoint[],
    stage?: string,
  ): Promise<readonly (readonly RunOrMissing[])[]> {
    this.#all += points.length * seeds.length;
    // What lies there from before is no measure of how fast plans are done.
    const before = points.flatMap(({ values }) => seeds.filter((seed) => this.#kept.done(values, seed) !== undefined));
    this.#done += before.length;
    this.#stage = stage;
    this.#tell();
    const often = setInterval(() => this.#tell(), TELL_EVERY_MS);
    try {
      return await Promise.all(points.map((point) => Promise.all(seeds.map((seed) => this.#runOf(point, seed)))));
    } finally {
      clearInterval(often);
    }
  }

  #tell(): void {
    const { underWay, leftMs } = this.#pool;
    this.#watcher.onPlanned(this.#done, this.#all, { underWay, leftMs, stage: this.#stage });
  }

  async #runOf(point: ValuedPoint, seed: number): Promise<RunOrMissing> {
    const { values, at } = point;
    const before = this.#kept.done(values, seed);
    if (before !== undefined) return before;
    const run = await this.#pool.plan(this.#taskOf(point, seed));
    if (!("verdict" in run)) return run;
    this.#kept.keep({ values, at, run });
    this.#done += 1;
    this.#tell();
    return run;
  }

  #taskOf({ scenario, imageBytes, jobImages }: ValuedPoint, seed: number): Omit<PlanTask, "progress"> {
    return {
      scenario: { ...scenario, seed },
      imageBytes,
      jobImages: jobImages ?? new Map<string, Uint8Array>(),
      figures: this.#figures,
    };
  }
}
