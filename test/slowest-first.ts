/**
 * The order in which test files begin: those that take longest first, so that none of them is alone at the end. Vitest
 * by itself knows what took long only from an earlier run, and would begin with the longest text.
 */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Whoever takes more than about five seconds on a quiet machine. */
const SLOWEST: readonly string[] = [
  // It waits for most of a minute; those beside it compute.
  "cli/run-backend.test.ts",
  "report/page-in-browser.test.ts",
  "cli/many-plans.test.ts",
  "scenario/fuzzed-scenarios.test.ts",
  "report/html-report.test.ts",
  "measure/reducer.test.ts",
  "engine/shipped-scenarios.test.ts",
  "engine/sweep/find-run.test.ts",
  "cli/bad-scenario-files.test.ts",
  "engine/sweep/sweep-run.test.ts",
  "cli/image.test.ts",
  // Fleets under the fastest clocks, and beside them runs that mostly wait: these want their cores at once.
  "engine/shipped-live.test.ts",
  "engine/backend-faults.test.ts",
  "engine/failing-runs.test.ts",
  // The others in turn.
  "engine/foreign-broker.test.ts",
  "engine/run.test.ts",
  "engine/jobs-run.test.ts",
  "drivers/trace/trace-replay.test.ts",
  "cli/secrets.test.ts",
  "cli/run.test.ts",
  "report/junit.test.ts",
  "engine/twin.test.ts",
  "backend/hostile-packets.test.ts",
  "simulation/determinism.test.ts",
  "drivers/live/live-shard.test.ts",
  "cli/serve-durability.test.ts",
  "cli/inspect.test.ts",
  "backend/ota-rules-model.test.ts",
  "backend/process.test.ts",
  "engine/rollout-run.test.ts",
  "backend/openapi.test.ts",
  "engine/image-defects.test.ts",
  "cli/plan.test.ts",
  "drivers/live/mqtt-link.test.ts",
];

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = SLOWEST.filter((name) => !existsSync(join(import.meta.dirname, name)));
    if (gone.length > 0) throw new Error(`test/slowest-first.ts names what is not there: ${gone.join(", ")}`);
    const usual = await super.sort(files);
    return usual.toSorted((a, b) => place(a) - place(b));
  }
}

function place({ moduleId }: TestSpecification): number {
  const at = SLOWEST.indexOf(relative(import.meta.dirname, moduleId));
  return at === -1 ? SLOWEST.length : at;
}
