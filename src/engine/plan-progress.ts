/**
 * How a plan gets on, for whoever watches: the same counts as of a run, and how fast virtual time goes by. It looks at
 * the wall clock now and then, and changes nothing of the plan.
 */
import type { RunState } from "../measure/run-state.ts";
import type { FleetClockPlan } from "../scenario/scenario.ts";
import { LiveMeter } from "./live-meter.ts";
import type { PlanPace, RunWatcher } from "./run-options.ts";

/** Events between two looks at the wall clock: some milliseconds of work, and a look costs less than an event. */
const EVENTS_A_LOOK = 4_096;
const VIEW_PERIOD_MS = 200;
/** Over how much wall time a pace is taken: some seconds, as a plan's first night is busier than its last. */
const PACE_SPAN_MS = 5_000;

/** How far a plan is. */
interface Mark {
  readonly wallMs: number;
  readonly events: number;
  readonly fleetUs: number;
}

export class PlanProgress {
  readonly #state: RunState;
  readonly #meter: LiveMeter;
  readonly #watcher: RunWatcher;
  readonly #beganMs = performance.now();
  readonly #marks: Mark[] = [];
  /** When fleet time began. */
  #first: Mark | undefined;
  #nextLook = 0;
  #shownAtMs = -Infinity;

  constructor(state: RunState, clock: FleetClockPlan, watcher: RunWatcher) {
    this.#state = state;
    this.#meter = new LiveMeter(state, clock);
    this.#watcher = watcher;
  }

  /** To be called often. `born`: nodes that there are by now; `events`: those that were served. */
  look(born: number, events: number): void {
    if (born + events < this.#nextLook) return;
    this.#nextLook = born + events + EVENTS_A_LOOK;
    const wallMs = performance.now() - this.#beganMs;
    if (wallMs - this.#shownAtMs < VIEW_PERIOD_MS) return;
    this.#shownAtMs = wallMs;
    const fleetUs = this.#state.lastAtUs;
    const pace = { born, ...this.#pace({ wallMs, events, fleetUs }), memoryBytes: process.memoryUsage.rss() };
    this.#watcher.onProgress({ ...this.#meter.view(fleetUs, wallMs), pace });
  }

  #pace(now: Mark): Pick<PlanPace, "events" | "eventsPerSecond" | "leftMs"> {
    const marks = this.#marks;
    marks.push(now);
    while (marks.length > 2 && now.wallMs - (marks[1] as Mark).wallMs >= PACE_SPAN_MS) marks.shift();
    const { wallMs, events, fleetUs } = marks[0] as Mark;
    const spanMs = now.wallMs - wallMs;
    if (now.fleetUs > 0) this.#first ??= now;
    // While a herd is served fleet time all but stands still: then the pace so far says more than that of the moment.
    const fleetUsPerMs = Math.max(paceBetween({ wallMs, fleetUs }, now), paceBetween(this.#first ?? now, now));
    return {
      events: now.events,
      eventsPerSecond: spanMs > 0 ? ((now.events - events) / spanMs) * 1_000 : 0,
      leftMs: fleetUsPerMs > 0 ? (this.#state.plan.endUs - now.fleetUs) / fleetUsPerMs : undefined,
    };
  }
}

/** Fleet microseconds in a wall millisecond. */
function paceBetween(from: Omit<Mark, "events">, until: Omit<Mark, "events">): number {
  return until.wallMs > from.wallMs ? (until.fleetUs - from.fleetUs) / (until.wallMs - from.wallMs) : 0;
}
