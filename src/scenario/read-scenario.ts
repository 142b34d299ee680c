/**
 * Text -> scenario, in two steps, for an image that is a file is only known to whoever reads files: `readScenario`
 * finds every mistake that the text alone shows, `resolveScenario` fills in what depends on the image.
 */
import { type Mistake, UserError } from "../base/user-error.ts";
import { type CohortSize, nodesOfCohorts } from "../fleet/fleet.ts";
import type { FleetFile } from "../fleet/fleet-file/fleet-file-reader.ts";
import { DEFAULT_NODES, SEED_DEFAULT } from "./defaults.ts";
import { filledTraits, type FilledTraits } from "./cohort-traits.ts";
import type { GivenCohort } from "./cohort-schema.ts";
import type { AdapterFacts, DraftCohort, ScenarioDraft } from "./draft.ts";
import { capped } from "./capped-mistakes.ts";
import { draftFileOf, type FleetFileReading, type FleetFiles, fleetFilesOf, rowsTaken } from "./fleet-files.ts";
import { mistakesOf, Places } from "./mistakes.ts";
import { applyOverrides, type Overrides } from "./overrides.ts";
import { type GivenScenario, SCENARIO } from "./schema.ts";
import { soundPart, type SoundPart } from "./sound-part.ts";
import { textMistakes, textWarnings } from "./sense.ts";
import { thresholdMistakes } from "./thresholds.ts";
import { INSTANT } from "./units.ts";
import { ALIASES_MAX, readDocument } from "./yaml-document.ts";

/** A start so far from the moment of reading is another day's. */
const UNREAL_MS = 3_600_000;

/** What a scenario is checked against besides itself. */
export interface ReadOptions {
  readonly overrides?: Overrides;
  /** The kinds of backend that there are. */
  readonly adapters: readonly AdapterFacts[];
  /** What `clock.start: now` means, milliseconds since 1970. Left out: the word is refused. */
  readonly nowMs?: number;
  /** Reads the files that cohorts come from (`readFleetFile`). Left out: such a cohort is refused. */
  readonly fleetFile?: FleetFileReading;
}

/** Reads a scenario; throws a `UserError` with all its mistakes. `fileName` is only shown. */
export function readScenario(text: string, fileName: string, options: ReadOptions): ScenarioDraft {
  const document = readDocument(text, fileName);
  const mistakes: Mistake[] = [...document.oddities];
  const places = new Places(document, applyOverrides(document.yaml, options.overrides ?? {}, mistakes));
  const inFleetFiles: Mistake[] = [];
  const fail = (): never => {
    throw new UserError([...capped(mistakes, fileName), ...inFleetFiles]);
  };

  let value: unknown;
  try {
    value = document.yaml.toJS({ maxAliasCount: ALIASES_MAX });
  } catch {
    // The library throws where aliases would expand to more than that, or name no anchor.
    mistakes.push({
      file: fileName,
      seen: "uses aliases (*name) that cannot be expanded",
      expected: "write the values out",
    });
    return fail();
  }
  const startsNow = resolveNow(value, options.nowMs);
  const areFlagsApplied = mistakes.length === document.oddities.length;
  const parsed = SCENARIO.safeParse(value);
  if (!parsed.success) mistakes.push(...mistakesOf(parsed.error.issues, places));
  // A flag that could not be applied might have changed any sense that is looked for now.
  if (!areFlagsApplied) return fail();
  const sound = parsed.success ? { given: parsed.data, hearsay: undefined } : soundPart(value, parsed.error.issues);
  if (sound === undefined) return fail();
  const { given, hearsay } = sound;
  const draft = draftOf(given, fileName, options, places, hearsay);
  mistakes.push(...draft.mistakes.filter((mistake) => hearsay?.covers(mistake) !== true));
  inFleetFiles.push(...(draft.inFleetFiles ?? []));
  if (mistakes.length > 0 || draft.scenario === undefined) return fail();
  const late = startsNow ? [] : unrealStart(draft.scenario.given, options.nowMs, places);
  return { ...draft.scenario, warnings: [...draft.scenario.warnings, ...late] };
}

