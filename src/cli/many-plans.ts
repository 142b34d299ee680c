/** What the commands of sweeps and searches have in common: their flags, how they are stopped, and how they end. */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../base/user-error.ts";
import { nowOfFinishedIn } from "../engine/sweep/finished-plans.ts";
import { nowOfPlansIn } from "../engine/sweep/plan-log-file.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { shellWord } from "./command-text.ts";
import { columnsOf, painterOf, tellPeople, tellPrograms } from "./console.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import type { PlanFlags } from "./plan-flags.ts";
import type { PlansTold } from "./plans-told.ts";
import { PlansView } from "./plans-view.ts";
import type { EndFlags } from "./run-end.ts";
import { StopSignal } from "./stop-signal.ts";
import type { Painter } from "../report/painter.ts";

/** Where none are asked for: enough to see how far seeds differ. */
export const SEEDS_DEFAULT = 3;
/** More say nothing more of a fleet of thousands. */
export const SEEDS_MAX = 100;

/** `--seeds`, as a number. */
export function seedCountOf(text: string | undefined): number {
  if (text === undefined) return SEEDS_DEFAULT;
  const seeds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (seeds >= 1 && seeds <= SEEDS_MAX) return seeds;
  throw new UserError({
    field: "--seeds",
    seen: `is "${text}"`,
    expected: `must be a whole number from 1 to ${SEEDS_MAX}`,
  });
}

/** The last seed must be one too. */
export function checkSeeds(seed: number, count: number): void {
  if (seed + count - 1 <= SEED_MAX) return;
  const expected = `the last of ${count} seeds must be at most ${SEED_MAX}`;
  throw new UserError({ field: "seed", seen: `is ${seed}`, expected });
}

const SEED_MAX = 999_999_999_999_999;

/** The flags of a command that may go on in its folder: `clock.start: now` means there what it meant at first. */
export function goingOn(flags: PlanFlags): PlanFlags {
  return flags.out === undefined ? flags : { ...flags, nowMs: nowOfPlansIn(flags.out) ?? nowOfFinishedIn(flags.out) };
}

/** Runs `work` under Ctrl-C and in view; answers its end and the exit code of a signal that came. */
export async function stoppable<End>(
  headline: string,
  flags: PlanFlags,
  work: (signal: AbortSignal, view: PlansView) => Promise<End>,
): Promise<{ readonly end: End; readonly stopped: number | undefined }> {
  const isQuiet = flags.quiet === true;
  const nowMs = (): number => performance.now();
  const view = await PlansView.on({ stream: process.stderr, isQuiet, headline, nowMs });
  const stop = new StopSignal({
    onStopping: () => view.say("stopping: what is done is being written; once more to stop at once"),
    onStoppedAtOnce: (exitCode) => {
      view.close();
      process.exit(exitCode);
    },
  });
  try {
    const end = await work(stop.signal, view);
    return { end, stopped: stop.exitCode };
  } finally {
    view.close();
    stop.close();
  }
}

/** Tells the end of a sweep or a search and answers its exit code. */
export function tellPlans(told: PlansTold, flags: EndFlags, stopped: number | undefined): number {
  const { folder, files, unwritten, canGoOn, wasOver } = told.end;
  const paint: Painter = painterOf(process.stderr, flags.color);
  const extent = flags.summary ?? (flags.quiet === true ? "brief" : "compact");
  const terminal = { paint, columns: columnsOf(process.stderr) };
  const page = files.find((path) => path.endsWith(".html"));
  const paths = [
    ...(page === undefined ? [] : [`report    ${pathToFileURL(resolve(page)).href}`]),
    `folder    ${join(folder)}`,
    ...(wasOver === true ? ["nothing was left to do: the same command had come to its end in this folder"] : []),
    ...(canGoOn ? [`go on     with the same command and -o ${shellWord(join(folder))}`] : []),
  ];
  for (const line of [
    ...told.summary(extent, terminal),
    ...(extent === "none" || extent === "brief" ? [] : [""]),
    ...paths.map((path) => harmlessLine(path)),
  ])
    tellPeople(line);
  for (const sentence of unwritten) tellPeople(paint.bad(`otafleet: ${harmlessLine(sentence)}`));
  if (flags.json === true) tellPrograms(told.json);
  else if (!process.stdout.isTTY) tellPrograms(`${folder}\n`);
  const exitCode = exitCodeOf(told.verdict);
  return stopped ?? (exitCode === EXIT.passed && unwritten.length > 0 ? EXIT.incomplete : exitCode);
}
