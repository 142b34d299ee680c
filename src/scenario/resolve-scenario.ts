/** The second step: with the image known, everything that a scenario left out is filled in, and its reach is judged. */
import { assert } from "../base/assert.ts";
import { type Mistake, UserError } from "../base/user-error.ts";
import type { Autofetch, Cohort, RunningImage } from "../fleet/cohort.ts";
import type { RowKind } from "../fleet/fleet-book.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import { backendFaultsOf } from "./backend-faults.ts";
import type { FilledTraits } from "./cohort-traits.ts";
import { BACKEND_DEFAULTS, CONNECT_OVER, IMAGE_DEFAULTS, SEED_DEFAULT, VERSION_BEFORE } from "./defaults.ts";
import type { DraftCohort, ScenarioDraft } from "./draft.ts";
import { capped } from "./capped-mistakes.ts";
import { cohortFileOf } from "./fleet-files.ts";
import { reachWarnings } from "./reach-warnings.ts";
import { reachMistakes } from "./reach.ts";
import { defectsOf, groupsOf, jobOf } from "./resolve-jobs.ts";
import { pricesOf } from "./prices.ts";
import { modelOf } from "./model-schema.ts";
import type { BackendPlan, ImageFacts, ImagePlan, Scenario, Selftest } from "./scenario.ts";
import type { GivenScenario } from "./schema.ts";
import { timelineOf } from "./timeline-schema.ts";
import { powerCutsOfTimeline } from "./outages.ts";
import { DURATION, SIZE } from "./units.ts";

export interface ResolvedScenario {
  readonly scenario: Scenario;
  /** What is allowed and most likely not meant; those of the text first. */
  readonly warnings: readonly Mistake[];
}

/**
 * Fills in a scenario; throws a `UserError` if nobody could ever hear of its job.
 *
 * @param facts of the image file that `imageFileOf` names; not asked for where an image is made
 * @param jobFacts of the files that `jobImageFilesOf` names, by path
 */
export function resolveScenario(
  draft: ScenarioDraft,
  facts?: ImageFacts,
  jobFacts: ReadonlyMap<string, ImageFacts> = new Map(),
): ResolvedScenario {
  const { given, cohorts, nodes, adapter, places } = draft;
  const image = imageOf(given, facts);
  const timeline = timelineOf(given.timeline);
  const scenario: Scenario = {
    schema: 1,
    name: given.name,
    about: given.about ?? "",
    tags: given.tags ?? {},
    seed: given.seed ?? SEED_DEFAULT,
    clock: { startUtcMs: given.clock.start * 1000, speed: given.clock.speed ?? 1 },
    backend: backendOf(given),
    ...(given.model === undefined ? {} : { model: modelOf(given.model) }),
    image,
    fleet: {
      nodes,
      begins: given.fleet?.begins ?? "running",
      connectOverMs: (given.fleet?.connect?.over ?? duration(CONNECT_OVER)) / 1000,
      cohorts: cohorts.map((cohort, index) => cohortOf(cohort, given, index, image, adapter.defaultGeneration)),
      powerCuts: timeline === undefined ? undefined : powerCutsOfTimeline(timeline),
    },
    groups: groupsOf(given),
    jobs: given.jobs.map((job) => jobOf(job, image, jobFacts, given.timeline)),
    timeline,
    end: { when: given.end.when ?? "settled", afterUs: given.end.after },
    thresholds: Object.entries(given.thresholds ?? {}).map(([metric, expressions]) => ({ metric, expressions })),
    prices: pricesOf(given.prices),
    selftest: selftestOf(given),
  };
  const canPush = adapter.can.forcePush;
  const mistakes = reachMistakes(scenario, places, canPush);
  if (mistakes.length > 0) throw new UserError(capped(mistakes, draft.file));
  return { scenario, warnings: [...draft.warnings, ...reachWarnings(scenario, places, canPush)] };
}

function imageOf(given: GivenScenario, facts: ImageFacts | undefined): ImagePlan {
  const path = given.image?.file;
  if (path !== undefined) {
    assert(facts !== undefined, "the header of an image file is read before its scenario is resolved");
    const { project, version, chip, secureVersion, sizeBytes, defects } = facts;
    return { from: "file", path, project, version, chip, secureVersion, sizeBytes, ...defectsOf(defects) };
  }
  const made = given.image?.make ?? {};
  const sizeBytes = made.size ?? SIZE.parse(IMAGE_DEFAULTS.size);
  assert(sizeBytes !== undefined, "the default size is a size");
  return {
    from: "make",
    project: made.project ?? IMAGE_DEFAULTS.project,
    version: made.version ?? IMAGE_DEFAULTS.version,
    chip: made.chip ?? IMAGE_DEFAULTS.chip,
    secureVersion: made.secureVersion ?? IMAGE_DEFAULTS.secureVersion,
    sizeBytes,
    ...defectsOf(made.defects),
  };
}

