/** `otafleet inspect`: what a scenario means and will ask for. It computes and prints; no packet is sent. */
import type { Mistake } from "../base/user-error.ts";
import { roomFor, type Room } from "../engine/preflight.ts";
import { downloadsAtOnceMax } from "../scenario/download-crowd.ts";
import { expectedLoad, type ExpectedLoad } from "../scenario/expected-load.ts";
import { type FleetMakeUp, fleetMakeUp } from "../scenario/fleet-make-up.ts";
import { printScenario } from "../scenario/printed-scenario.ts";
import { isRaceFree, type RaceFreedom } from "../scenario/race-free.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { painterOf, tellPrograms } from "./console.ts";
import { EXIT } from "./exit-codes.ts";
import { inspectionText } from "./inspection-text.ts";
import { loadScenario, type ScenarioFlags } from "./scenario-file.ts";

/** Flags as they were typed. */
export interface InspectFlags extends ScenarioFlags {
  readonly json?: boolean;
  readonly color: boolean;
}

/** Everything that can be said of a scenario before it runs; `--json` prints it as it is. */
export interface Inspection {
  readonly schema: "otafleet/inspection";
  readonly version: 1;
  readonly scenario: Scenario;
  /** Of cohorts that come from a file. */
  readonly fleetFiles: readonly FleetMakeUp[];
  readonly load: ExpectedLoad;
  /** What this machine has room for; the rest is the same on any. */
  readonly room: Room & { readonly downloadsAtOnceMax: number };
  readonly raceFree: RaceFreedom;
  readonly warnings: readonly Mistake[];
  /** The scenario in the words of its file, defaults filled in. */
  readonly yaml: string;
}

/** Prints what a scenario means; the same text for the same scenario, seed and room on the machine. */
export function inspect(file: string, flags: InspectFlags): number {
  const { scenario, warnings } = loadScenario(file, flags);
  const downloads = downloadsAtOnceMax(scenario);
  const inspection: Inspection = {
    schema: "otafleet/inspection",
    version: 1,
    scenario,
    fleetFiles: fleetMakeUp(scenario),
    load: expectedLoad(scenario),
    room: { ...roomFor({ nodes: scenario.fleet.nodes, downloads }), downloadsAtOnceMax: downloads },
    raceFree: isRaceFree(scenario),
    warnings,
    yaml: printScenario(scenario),
  };
  tellPrograms(
    flags.json === true
      ? `${JSON.stringify(inspection, undefined, 2)}\n`
      : inspectionText(inspection, painterOf(process.stdout, flags.color)),
  );
  return EXIT.passed;
}
