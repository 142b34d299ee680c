/**
 * The public API: what the command line is built on, for programs that run, plan or judge rollouts themselves.
 *
 *     const draft = readScenario(text, "night.yaml", { adapters: ADAPTERS });
 *     const { scenario } = resolveScenario(draft);
 *     const { result } = await runScenario({ scenario, imageBytes: madeImage(scenario) }, watcher);
 *
 * What is not exported here may change in any release.
 */

// Scenarios: text -> draft -> scenario, every mistake named at once.
export { readScenario, imageFileOf, jobImageFilesOf, type ReadOptions } from "./scenario/read-scenario.ts";
export { resolveScenario, type ResolvedScenario } from "./scenario/resolve-scenario.ts";
export { printScenario } from "./scenario/printed-scenario.ts";
export { scenarioJsonSchema } from "./scenario/json-schema.ts";
export { expectedLoad, type ExpectedLoad } from "./scenario/expected-load.ts";
export { isRaceFree, type RaceFreedom } from "./scenario/race-free.ts";
export type { ScenarioDraft } from "./scenario/draft.ts";
export type { Overrides } from "./scenario/overrides.ts";
export type { ImageFacts, PlannedDefect, Scenario } from "./scenario/scenario.ts";

// Images: is this file one that a node boots, and one out of nothing.
export { parseAppImage, type AppImage, type AppImageParse } from "./image/app-image.ts";
export { buildAppImage, type ImageRequest } from "./image/build-image.ts";
export { defectText, type ImageDefect } from "./image/image-defects.ts";
export { describeImage, type DescriptionLine } from "./image/image-description.ts";
export { flawText, type ImageFlaw, type ImageFlawCode } from "./image/image-flaw.ts";
export { checkSignature, type SignatureCheck } from "./image/signature.ts";
export { signSecureBootV2 } from "./image/image-signing.ts";
export { madeImage } from "./engine/made-image.ts";

// Fleets: the rows of a real one, for `readScenario`.
export { readFleetFile } from "./engine/fleet-file.ts";
export type { FleetFile } from "./fleet/fleet-file/fleet-file-reader.ts";
export type { FleetFileWish } from "./fleet/fleet-file/fleet-columns.ts";

// Runs: in real time, in virtual time, and from a folder once more.
export { runScenario } from "./engine/run.ts";
export { planScenario } from "./engine/virtual-run.ts";
export { reportOf, rewriteReports } from "./engine/recompute.ts";
export { compareFolders } from "./engine/compare-folders.ts";
export { calibrateRun, type RunCalibration } from "./engine/calibrate-run.ts";
export { modelText } from "./engine/model-text.ts";
export { workersFor } from "./engine/run-options.ts";
export type { ConclusionView, LiveView, PlanOptions, RunEnd, RunOptions, RunWatcher } from "./engine/run-options.ts";

// Many plans: every combination of some knobs, and the edge of one, side by side on a pool of threads.
export { planSweep, type SweepInput, type SweepOptions } from "./engine/sweep/sweep-run.ts";
export { nowOfPlansIn } from "./engine/sweep/plan-log-file.ts";
export { planFind, type FindOptions } from "./engine/sweep/find-run.ts";
export type {
  ManyPlansEnd,
  ManyPlansOptions,
  ManyPlansWatcher,
  PlannablePoint,
  PlansUnderWay,
} from "./engine/sweep/sweep-options.ts";
export { combinationsOf, type Knob, parseKnobs } from "./scenario/knob.ts";
export { type KnobScale, scaleOf } from "./scenario/knob-scale.ts";
export { knownNamesOf } from "./scenario/thresholds.ts";
export { type Condition, parseCondition } from "./measure/condition.ts";
export { DEFAULT_FIGURES } from "./measure/figures.ts";
export type { SweepResult } from "./measure/sweep-result.ts";
export type { SearchResult } from "./measure/search-result.ts";
export { searchJsonSchema, sweepJsonSchema } from "./measure/sweep-schema.ts";

// Results: what `result.json` holds.
export { resultJsonSchema } from "./measure/result-schema.ts";
export type { RunResult, Verdict } from "./measure/run-result.ts";
export type { Comparison } from "./measure/comparison.ts";
export { comparisonJsonSchema } from "./measure/comparison-schema.ts";
export type { ComparisonLimit } from "./measure/comparison-limit.ts";

// Kinds of backend: the ones that there are, and the contract of one's own.
export { ADAPTERS } from "./adapters/adapters.ts";
export type { Adapter, NodeHalf, OperatorHalf } from "./adapters/adapter.ts";

// Reports: from a result to texts.
export { REPORTERS } from "./report/reporters.ts";
export type { Reporter, ReportInput } from "./report/reporter.ts";
export type { MetricHistogram } from "./measure/metric-histograms.ts";

// Failures: what the user can mend, what the backend is to blame for, what we are.
export { describeMistake, type Mistake, UserError } from "./base/user-error.ts";
export { BackendFailure } from "./engine/backend-failure.ts";
export { BrokenInvariant } from "./base/assert.ts";
