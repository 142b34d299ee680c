/** `otafleet plan --sweep`: every combination of some knobs' values under several seeds, side by side. */
import { describeMistake, type Mistake, UserError } from "../base/user-error.ts";
import type { SweepInput } from "../engine/sweep/sweep-run.ts";
import { defaultFigures } from "../measure/figures.ts";
import { counted, countText } from "../report/count-text.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { combinationsOf, type Knob, listedValues, parseKnobs } from "../scenario/knob.ts";
import { tellPeople } from "./console.ts";
import { everyMistakeOf } from "./every-mistake.ts";
import { releasesOf } from "../engine/sweep/sweep-options.ts";
import { checkSeeds, goingOn, seedCountOf, stoppable, tellPlans } from "./many-plans.ts";
import type { PlanFlags } from "./plan-flags.ts";
import { repeatable, workersOf } from "./run.ts";
import { type LoadedScenario, loadScenario, repeatingCommand } from "./scenario-file.ts";

/** Plans a sweep, shows it, and answers the exit code. */
export async function sweep(file: string, flags: PlanFlags): Promise<number> {
  const { knobs, seeds, workers, metrics } = everyMistakeOf({
    knobs: () => knobsOf(flags.sweep ?? []),
    seeds: () => seedCountOf(flags.seeds),
    workers: () => workersOf(flags.workers),
    metrics: () => figureNamesOf(flags.metrics),
  });
  const loaded = loadPoints(file, goingOn(flags), knobs);
  for (const { scenario } of loaded) checkSeeds(scenario.seed, seeds);
  const { workers: _, ...repeated } = flags;
  const command = repeatingCommand("plan", file, repeated);
  const figures = metrics ?? defaultFigures(releasesOf(loaded.map(({ scenario }) => scenario)));
  const nowMs = loaded.map((point) => point.nowMs).find((moment) => moment !== undefined);
  const points = loaded.map(({ values, scenario, imageBytes, jobImages }) => ({
    values,
    scenario,
    imageBytes,
    jobImages,
  }));
  if (flags.quiet !== true) tellWarnings(loaded);
  const [{ planSweep }, { sweepTold }] = await Promise.all([
    import("../engine/sweep/sweep-run.ts"),
    import("./plans-told.ts"),
  ]);
  const { end, stopped } = await stoppable(headlineOf(points, seeds), flags, (signal, view) => {
    const options = { knobs, points, figures, seeds, workers, nowMs, outDir: flags.out, signal, command };
    return repeatable(command, () => planSweep(options, view));
  });
  return tellPlans(sweepTold(end), flags, stopped);
}

function knobsOf(texts: readonly string[]): readonly Knob[] {
  const knobs = parseKnobs(texts);
  const [turned] = knobs.flatMap(({ path }) => (path === "prices" || path === "prices.currency" ? [path] : []));
  if (turned !== undefined)
    throw new UserError({
      file: `--sweep ${turned}`,
      seen: "may set prices in several currencies, which cannot stand in one table",
      expected: "turn a single price, such as prices.egress",
    });
  if (knobs.some(({ path }) => path === "seed"))
    throw new UserError({
      file: "--sweep seed",
      seen: "turns the seed",
      expected: "--seeds plans each combination under several",
    });
  return knobs;
}

function figureNamesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = listedValues(text);
  const twice = names.find((name, at) => name !== "" && names.indexOf(name) < at);
  if (twice === undefined) return names;
  throw new UserError({ field: "--metrics", seen: `has ${twice} twice`, expected: "name each once" });
}

type LoadedPoint = Pick<LoadedScenario, "scenario" | "jobImages" | "nowMs" | "warnings"> &
  Pick<SweepInput, "values" | "imageBytes">;

/** Every combination, read and resolved; throws a `UserError` with the mistakes of all, each once. */
function loadPoints(file: string, flags: PlanFlags, knobs: readonly Knob[]): readonly LoadedPoint[] {
  const mistakes = new Map<string, Mistake>();
  // Hundreds of combinations of one image need its bytes once.
  const files = new Map<string, Uint8Array>();
  const points = combinationsOf(knobs).flatMap((values): LoadedPoint[] => {
    const set = knobs.map(({ path }, place) => ({ flag: "--sweep" as const, text: `${path}=${values[place] ?? ""}` }));
    try {
      const { scenario, warnings, imageBytes, jobImages, nowMs } = loadScenario(file, { ...flags, knobs: set });
      const path = scenario.image.from === "file" ? scenario.image.path : undefined;
      if (path !== undefined && !files.has(path)) files.set(path, imageBytes);
      const bytes = path === undefined ? undefined : files.get(path);
      return [{ scenario, warnings, imageBytes: bytes, jobImages, nowMs, values }];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const mistake of error.mistakes) mistakes.set(describeMistake(mistake), mistake);
      return [];
    }
  });
  if (mistakes.size > 0) throw new UserError([...mistakes.values()]);
  return points;
}

/** What is allowed and most likely not meant, each once: combinations share most of it. */
function tellWarnings(points: readonly LoadedPoint[]): void {
  const all = new Set(points.flatMap(({ warnings }) => warnings.map(describeMistake)));
  for (const warning of all) tellPeople(`! ${harmlessLine(warning)}`);
}

function headlineOf(points: readonly SweepInput[], seeds: number): string {
  const scenario = points[0]?.scenario;
  const name = harmlessLine(scenario?.name ?? "", 60);
  const plans = counted(points.length * seeds, "plan");
  const sizes = points.map(({ scenario: { fleet } }) => fleet.nodes);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const nodes = least === most ? counted(most, "node") : `${countText(least)} to ${counted(most, "node")}`;
  return `${name}  ${counted(points.length, "combination")} of ${counted(seeds, "seed")}: ${plans} of ${nodes}, in virtual time`;
}
