/** `otafleet plan --find`: the value of one knob at which a condition begins or ceases to hold. */
import { UserError } from "../base/user-error.ts";
import type { SearchStart } from "../base/edge-search.ts";
import { type Condition, parseCondition } from "../measure/condition.ts";
import { counted } from "../report/count-text.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { listedValues } from "../scenario/knob.ts";
import { type KnobScale, scaleOf } from "../scenario/knob-scale.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { knownNamesOf } from "../scenario/thresholds.ts";
import { everyMistakeOf } from "./every-mistake.ts";
import { checkSeeds, goingOn, seedCountOf, stoppable, tellPlans } from "./many-plans.ts";
import type { PlanFlags } from "./plan-flags.ts";
import { repeatable, workersOf } from "./run.ts";
import { type LoadedScenario, loadScenario, repeatingCommand } from "./scenario-file.ts";

/** Searches along a knob, shows it, and answers the exit code. */
export async function find(file: string, typed: PlanFlags): Promise<number> {
  const flags = goingOn(typed);
  const { find: knob = "", until = "" } = flags;
  if (knob.trim() === "seed")
    throw new UserError({
      file: "--find seed",
      seen: "turns the seed",
      expected: "name another key; --seeds plans each value under several seeds",
    });
  const { seeds, workers, within, loaded } = everyMistakeOf({
    seeds: () => seedCountOf(flags.seeds),
    workers: () => workersOf(flags.workers),
    within: () => withinOf(flags.within),
    loaded: () => loadScenario(file, flags),
  });
  checkSeeds(loaded.scenario.seed, seeds);
  const { condition, range } = everyMistakeOf({
    condition: () => conditionOf(until, loaded.scenario),
    range: () => rangeOf(knob, flags.between, loaded),
  });
  const { workers: _, ...repeated } = flags;
  const command = repeatingCommand("plan", file, repeated);
  const pointAt = (value: string): LoadedScenario =>
    loadScenario(file, { ...flags, knobs: [{ flag: "--find", text: `${knob}=${value}` }] });
  const [{ planFind }, { searchTold }] = await Promise.all([
    import("../engine/sweep/find-run.ts"),
    import("./plans-told.ts"),
  ]);
  const { nowMs } = loaded;
  const headline = headlineOf(loaded.scenario, knob, condition, seeds);
  const { end, stopped } = await stoppable(headline, flags, (signal, view) => {
    const parts = { knob, ...range, within, condition, pointAt, seeds, workers, nowMs, signal, command };
    const options = { ...parts, outDir: flags.out };
    return repeatable(command, () => planFind(options, view));
  });
  return tellPlans(searchTold(end), flags, stopped);
}

function conditionOf(text: string, scenario: Scenario): Condition {
  const condition = parseCondition(text, knownNamesOf(scenario));
  if ("figure" in condition) return condition;
  // A part that is put together otherwise than it was written would not be found again.
  const written = (seen: string): string => (text.includes(seen.replaceAll('"', "")) ? seen : `"${text}"`);
  throw new UserError(
    condition.map(({ seen, expected }) => ({ field: "--until", seen: `is ${written(seen)}`, expected })),
  );
}

/** Both sides of an edge this close are one for everybody. */
const WITHIN_DEFAULT = 0.02;
const WITHIN_MIN = 0.0001;
const WITHIN_MAX = 0.5;

function withinOf(text: string | undefined): number {
  if (text === undefined) return WITHIN_DEFAULT;
  const [, digits] = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text) ?? [];
  const within = digits === undefined ? 0 : Number(digits) / 100;
  if (within >= WITHIN_MIN && within <= WITHIN_MAX) return within;
  throw new UserError({ field: "--within", seen: `is "${text}"`, expected: 'must be a share from "0.01%" to "50%"' });
}

interface Range {
  readonly scale: KnobScale;
  readonly start: SearchStart;
}

/** Where to search: between two ends, or from the scenario's own value on. */
function rangeOf(knob: string, between: string | undefined, loaded: LoadedScenario): Range {
  return between === undefined ? rangeFrom(knob, loaded) : rangeBetween(between);
}

const NUMERIC = "a number, with its unit where it has one: 5000, 2%, 6h, 100Mbit/s, 50KiB/s";

function rangeBetween(between: string): Range {
  const refuse = (seen: string, expected: string): never => {
    throw new UserError({ field: "--between", seen, expected });
  };
  const [low, high, ...others] = listedValues(between);
  if (low === undefined || high === undefined || others.length > 0 || low === "" || high === "")
    return refuse(`is "${between}"`, "must be two values, for example --between 100Mbit/s,10Gbit/s");
  const scale = scaleOf([low, high]);
  const [lowest, highest] = [scale?.parse(low), scale?.parse(high)];
  if (scale === undefined || lowest === undefined || highest === undefined)
    return refuse(`is "${between}"`, `each end must be ${NUMERIC}; and both of one kind`);
  if (!(lowest < highest)) return refuse(`is "${between}"`, "must name the smaller end first, and two different ones");
  return { scale, start: { low: lowest, high: highest } };
}

function rangeFrom(knob: string, { written }: LoadedScenario): Range {
  const refuse = (seen: string, expected: string): never => {
    throw new UserError({ field: `--find ${harmlessLine(knob, 100)}`, seen, expected });
  };
  const texts = written(knob);
  if (texts === undefined)
    return refuse(
      "has no plain value in the scenario to begin at",
      "give --between LOW,HIGH, or name a key that has one",
    );
  const [text = "", ...others] = new Set(texts);
  if (others.length > 0)
    return refuse(
      `has several values: ${[text, ...others].join(", ")}`,
      "give --between LOW,HIGH, or name one cohort's",
    );
  const scale = scaleOf([text]);
  const at = scale?.parse(text);
  if (scale === undefined || at === undefined)
    return refuse(`is "${text}"`, `a knob to search along must be ${NUMERIC}`);
  if (at === 0) return refuse("is 0, which doubles to nothing", "give --between LOW,HIGH");
  return { scale, start: { at } };
}

function headlineOf({ name, fleet }: Scenario, knob: string, { text }: Condition, seeds: number): string {
  const what = `${harmlessLine(knob, 60)} until ${harmlessLine(text, 100)}`;
  return `${harmlessLine(name, 60)}  ${what}; ${counted(fleet.nodes, "node")}, ${counted(seeds, "seed")}, in virtual time`;
}
