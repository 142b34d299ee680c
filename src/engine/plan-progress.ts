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
/** A pace is taken over the latter half of the time, and of at most so much: a program grows faster in its first seconds. */
const PACE_SPAN_MS = 5_000;
/**
 * For so many events it grows faster, tenfold: until then the pace to come is foretold from that of the births, which are
 * fast at once. Measured in plans of the shipped scenarios with 50,000 nodes; a ratio of two paces of one machine.
 */
const WARM_UP_EVENTS = 400_000;
const EVENTS_PER_BIRTH_WORK = 0.7;

/** Before so much wall time has passed, no pace stands. */
const WALL_MS_MIN = 1_000;

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
  /** Since the first birth. */
  readonly #marks: Mark[] = [];
  /** Places among them: where the pace begins, and where the last part of the fleet time does. */
  #paceFrom = 0;
  #tailFrom = 0;
  /** The place of the first one at which all are born, and the work of a wall millisecond until there. */
  #life: { readonly place: number; readonly birthPace: number } | undefined;
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
    marks.push(now);
    const birthPace = this.#birthPace(now);
    // Births are of another pace than events.
    const from = this.#life?.place ?? 0;
    const spanMs = Math.min(PACE_SPAN_MS, (now.wallMs - (marks[from]?.wallMs ?? now.wallMs)) / 2);
    this.#paceFrom = Math.max(this.#paceFrom, from);
    while (now.wallMs - (marks[this.#paceFrom + 1]?.wallMs ?? now.wallMs) >= spanMs) {
      if (this.#paceFrom + 1 >= marks.length) break;
      this.#paceFrom += 1;
    }
    while ((marks[this.#tailFrom + 1]?.fleetUs ?? Infinity) <= now.fleetUs * TAIL_FROM) this.#tailFrom += 1;
    const { wallMs, events } = marks[this.#paceFrom] ?? now;
    const tail = marks[this.#tailFrom] ?? now;
    const perMs = now.wallMs > wallMs ? (now.events - events) / (now.wallMs - wallMs) : 0;
    return {
      eventsPerSecond: perMs * 1_000,
      doneShare: this.#foretold.share(now, tail),
      leftMs: this.#leftMs(now, this.#foretold.left(now, tail), perMs, birthPace),
    };
  }

  /** Work of births in a wall millisecond, from the first look at some of them on. */
  #birthPace(now: Mark): number {
    if (this.#life !== undefined) return this.#life.birthPace;
    const first = this.#marks.find(({ born }) => born > 0) ?? now;
    const spanMs = now.wallMs - first.wallMs;
    const birthPace = spanMs > 0 ? (this.#foretold.done(now) - this.#foretold.done(first)) / spanMs : 0;
    if (this.#foretold.birthsLeft(now) === 0) this.#life = { place: this.#marks.length - 1, birthPace };
    return birthPace;
  }

  #leftMs(now: Mark, left: number, perMs: number, birthPace: number): number | undefined {
    const lifeFrom = this.#marks[this.#life?.place ?? 0]?.events ?? 0;
    const warm = this.#life === undefined ? 0 : Math.min(1, (now.events - lifeFrom) / WARM_UP_EVENTS) ** 2;
    const toComePerMs = warm * perMs + (1 - warm) * Math.max(perMs, birthPace * EVENTS_PER_BIRTH_WORK);
    if (now.wallMs < WALL_MS_MIN || toComePerMs <= 0) return undefined;
    const births = this.#foretold.birthsLeft(now);
    return (left - births) / toComePerMs + (birthPace > 0 ? births / birthPace : 0);
  }
}
