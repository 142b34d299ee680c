import { readFileSync } from "node:fs";
import { ADAPTERS } from "../../../src/adapters/adapters.ts";
import { madeImage } from "../../../src/engine/made-image.ts";
import type { RunEnd } from "../../../src/engine/run-options.ts";
import { planScenario } from "../../../src/engine/virtual-run.ts";
import type { Trace } from "../../../src/fleet/trace.ts";
import type { FleetFileReading } from "../../../src/scenario/fleet-files.ts";
import { readScenario } from "../../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../../src/scenario/resolve-scenario.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";

/** A scenario's text, changed as on the command line. */
export function scenarioOf(text: string, set: readonly string[] = [], fleetFile?: FleetFileReading): Scenario {
  const reading = fleetFile === undefined ? {} : { fleetFile };
  const options = { adapters: ADAPTERS, overrides: { set }, ...reading };
  return resolveScenario(readScenario(text, "s.yaml", options)).scenario;
}

/** Plans a scenario; with `trace` it tells of that node. */
export function planOf(scenario: Scenario, trace?: string): Promise<RunEnd> {
  const options = { scenario, imageBytes: madeImage(scenario), trace };
  return planScenario(options, { onPhase: () => {}, onProgress: () => {} });
}

/** Plans a scenario's text and traces a node of it. */
export async function traceOf(
  text: string,
  node: string,
  set: readonly string[] = [],
  fleetFile?: FleetFileReading,
): Promise<Trace> {
  const { trace } = await planOf(scenarioOf(text, set, fleetFile), node);
  if (trace === undefined) throw new Error("a plan that is asked for a trace has one");
  return trace;
}

/** The text of a scenario that ships. */
export function shipped(name: string): string {
  return readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), "utf8");
}

/** One node whose every trait is known: it asks at 20:00, waits for the night, updates, reboots and is confirmed. */
export const ONE_NODE = `
name: one
seed: 3
clock: { start: 2026-03-10T18:50:00Z }
image: { make: { project: thermostat, version: 2.0.0, size: 64KiB } }
nodes: 1
fleet:
  cohorts:
    - name: homes
      runs: { version: 1.4.2 }
      zones: Europe/Berlin
      link: { throughput: 64KiB/s, latency: 20ms }
      flash: { write: 64KiB/s }
      offline: none
      autofetch: { every: 24h, phase: 10m }
      boot: 8s
jobs: [{ name: spring, window: 02:00-04:30 }]
end: { after: 12h }
`;