/** Puts the moment in the place of `now`; answers whether it was there. */
function resolveNow(value: unknown, nowMs: number | undefined): boolean {
  const clock = isMapping(value) ? value["clock"] : undefined;
  if (!isMapping(clock) || clock["start"] !== "now" || nowMs === undefined) return false;
  clock["start"] = INSTANT.print(Math.floor(nowMs / 1000));
  return true;
}

/** A backend at an url lives in the real day: the run's times on its records would be of another one. */
function unrealStart(given: GivenScenario, nowMs: number | undefined, places: Places): Mistake[] {
  const awayMs = nowMs === undefined ? 0 : Math.abs(given.clock.start * 1000 - nowMs);
  const isReal = (given.backend?.url ?? []).length === 0 || given.backend?.allowSpeed === true;
  if (isReal || awayMs < UNREAL_MS) return [];
  const path = ["clock", "start"];
  const expected = "a backend at an url lives in the real day: write clock.start: now, or --set clock.start=now";
  return [{ ...places.of(path), seen: places.seen(path), expected }];
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the text means, or the mistakes in its sense. */
function draftOf(
  given: GivenScenario,
  fileName: string,
  options: ReadOptions,
  places: Places,
  hearsay?: SoundPart["hearsay"],
): {
  readonly mistakes: readonly Mistake[];
  readonly inFleetFiles?: readonly Mistake[];
  readonly scenario?: ScenarioDraft;
} {
  const mistakes: Mistake[] = [];
  const asked = given.backend?.adapter ?? "rainmaker";
  const found = options.adapters.find(({ kind }) => kind === asked);
  // Whatever kind is meant may be able to do what is asked of it.
  const adapter = found !== undefined && hearsay?.isTaken("backend.adapter") === true ? ableToAll(found) : found;
  if (adapter === undefined) {
    const known = options.adapters.map(({ kind }) => kind).join(", ");
    const path = ["backend", "adapter"];
    mistakes.push({
      ...places.of(path),
      seen: places.seen(path),
      expected: `must be a kind of backend that is there: ${known}`,
    });
    return { mistakes };
  }
  const givenCohorts: readonly GivenCohort[] = given.fleet?.cohorts ?? [{ name: "nodes" }];
  const traits = filledTraits(givenCohorts, places, mistakes);
  const fleet = fleetFilesOf(givenCohorts, options.fleetFile, places, mistakes);
  const sizes = sizesOf(givenCohorts, given, fleet, places, mistakes, hearsay?.hidesSizes === true);
  const cohorts = cohortsOf(given, givenCohorts, traits, fleet.files, sizes);
  const nodes = sizes.reduce((sum, size) => sum + size, 0);
  mistakes.push(...textMistakes(given, cohorts, adapter, places), ...thresholdMistakes(given, cohorts, places));
  if (mistakes.length > 0 || !fleet.areRight) return { mistakes, inFleetFiles: fleet.mistakes };
  const warnings = textWarnings(given, cohorts, adapter, places);
  return { mistakes, scenario: { given, nodes, cohorts, adapter, warnings, places, file: fileName } };
}

function ableToAll(adapter: AdapterFacts): AdapterFacts {
  return {
    ...adapter,
    can: {
      forcePush: true,
      window: true,
      validity: true,
      userApproval: true,
      cancel: true,
      priority: true,
      beliefs: true,
      groups: true,
      dynamicTargets: true,
      timeout: true,
    },
  };
}

/** The path of the image file, as written; undefined where an image is made. */
export function imageFileOf(draft: ScenarioDraft): string | undefined {
  return draft.given.image?.file;
}

/** The paths of the image files that jobs name for themselves, as written, each once. */
export function jobImageFilesOf(draft: ScenarioDraft): readonly string[] {
  return [...new Set(draft.given.jobs.flatMap(({ image }) => (image?.file === undefined ? [] : [image.file])))];
}

/** Nodes of each cohort; zeros where that cannot be said. */
function sizesOf(
  cohorts: readonly GivenCohort[],
  given: GivenScenario,
  fleet: FleetFiles,
  places: Places,
  mistakes: Mistake[],
  areHidden: boolean,
): number[] {
  const before = mistakes.length;
  cohorts.forEach(({ name }, index) => {
    const first = cohorts.findIndex((other) => other.name === name);
    if (first < index) {
      const path = ["fleet", "cohorts", index, "name"];
      mistakes.push({
        ...places.of(path),
        seen: places.seen(path),
        expected: "must be unique: another cohort has this name",
      });
    }
  });
  // How many nodes there are hangs on each file.
  if (!fleet.areRight || areHidden) return cohorts.map(() => 0);
  const sizes = cohortSizes(cohorts, given, fleet);
  const counted = sizes.reduce((sum, size) => sum + ("count" in size ? size.count : 0), 0);
  const shares = sizes.flatMap((size) => ("share" in size ? [size.share] : []));
  const shareSum = shares.reduce((sum, share) => sum + share, 0);
  const list = ["fleet", "cohorts"];
  if (shares.length > 0 && Math.abs(shareSum - 1) > 1e-6) {
    const percent = Number((shareSum * 100).toFixed(4));
    mistakes.push({
      ...places.of(list),
      seen: `has shares that sum to ${percent}%`,
      expected: 'must sum to 100% (a cohort without "nodes" has 100%)',
    });
  }
  const path = ["nodes"];
  const total = given.nodes ?? (shares.length > 0 ? Math.max(DEFAULT_NODES, counted) : counted);
  if (counted > total || (shares.length === 0 && counted !== total)) {
    const hasFiles = fleet.files.some((file) => file !== undefined);
    const advice =
      shares.length === 0 && hasFiles && counted < total
        ? `must be at most ${counted}: a cohort from a file has no more nodes than rows`
        : shares.length === 0
          ? `must be ${counted}, the sum of all cohorts: none of them has a share that could grow or shrink`
          : `must be at least ${counted}: so many nodes are counted by cohorts`;
    mistakes.push({ ...places.of(path), seen: places.seen(path), expected: advice });
  }
  if (total === 0)
    mistakes.push({ ...places.of(list), seen: "has no nodes at all", expected: "give a cohort at least one node" });
  return mistakes.length > before ? sizes.map(() => 0) : nodesOfCohorts(sizes, total);
}

/** What each cohort asks for; of a file all rows, or as many as there is room for. */
function cohortSizes(cohorts: readonly GivenCohort[], given: GivenScenario, { files }: FleetFiles): CohortSize[] {
  const elsewhere = cohorts.reduce(
    (sum, { nodes }) => sum + (nodes !== undefined && "count" in nodes ? nodes.count : 0),
    0,
  );
  const rows = rowsTaken(files, elsewhere, given.nodes);
  return cohorts.map(({ nodes }, index): CohortSize => {
    const count = rows[index];
    return count === undefined ? (nodes ?? { share: 1 }) : { count };
  });
}

function cohortsOf(
  { seed = SEED_DEFAULT }: GivenScenario,
  given: readonly GivenCohort[],
  traits: readonly FilledTraits[],
  files: readonly (FleetFile | undefined)[],
  sizes: readonly number[],
): DraftCohort[] {
  let firstNode = 0;
  return given.flatMap(({ name }, index) => {
    const filled = traits[index];
    const nodes = sizes[index] ?? 0;
    const file = files[index];
    const from = file === undefined ? undefined : draftFileOf(file, nodes, seed, index);
    const cohort = filled === undefined ? [] : [{ name, firstNode, nodes, traits: filled, from }];
    firstNode += nodes;
    return cohort;
  });
}
