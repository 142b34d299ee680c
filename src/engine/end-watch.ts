/** The end rule of a live run, looked at again and again: whether it is over, and what it waits for until then. */
import type { LostWorker } from "../measure/run-facts.ts";
import type { RunState } from "../measure/run-state.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { allBegunAtUs, areAllSettled, isAllSettled } from "./end-rule.ts";
import { harmIsDoneMs } from "./self-harm.ts";

export class EndWatch {
  readonly #scenario: Scenario;
  readonly #onPhase: (phase: string) => void;
  readonly #allBegunUs: number;
  #isWaiting = false;

  /** @param onPhase is told what the run is at whenever that changes */
  constructor(scenario: Scenario, onPhase: (phase: string) => void) {
    this.#scenario = scenario;
    this.#onPhase = onPhase;
    this.#allBegunUs = allBegunAtUs(scenario, scenario.clock.speed);
  }

  /** Whether everything has been settled for long enough. A run that only waits for that says so. */
  isOver(state: RunState, fleetUs: number, wallMs: number, lost: readonly LostWorker[]): boolean {
    if (this.#scenario.end.when === "time" || wallMs < harmIsDoneMs(this.#scenario.selftest)) return false;
    if (isAllSettled(state, fleetUs, this.#scenario.clock.speed, lost, this.#allBegunUs)) return true;
    const isWaiting = fleetUs >= this.#allBegunUs && areAllSettled(state, lost);
    if (isWaiting !== this.#isWaiting) {
      this.#isWaiting = isWaiting;
      this.#onPhase(isWaiting ? "all settled; waiting a minute of fleet time for late changes" : "rolling out");
    }
    return false;
  }
}
