/** What a sweep or a search is asked for, what it tells while it goes on, and what it leaves. */
import type { FiguredJob } from "../../measure/figures.ts";
import type { PlansHead } from "../../measure/planned-run.ts";
import { LIST_PRICES } from "../../measure/prices.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { hashOf } from "../run-document.ts";
import { versionsOf } from "../versions.ts";

/** A scenario that can be planned, with what belongs to it. */
export interface PlannablePoint {
  readonly scenario: Scenario;
  /** Of `scenario.image`, where it is a file. */
  readonly imageBytes?: Uint8Array | undefined;
  /** Of the files that jobs name for themselves, by path as written. */
  readonly jobImages?: ReadonlyMap<string, Uint8Array> | undefined;
}

/** What sweeps and searches have in common. */
export interface ManyPlansOptions {
  /** How many seeds each point is planned under, from the scenario's own on. */
  readonly seeds: number;
  /** Threads; `workersForPlans` says how many where it is left out. The result does not depend on it. */
  readonly workers?: number | undefined;
  /**
   * The folder: new or empty, or what the same command left where it was stopped or killed; then the plans that are
   * done count. Left out: one of its own under `reports/`.
   */
  readonly outDir?: string | undefined;
  /**
   * What `clock.start: now` meant when the scenarios were read, milliseconds since 1970, where one of them says so. The
   * folder keeps it: whoever goes on reads the scenarios by `nowOfPlansIn`, so that all plans begin at one moment.
   */
  readonly nowMs?: number | undefined;
  /** Stops at once; what is done is kept. Its reason, where it is a text, is told. */
  readonly signal?: AbortSignal | undefined;
  /** The command that repeats it, as one would type it. */
  readonly command: string;
}

/** Who watches. No call may throw, nor take long. */
export interface ManyPlansWatcher {
  /** So many of the plans that are known of by then are done. Told after each, and twice a second. */
  onPlanned(done: number, all: number, more: PlansUnderWay): void;
  /** The page of what is done by now lies there from the begin on, and is written anew every few seconds. Told once, first. */
  onPage?(path: string): void;
}

/** What is told beside the plans that are done. */
export interface PlansUnderWay {
  /** How far those are that are under way, together: 1.5 is one and a half plans. */
  readonly underWay: number;
  /** Wall milliseconds that these and the others take, by what they say of themselves; undefined or left out = not known. */
  readonly leftMs?: number | undefined;
  /** What a search is at, in words; it does not know how many plans there will be. Undefined = a sweep, which does. */
  readonly stage: string | undefined;
}

/** How a sweep or a search ended. */
export interface ManyPlansEnd<Result> {
  readonly result: Result;
  readonly folder: string;
  /** Paths that were written, in the folder. */
  readonly files: readonly string[];
  /** What could not be written, as sentences. */
  readonly unwritten: readonly string[];
  /** Whether the same command on the same folder would go on from here: something is missing, or could not be written. */
  readonly canGoOn: boolean;
  /** Whether the same command had come to this end before, so that nothing was planned. */
  readonly wasOver?: boolean;
}

/** What reports say that are written before the end: whoever reads them cannot know which of the two it is. */
export const NOT_OVER = "it is not over yet, or was killed";

/** The seeds of a sweep: the scenario's own, and those behind it. */
export function seedsFrom(seed: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => seed + number);
}

/** The jobs that all scenarios have, each as it can be stopped best: a knob may turn its rollout. */
export function releasesOf(scenarios: readonly Scenario[]): readonly FiguredJob[] {
  const [first] = scenarios;
  const names = first?.jobs.map(({ name }) => name) ?? [];
  return names.flatMap((name): FiguredJob[] => {
    const jobs = scenarios.flatMap((scenario) => scenario.jobs.filter((job) => job.name === name));
    if (jobs.length < scenarios.length) return [];
    if (jobs.some(({ rollout }) => rollout?.stop !== undefined)) return [{ name, release: "stoppable" }];
    return [{ name, release: jobs.some(({ rollout }) => rollout !== undefined) ? "in stages" : "at once" }];
  });
}

/**
 * What stands at the head of both results.
 *
 * @param inputs hashes of what the plans depend on (`inputsOf`)
 */
export function plansHead(
  scenarios: readonly [Scenario, ...Scenario[]],
  { command, nowMs }: Pick<ManyPlansOptions, "command" | "nowMs">,
  inputs: readonly string[],
  seeds: readonly number[],
): PlansHead {
  const [{ name, about, tags, fleet, prices, backend }] = scenarios;
  const isModelled = scenarios.every(({ model }) => model !== undefined);
  return {
    scenario: { name, about, nodes: fleet.nodes, jobs: releasesOf(scenarios), isModelled },
    tags,
    versions: { ...versionsOf(), adapter: backend.adapter, driver: "virtual" },
    command,
    inputs: hashOf(inputs.join("\n")),
    ...(nowMs === undefined ? {} : { nowMs }),
    seeds,
    currency: prices?.currency ?? LIST_PRICES.currency,
  };
}
