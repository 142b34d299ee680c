/** `otafleet plan`: a scenario in virtual time. */
import { QUIET_WATCHER } from "./live-view.ts";
import { repeatable, viewOf } from "./run.ts";
import type { EndFlags } from "./run-end.ts";
import { loadScenario, repeatingCommand, type ScenarioFlags } from "./scenario-file.ts";

/** Flags as they were typed. */
export interface PlanFlags extends ScenarioFlags, EndFlags {
  readonly out?: string;
}

/** Plans a scenario, shows it, and answers the exit code. Ctrl-C ends it at once: it has sent nothing. */
export async function plan(file: string, flags: PlanFlags): Promise<number> {
  const loaded = loadScenario(file, flags);
  const command = repeatingCommand("plan", file, flags);
  const view = flags.quiet === true ? undefined : viewOf(loaded, "in virtual time", flags);
  try {
    const [{ planScenario }, { tellEnd }] = await Promise.all([
      import("../engine/virtual-run.ts"),
      import("./run-end.ts"),
    ]);
    const options = { ...loaded, outDir: flags.out, command };
    const end = await repeatable(command, () => planScenario(options, view ?? QUIET_WATCHER));
    view?.close();
    return tellEnd(end, flags);
  } finally {
    view?.close();
  }
}
