/**
 * When half and when nearly all targets of a job have confirmed its image, as far as period, window, link and the spells
 * in which the run finds its nodes tell: by the nodes themselves, with nothing that goes wrong and no spell that begins
 * later. A staged job counts as if all went at once. Nobody begins after its cancel, timeout or validity; whoever has
 * begun goes on. With `model:` its egress is shared, as in a plan.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { MILLISECOND_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import { seedOf } from "../base/random.ts";
import { approvesAfterUs } from "../fleet/approval.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { EvenPlaces } from "../fleet/even-places.ts";
import { cohortOf } from "../fleet/fleet.ts";
import { type NodeTraits, traitsOf } from "../fleet/traits.ts";
import { downloadLengthUs } from "./download-length.ts";
import { validFromUs } from "./herds.ts";
import { imageOfJob } from "./job-images.ts";
import { lastStartUs } from "./last-start.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";
import { opensInUs, windowLengthUs } from "./window-opening.ts";

/** Fleet time from the job's start; null = not within the run. */
export interface TypicalCompletion {
  readonly p50Us: number | null;
  readonly p95Us: number | null;
  /** Share of the targets that can begin the job within the run, 0 to 1; the others count in no percentile. */
  readonly reachable: number;
}

/** Targets that are looked at, evenly over all: two digits of a percentile need no more. */
const SAMPLE_MAX = 2_000;

/** A question that fell due in a spell is repeated each 480 s, so it comes half of that after the spell on average. */
const AFTER_SPELL_US = 4 * MINUTE_US;

/** Null where the job's start is not known, or none of its targets begins it by what is reckoned here. */
export function typicalCompletion(scenario: Scenario, job: JobScenario, number: number): TypicalCompletion | null {
  if (job.startsBy !== undefined) return null;
  const targets = targetsOf(scenario, job);
  const nodes = evenly([...targets]);
  const untilUs = beginsUntilUs(scenario, job);
  const openings = new Openings(scenario, job, untilUs);
  const begins: Begin[] = [];
  for (const node of nodes) {
    const traits = traitsOf(scenario.fleet, seedOf(scenario.seed), node);
    const cohort = cohortOf(scenario.fleet, node);
    const heardUs = hearsAtUs(scenario, job, number, { node, cohort, traits });
    if (heardUs === undefined || heardUs > untilUs) continue;
    const atUs = openings.from(traits.zone, Math.max(heardUs, validFromUs(scenario, job)));
    if (atUs === undefined || atUs > untilUs) continue;
    begins.push({ atUs, ...lengthsOf(scenario, job, traits) });
  }
  if (begins.length === 0) return null;
  const share = nodes.length / Math.max(1, targets.size);
  const doneUs = endsOf(scenario, job, begins, share).toSorted((a, b) => a - b);
  const at = (quantile: number): number | null => {
    const us = doneUs[Math.ceil(quantile * doneUs.length) - 1] ?? Infinity;
    return us > scenario.end.afterUs ? null : us - job.startsUs;
  };
  return { p50Us: at(0.5), p95Us: at(0.95), reachable: begins.length / nodes.length };
}

/** The last instant at which any node can begin. */
function beginsUntilUs(scenario: Scenario, job: JobScenario): number {
  const cancelledUs = job.startsUs + (job.cancelAfterUs ?? Infinity);
  return Math.min(scenario.end.afterUs, cancelledUs, lastStartUs(scenario, job));
}

interface Begin {
  readonly atUs: number;
  /** Alone on the line. */
  readonly downloadUs: number;
  /** From the last byte until the image is confirmed. */
  readonly restUs: number;
}

function evenly(nodes: readonly number[]): readonly number[] {
  const step = Math.max(1, nodes.length / SAMPLE_MAX);
  return Array.from({ length: Math.floor(nodes.length / step) }, (_, place) => nodes[Math.floor(place * step)] ?? 0);
}

interface Asker {
  readonly node: number;
  readonly cohort: Cohort;
  readonly traits: NodeTraits;
}

/** Fleet time at which a node has the offer; undefined = never, by what is reckoned here. */
function hearsAtUs(
  scenario: Scenario,
  { trigger, approval, startsUs }: JobScenario,
  number: number,
  { node, cohort, traits }: Asker,
): number | undefined {
  const backUs = traits.startsOfflineForUs;
  if (approval !== undefined) {
    const afterUs = approvesAfterUs(approval, seedOf(scenario.seed), node, number);
    return afterUs === undefined ? undefined : Math.max(startsUs + afterUs, backUs);
  }
  // Whom a push does not find asks by its period.
  if (trigger === "force-push" && backUs <= startsUs) return startsUs;
  const { autofetch } = cohort;
  if (autofetch.kind === "never") return undefined;
  const bootsUs = bootedAtUs(scenario, node, traits);
  if (bootsUs !== undefined && bootsUs >= startsUs) return Math.max(bootsUs, backUs);
  if (autofetch.kind !== "periodic") return undefined;
  const firstUs = bootsUs === undefined ? autofetch.everyUs * (1 - traits.autofetchPhase) : bootsUs;
  const rounds = Math.max(0, Math.ceil((startsUs - firstUs) / autofetch.everyUs));
  const asksUs = firstUs + rounds * autofetch.everyUs + autofetch.jitterUs / 2;
  return asksUs >= backUs ? asksUs : backUs + AFTER_SPELL_US;
}

