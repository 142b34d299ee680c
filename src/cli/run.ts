/** `otafleet run`: a scenario in real time. */
import { describeMistake, UserError } from "../base/user-error.ts";
import { BackendFailure } from "../engine/backend-failure.ts";
import { imagesOf } from "../scenario/job-images.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { counted, countText } from "../report/count-text.ts";
import { tagsText } from "../report/tags-text.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { type AccessFlags, accessOf } from "./backend-access.ts";
import { painterOf, tellPeople } from "./console.ts";
import { everyMistakeOf } from "./every-mistake.ts";
import { BrokenRun } from "./failure.ts";
import { ConsoleView, QUIET_WATCHER } from "./live-view.ts";
import type { EndFlags } from "./run-end.ts";
import { type LoadedScenario, loadScenario, repeatingCommand, type ScenarioFlags } from "./scenario-file.ts";
import { StopSignal } from "./stop-signal.ts";
import { checkTraceFlags, tellTrace } from "./trace-output.ts";

/** Flags as they were typed. */
export interface RunFlags extends ScenarioFlags, EndFlags, AccessFlags {
  readonly workers?: string;
  readonly out?: string;
  readonly trace?: string;
  readonly traceOut?: string;
}

/** More threads than this are a slip of the pen: no machine that runs one otafleet has use for them. */
export const WORKERS_MAX = 256;

/** Runs a scenario, shows it, and answers the exit code. */
export async function run(file: string, flags: RunFlags): Promise<number> {
  const { workers, access, loaded } = everyMistakeOf({
    workers: () => workersOf(flags.workers),
    access: () => accessOf(flags, process.env),
    loaded: () => loadScenario(file, flags),
    trace: () => checkTraceFlags(flags),
  });
  const command = repeatingCommand("run", file, flags);
  const view = flags.quiet === true ? undefined : await viewOf(loaded, speedText(loaded.scenario), flags);
  const say = (line: string): void => (view === undefined ? tellPeople(line) : view.say(line));
  const stop = new StopSignal({
    onStopping: () => say("stopping: the partial report is being written; once more to stop at once"),
    onStoppedAtOnce: (exitCode) => {
      view?.close();
      tellPeople("stopped at once: otafleet report DIR makes a report of what was written");
      process.exit(exitCode);
    },
  });
  try {
    // Loaded once the scenario is known to be right, so that mistakes and the first line come at once.
    const [{ runScenario }, { tellEnd }] = await Promise.all([import("../engine/run.ts"), import("./run-end.ts")]);
    const brokerPassword = process.env["OTAFLEET_BROKER_PASSWORD"];
    const options = {
      ...loaded,
      ...access,
      brokerPassword,
      workers,
      outDir: flags.out,
      signal: stop.signal,
      trace: flags.trace,
      command,
    };
    const end = await repeatable(command, () => runScenario(options, view ?? QUIET_WATCHER));
    view?.close();
    const exitCode = tellEnd(end, flags);
    if (end.trace !== undefined) tellTrace(end.trace, end.folder, flags);
    return stop.exitCode ?? exitCode;
  } finally {
    view?.close();
    stop.close();
  }
}

/** Begins to show a run: what is about to happen, how time goes, and what in the scenario is most likely not meant. */
export async function viewOf(
  { scenario, warnings }: LoadedScenario,
  time: string,
  { color }: EndFlags,
): Promise<ConsoleView> {
  const paint = painterOf(process.stderr, color);
  const view = await ConsoleView.on({ stream: process.stderr, paint, nowMs: () => performance.now() });
  view.say(`${paint.strong(harmlessLine(scenario.name, 60))}  ${headline(scenario)}, ${time}`);
  const tags = tagsText(scenario.tags);
  if (tags !== "") view.say(`${paint.quiet("tags")}  ${tags}`);
  for (const warning of warnings) view.say(paint.warn(`! ${harmlessLine(describeMistake(warning))}`));
  return view;
}

function headline(scenario: Scenario): string {
  const versions = imagesOf(scenario).map(({ version }) => version);
  return `${counted(scenario.fleet.nodes, "node")} to ${harmlessLine(versions.join(", "), 40)}, seed ${scenario.seed}`;
}

function speedText({ clock }: Scenario): string {
  return clock.speed === 1 ? "in real time" : `fleet time ${countText(clock.speed)} times as fast`;
}

/** Whatever breaks inside of a run is told with the command that repeats it. */
export async function repeatable<T>(command: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError || error instanceof BackendFailure) throw error;
    throw new BrokenRun(command, error);
  }
}

/** `--workers`, as a number; undefined = the machine decides. */
export function workersOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const workers = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (workers >= 1 && workers <= WORKERS_MAX) return workers;
  const expected = `must be a whole number of threads from 1 to ${WORKERS_MAX}; left out, the cores of the machine decide`;
  throw new UserError({ field: "--workers", seen: `is "${text}"`, expected });
}
