/**
 * How a plan gets on, for whoever watches: the same counts as of a run, and how fast virtual time goes by. It looks at
 * the wall clock now and then, and changes nothing of the plan.
 */
import type { RunState } from "../measure/run-state.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { ForetoldEvents, type PlanStand } from "./foretold-events.ts";
import { LiveMeter } from "./live-meter.ts";
import type { PlanPace, RunWatcher } from "./run-options.ts";

/** Events between two looks at the wall clock: some milliseconds of work, and a look costs less than an event. */
const EVENTS_A_LOOK = 4_096;
const VIEW_PERIOD_MS = 200;
/** Over how much wall time a pace is taken: some seconds, as a program grows faster in its first ones. */
const PACE_SPAN_MS = 5_000;

/** Before so much of the work is done, and so many wall milliseconds have passed, no pace stands. */
const SHARE_MIN = 0.03;
const WALL_MS_MIN = 2_000;

/** What came to an end in this last part of the fleet time says how fast the others will. */
const TAIL_FROM = 0.75;

/** How far a plan was at a moment. */
interface Mark extends PlanStand {
  readonly wallMs: number;
}

export class PlanProgress {
  readonly #state: RunState;
  readonly #meter: LiveMeter;
  readonly #watcher: RunWatcher;
  readonly #foretold: ForetoldEvents;
  readonly #beganMs = performance.now();
  /** Since the first event. */
  readonly #marks: Mark[] = [];
  /** Places among them: where the pace begins, and where the last part of the fleet time does. */
  #paceFrom = 0;
  #tailFrom = 0;
  #nextLook = 0;
  #shownAtMs = -Infinity;

  constructor(state: RunState, scenario: Scenario, watcher: RunWatcher) {
    this.#state = state;
    this.#meter = new LiveMeter(state, scenario.clock);
    this.#foretold = new ForetoldEvents(scenario);
    this.#watcher = watcher;
  }

  /** To be called often. `born`: nodes that there are by now; `events`: those that were served; `fleetUs`: time reached. */
  look(born: number, events: number, fleetUs: number): void {
    if (born + events < this.#nextLook) return;
    this.#nextLook = born + events + EVENTS_A_LOOK;
    const wallMs = performance.now() - this.#beganMs;
    if (wallMs - this.#shownAtMs < VIEW_PERIOD_MS) return;
    this.#shownAtMs = wallMs;
    const state = this.#state;
    const { reachable, reachableSettled } = state.standing;
    const offers = state.countOfKind("offer received");
    const pace = this.#pace({ wallMs, born, events, fleetUs, reachable, reachableSettled, offers });
    const memoryBytes = process.memoryUsage.rss();
    this.#watcher.onProgress({ ...this.#meter.view(fleetUs, wallMs), pace: { born, events, ...pace, memoryBytes } });
  }

  #pace(now: Mark): Pick<PlanPace, "eventsPerSecond" | "doneShare" | "leftMs"> {
    const marks = this.#marks;
    // Births are of another pace than events, so only events count in it.
    if (now.events > 0) marks.push(now);
    while (now.wallMs - (marks[this.#paceFrom + 1]?.wallMs ?? now.wallMs) >= PACE_SPAN_MS) this.#paceFrom += 1;
    while ((marks[this.#tailFrom + 1]?.fleetUs ?? Infinity) <= now.fleetUs * TAIL_FROM) this.#tailFrom += 1;
    const { wallMs, events } = marks[this.#paceFrom] ?? now;
    const tail = marks[this.#tailFrom] ?? now;
    const eventsPerSecond = now.wallMs > wallMs ? ((now.events - events) / (now.wallMs - wallMs)) * 1_000 : 0;
    const doneShare = this.#foretold.share(now, tail);
    const isKnown = doneShare >= SHARE_MIN && now.wallMs - wallMs >= WALL_MS_MIN && eventsPerSecond > 0;
    return {
      eventsPerSecond,
      doneShare,
      leftMs: isKnown ? (this.#foretold.left(now, tail) / eventsPerSecond) * 1_000 : undefined,
    };
  }
}
