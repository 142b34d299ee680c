/** Parts of scenarios that say nothing of their own, for tests that build theirs by hand. */
import type { Cohort } from "../../src/fleet/cohort.ts";
import type { BackendPlan, JobScenario } from "../../src/scenario/scenario.ts";

const DAY_US = 86_400e6;

export const PLAIN_JOB: JobScenario = {
  name: "spring",
  image: undefined,
  targets: { kind: "all" },
  trigger: "default",
  approval: undefined,
  window: undefined,
  validity: undefined,
  metadata: {},
  priority: undefined,
  timeoutUs: undefined,
  startsUs: 0,
  cancelAfterUs: undefined,
};

export const PLAIN_BACKEND: BackendPlan = {
  adapter: "rainmaker",
  urls: [],
  broker: undefined,
  basicIngest: true,
  tls: false,
  urlLifeUs: DAY_US,
  strict: "rainmaker",
  faults: [],
};

export const PLAIN_RUNS: Pick<Cohort["runs"], "type" | "model" | "checks"> = {
  type: "thermostat",
  model: "thermostat",
  checks: { project: true, version: true, secureVersion: true },
};
