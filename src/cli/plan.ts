/** `otafleet plan`: a scenario in virtual time, once, or many times over its knobs. */
import { type Mistake, UserError } from "../base/user-error.ts";
import { everyMistakeOf } from "./every-mistake.ts";
import { QUIET_WATCHER } from "./live-view.ts";
import { repeatable, viewOf } from "./run.ts";
import type { PlanFlags } from "./plan-flags.ts";
import { loadScenario, type ManyPlansFlags, repeatingCommand } from "./scenario-file.ts";
import { checkTraceFlags, tellTrace } from "./trace-output.ts";

/** Plans a scenario, shows it, and answers the exit code. Ctrl-C ends a single plan at once: it has sent nothing. */
export async function plan(file: string, flags: PlanFlags): Promise<number> {
  checkFlags(flags);
  if (flags.sweep !== undefined) return (await import("./sweep.ts")).sweep(file, flags);
  if (flags.find !== undefined) return (await import("./find.ts")).find(file, flags);
  const { loaded } = everyMistakeOf({ loaded: () => loadScenario(file, flags), trace: () => checkTraceFlags(flags) });
  const command = repeatingCommand("plan", file, flags);
  const view = flags.quiet === true ? undefined : await viewOf(loaded, "in virtual time", flags);
  try {
    const [{ planScenario }, { tellEnd }] = await Promise.all([
      import("../engine/virtual-run.ts"),
      import("./run-end.ts"),
    ]);
    const options = { ...loaded, outDir: flags.out, trace: flags.trace, command };
    const end = await repeatable(command, () => planScenario(options, view ?? QUIET_WATCHER));
    view?.close();
    const exitCode = tellEnd(end, flags);
    if (end.trace !== undefined) tellTrace(end.trace, end.folder, flags);
    return exitCode;
  } finally {
    view?.close();
  }
}

/** Flags that mean something only beside others. */
function checkFlags(flags: PlanFlags): void {
  const mistakes: Mistake[] = [];
  const needs = (name: keyof ManyPlansFlags | "workers", needed: string, isThere: boolean): void => {
    if (flags[name] !== undefined && !isThere)
      mistakes.push({ field: `--${name}`, seen: "stands alone", expected: `give it with ${needed}` });
  };
  const { sweep, find, until } = flags;
  const isMany = sweep !== undefined || find !== undefined;
  if (sweep !== undefined && find !== undefined)
    mistakes.push({ field: "--find", seen: "stands beside --sweep", expected: "ask for one of them at a time" });
  if (find !== undefined && until === undefined)
    mistakes.push({
      field: "--find",
      seen: "has no --until",
      expected: "say what is to hold, for example --until 'completion.p(95) < 6h'",
    });
  if (isMany && flags.trace !== undefined)
    mistakes.push({ field: "--trace", seen: "stands beside a sweep or search", expected: "trace a node of one plan" });
  needs("metrics", "--sweep", sweep !== undefined);
  needs("seeds", "--sweep or --find", isMany);
  needs("workers", "--sweep or --find", isMany);
  needs("until", "--find", find !== undefined);
  needs("between", "--find", find !== undefined);
  needs("within", "--find", find !== undefined);
  if (mistakes.length > 0) throw new UserError(mistakes);
}