function backendOf({ backend }: GivenScenario): BackendPlan {
  return {
    adapter: backend?.adapter ?? BACKEND_DEFAULTS.adapter,
    urls: backend?.url ?? [],
    broker:
      backend?.broker === undefined
        ? undefined
        : { url: backend.broker.url, ca: backend.broker.ca, username: backend.broker.username },
    basicIngest: backend?.basicIngest ?? BACKEND_DEFAULTS.basicIngest,
    tls: backend?.tls ?? BACKEND_DEFAULTS.tls,
    urlLifeUs: backend?.urlLife ?? duration(BACKEND_DEFAULTS.urlLife),
    faults: backendFaultsOf(backend?.faults),
    strict: backend?.strict ?? BACKEND_DEFAULTS.strict,
  };
}

function cohortOf(
  { name, firstNode, nodes, traits, from }: DraftCohort,
  given: GivenScenario,
  index: number,
  image: ImagePlan,
  defaultGeneration: string,
): Cohort {
  const { zones, link, flash, offline, powerCuts, boot, faults } = traits;
  const runsOf = (kind: Partial<RowKind>): RunningImage => runningImageOf(traits.runs, kind, image, defaultGeneration);
  const own = given.fleet?.cohorts?.[index];
  return {
    name,
    ...(from === undefined || own === undefined ? {} : { from: cohortFileOf(own, from, runsOf, given.clock.start) }),
    firstNode,
    nodes,
    runs: runsOf({}),
    zones,
    throughputBytesPerSecond: link.throughput,
    latencyUs: link.latency,
    ...(link.loss === 0 ? {} : { lossShare: link.loss }),
    flashBytesPerSecond: flash.write,
    offline: offline === "none" ? { kind: "none" } : { kind: "spells", perDay: offline.spells, lastUs: offline.last },
    powerCuts: powerCuts.map((cut) => ({ atUs: cut.at, forUs: cut.for })),
    autofetch: autofetchOf(traits.autofetch),
    bootUs: boot,
    faults: FAULT_NAMES.flatMap((fault) => {
      const share = faults[fault];
      return share === undefined || share === 0 ? [] : [{ fault, share }];
    }),
  };
}

/** What nodes run; `kind` is what a row of a file says, and goes before the cohort's own words. */
function runningImageOf(
  runs: FilledTraits["runs"],
  kind: Partial<RowKind>,
  image: ImagePlan,
  defaultGeneration: string,
): RunningImage {
  // Nodes refuse the version that they run, so the version before is never the image's.
  const versionBefore = image.version === VERSION_BEFORE ? `${VERSION_BEFORE}-2` : VERSION_BEFORE;
  const project = kind.project ?? runs.project ?? image.project;
  const hardware = kind.hardware === undefined ? runs.hardware : [{ value: kind.hardware, weight: 1 }];
  return {
    project,
    version: kind.version ?? runs.version ?? versionBefore,
    chip: runs.chip ?? image.chip,
    secureVersion: runs.secureVersion ?? 0,
    ...(hardware === undefined ? {} : { hardware }),
    type: runs.type ?? project,
    model: runs.model ?? project,
    checks: {
      project: runs.checks?.project ?? true,
      version: runs.checks?.version ?? true,
      secureVersion: runs.checks?.secureVersion ?? true,
    },
    generations: runs.generation ?? [{ value: defaultGeneration, weight: 1 }],
  };
}

function autofetchOf(autofetch: FilledTraits["autofetch"]): Autofetch {
  if (autofetch === "never") return { kind: "never" };
  if (autofetch === "after-boot") return { kind: "after boot" };
  const { every, phase, jitter } = autofetch;
  assert(every !== undefined, "a period is asked for while the text is read");
  // Written is the time until the first question; kept is how much of the period has passed. Neither end is meant:
  // a node that asks at once has all but the last microsecond behind it.
  const passed =
    typeof phase === "number" ? Math.min(Math.max(1 - phase / every, 1 / every), 1 - 1 / every) : (phase ?? "uniform");
  return { kind: "periodic", everyUs: every, phase: passed, jitterUs: jitter ?? 0 };
}

function selftestOf({ selftest }: GivenScenario): Selftest | undefined {
  if (selftest === undefined) return undefined;
  const blocked = selftest["loop-blocked"];
  const dies = selftest["worker-dies"];
  return {
    workerDiesAtMs: dies === undefined ? undefined : dies / 1000,
    loopBlocked: blocked === undefined ? undefined : { atMs: blocked.at / 1000, forMs: blocked.for / 1000 },
    backendBelievesFirstStatus: selftest["backend-believes-first-status"] ?? false,
  };
}

function duration(text: string): number {
  const us = DURATION.parse(text);
  assert(us !== undefined, `${text} is a duration`);
  return us;
}