/** When a fleet that boots has a node's first question; undefined = it booted long ago. */
function bootedAtUs({ fleet, clock }: Scenario, node: number, { bootUs }: NodeTraits): number | undefined {
  if (fleet.begins === "running") return undefined;
  const rampUs = fleet.connectOverMs * MILLISECOND_US * clock.speed;
  return rampUs * new EvenPlaces(fleet.nodes).middleOf(node) + bootUs + 5 * SECOND_US;
}

function lengthsOf(
  scenario: Scenario,
  job: JobScenario,
  { throughputBytesPerSecond, flashBytesPerSecond, generation, bootUs }: NodeTraits,
): Omit<Begin, "atUs"> {
  const cap = scenario.model?.cdn?.perConnectionBytesPerSecond ?? Infinity;
  const paces = [throughputBytesPerSecond, flashBytesPerSecond, cap];
  const rebootMs = adapterOf(scenario.backend.adapter)?.generations[generation]?.rebootAfterMs ?? 0;
  return {
    downloadUs: downloadLengthUs(imageOfJob(scenario, job).sizeBytes, paces),
    restUs: rebootMs * MILLISECOND_US + bootUs,
  };
}

/** Windows of the zones, each opening looked for once. */
class Openings {
  readonly #scenario: Scenario;
  readonly #job: JobScenario;
  readonly #untilUs: number;
  readonly #byZone = new Map<string, number[]>();

  constructor(scenario: Scenario, job: JobScenario, untilUs: number) {
    this.#scenario = scenario;
    this.#job = job;
    this.#untilUs = untilUs;
  }

  /** The first moment from this one on at which a zone's nodes may start; undefined = none before the last begin. */
  from(zone: string, atUs: number): number | undefined {
    if (this.#job.window === undefined) return atUs;
    const lengthUs = windowLengthUs(this.#job);
    const opens = this.#byZone.get(zone) ?? [];
    this.#byZone.set(zone, opens);
    for (let place = 0; ; place++) {
      const lastUs = opens[place - 1];
      const sinceUs = lastUs === undefined ? validFromUs(this.#scenario, this.#job) : lastUs + lengthUs + MINUTE_US;
      opens[place] ??= opensInUs(this.#scenario, this.#job, zone, sinceUs) ?? Infinity;
      const openUs = opens[place] ?? Infinity;
      if (openUs > this.#untilUs) return undefined;
      // Nodes come back over the minute of the opening.
      if (atUs <= openUs) return openUs + MINUTE_US / 2;
      if (atUs < openUs + lengthUs) return atUs;
    }
  }
}

/**
 * When each has confirmed the image. A line that is shared gives everybody the same, so whoever began first has the last
 * byte first: processor sharing of equal sizes, beside which each download takes at least what it takes alone.
 */
function endsOf(scenario: Scenario, job: JobScenario, begins: readonly Begin[], share: number): number[] {
  const egress = scenario.model?.cdn?.egressBytesPerSecond;
  const sorted = begins.toSorted((a, b) => a.atUs - b.atUs);
  if (egress === undefined) return sorted.map(({ atUs, downloadUs, restUs }) => atUs + downloadUs + restUs);
  const sizeBytes = imageOfJob(scenario, job).sizeBytes;
  // What is left of each download under way is the same less what it has had: `given` counts what one flow would have had.
  const bytesPerUs = (egress * share) / SECOND_US;
  const givenAtBegin: number[] = [];
  const sharedEndUs: number[] = [];
  let [nowUs, given, ended, begun] = [0, 0, 0, 0];
  while (ended < sorted.length) {
    const flows = begun - ended;
    const nextUs = sorted[begun]?.atUs ?? Infinity;
    const firstEndUs =
      flows === 0 ? Infinity : nowUs + ((sizeBytes - (given - (givenAtBegin[ended] ?? 0))) * flows) / bytesPerUs;
    const thenUs = Math.min(nextUs, firstEndUs);
    if (flows > 0) given += ((thenUs - nowUs) * bytesPerUs) / flows;
    nowUs = thenUs;
    if (firstEndUs <= nextUs) sharedEndUs[ended++] = thenUs;
    else givenAtBegin[begun++] = given;
  }
  return sorted.map(
    ({ atUs, downloadUs, restUs }, place) => Math.max(atUs + downloadUs, sharedEndUs[place] ?? 0) + restUs,
  );
}
