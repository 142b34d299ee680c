/**
 * A thread of the pool of plans: one plan a task, on one core, from a scenario to the few figures that are asked for.
 * What it answers depends on its task alone.
 */
import { fleetOfThread } from "../../fleet/fleet-rows.ts";
import { readyHistograms } from "../../measure/histogram.ts";
import { assert } from "../../base/assert.ts";
import { describeMistake, UserError } from "../../base/user-error.ts";
import type { FigureOfPlan } from "../../measure/figure-spread.ts";
import { type Figure, parseFigure } from "../../measure/figures.ts";
import { computeResultAnd } from "../../measure/result.ts";
import { planEndOf } from "../../measure/plan-ends.ts";
import { type PlannedRun, REASONS_KEPT, type RunOrMissing } from "../../measure/planned-run.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { knownNamesOf } from "../../scenario/thresholds.ts";
import { imageMadeTo } from "../made-image.ts";
import { asWritten, sealedDocument } from "../run-document.ts";
import { runImages } from "../run-images.ts";
import type { LiveView } from "../run-options.ts";
import { livedThrough } from "../virtual-life.ts";

/** One plan. */
export interface PlanTask {
  readonly scenario: Scenario;
  /** Of `scenario.image`, where it is a file; an image that is made is made where it is needed. */
  readonly imageBytes: Uint8Array | undefined;
  readonly jobImages: ReadonlyMap<string, Uint8Array>;
  /** Names of figures; they were read before with the names of this scenario. */
  readonly figures: readonly string[];
  /** Shared with whoever watches: how far the plan is, 0 to 1, and how many milliseconds it still takes; 0 = not known. */
  readonly progress: Float64Array;
}

/** Of a plan's work the fleet's life; the rest is computing its result. */
const LIFE_SHARE = 0.95;

/** The task of the pool. A plan that turns out to be impossible, as with servers that fall behind for good, is missing. */
export async function planRun(task: PlanTask): Promise<RunOrMissing> {
  try {
    return await planned(task);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const missingBecause = error.mistakes.map(describeMistake).join("; ");
    return { seed: task.scenario.seed, missingBecause, isRefused: true };
  }
}

async function planned(task: PlanTask): Promise<PlannedRun> {
  const { jobImages } = task;
  const scenario = { ...task.scenario, fleet: fleetOfThread(task.scenario.fleet) };
  // Harm on purpose: only this thread ends, as one does that runs out of memory.
  if (scenario.selftest?.workerDiesAtMs !== undefined) process.exit(1);
  await readyHistograms();
  const imageBytes = task.imageBytes ?? imageMadeTo(scenario.image, scenario.seed);
  const images = runImages(scenario, imageBytes, jobImages);
  const parts = { scenario, images, driver: "virtual", workers: 1, startedAt: "", command: "" } as const;
  const { document } = asWritten(sealedDocument(parts));
  const watcher = {
    onPhase: () => {},
    // An estimate may go back; who watches need not see it.
    onProgress: ({ pace }: LiveView) => {
      task.progress[0] = Math.max(task.progress[0] ?? 0, LIFE_SHARE * (pace?.doneShare ?? 0));
      task.progress[1] = pace?.leftMs ?? 0;
    },
  };
  const { state, facts } = livedThrough(document, watcher);
  task.progress[0] = LIFE_SHARE;
  const figures = task.figures.map((name) => figureOf(name, scenario));
  const asked = figures.flatMap(({ from }) => (from.kind === "threshold" ? [from.threshold] : []));
  const { result, values, hanging } = computeResultAnd(state, facts, asked);
  const ofThresholds = values[Symbol.iterator]();
  const { seed, verdict, reasons, thresholds } = result;
  const taken = figures.map(({ from }): FigureOfPlan => {
    if (from.kind === "result") return { value: from.of(result), doneShare: null };
    const next = ofThresholds.next();
    assert(next.done !== true, "each figure that was asked for has a value");
    return next.value;
  });
  return {
    seed,
    verdict,
    reasons: reasons.slice(0, REASONS_KEPT),
    thresholds,
    figures: taken.map(({ value }) => value),
    doneShares: taken.map(({ doneShare }) => doneShare),
    end: planEndOf(result.end, result.clock.endedAtUs, hanging),
  };
}

function figureOf(name: string, scenario: Scenario): Figure {
  const figure = parseFigure(name, knownNamesOf(scenario));
  assert("from" in figure, `the figure ${name} was read before the sweep began`);
  return figure;
}
