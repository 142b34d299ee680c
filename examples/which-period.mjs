/**
 * Which autofetch period is short enough? Plans one rollout under several periods and prints what each would cost the
 * backend and how long the fleet would take. It uses nothing but what the package exports.
 *
 *     node examples/which-period.mjs
 *     node examples/which-period.mjs 5000 1h 12h
 */
import { ADAPTERS, describeMistake, madeImage, planScenario, readScenario, resolveScenario, UserError } from "otafleet";

const [nodes = "1000", ...given] = process.argv.slice(2);
const periods = given.length > 0 ? given : ["1h", "6h", "24h"];

const SCENARIO = `
name: which-period
clock: { start: 2026-03-10T00:00:00Z }
image: { make: { version: 2.0.0, size: 512KiB } }
fleet: { cohorts: [{ name: homes, autofetch: { every: 6h }, offline: none }] }
jobs: [{ name: spring, targets: all }]
end: { when: settled, after: 4d }
`;

/** A plan goes on for seconds at most; a program that shows progress would do it here. */
const SILENT = { onPhase: () => {}, onProgress: () => {} };

/** What one period comes to. */
async function planned(period) {
  const draft = readScenario(SCENARIO, "which-period.yaml", {
    adapters: ADAPTERS,
    overrides: { nodes, set: [`fleet.cohorts.homes.autofetch.every=${period}`] },
  });
  const { scenario } = resolveScenario(draft);
  const { result } = await planScenario({ scenario, imageBytes: madeImage(scenario) }, SILENT);
  return result;
}

const HOUR_US = 3.6e9;

/** A percentile is a number of microseconds, or says why there is none: "not reached". */
const hours = (percentile) => (typeof percentile === "number" ? `${(percentile / HOUR_US).toFixed(1)} h` : percentile);

try {
  console.log("period    fetches an hour    half are done    95 % are done    verdict");
  for (const period of periods) {
    const { verdict, metrics, timelines } = await planned(period);
    const fetches = timelines.fetches.reduce((sum, count) => sum + count, 0);
    const hoursPassed = (timelines.buckets * timelines.bucketUs) / HOUR_US;
    const { p50, p95 } = metrics.completion;
    const cells = [(fetches / hoursPassed).toFixed(0), hours(p50), hours(p95)].map((cell) => cell.padStart(13));
    console.log(`${period.padEnd(8)}  ${cells.join("    ")}    ${verdict}`);
  }
} catch (error) {
  // Whatever a user wrote wrong, here or in a file, comes as one error with every mistake in it.
  if (!(error instanceof UserError)) throw error;
  for (const mistake of error.mistakes) console.error(describeMistake(mistake));
  process.exitCode = 2;
}
