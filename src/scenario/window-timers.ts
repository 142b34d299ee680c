/**
 * Timers that a node sets for one opening of a job's window, and that ring apart. Each offer that comes too early sets
 * one, to whole minutes and 5 s from then, so each rings in the minute behind the opening, as far into it as its offer
 * came into its own. Questions of the period keep their place in the minute and ring as one. A push has a place of its
 * own; so has what a node asks when it comes back from a spell, by timers that fired in it. A later timer that rings
 * between the end of the update and its reboot brings a second offer, and so does the period's next question, which
 * keeps its place in the minute. All of it is rough: right within a factor of 1.5 where many are hit.
 */
import { DAY_US, MINUTE_US, NEVER, SECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { type Distribution, mean, quantileOf, residual } from "../fleet/distribution.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { opensInUs, windowLengthUs } from "./window-opening.ts";

/**
 * What fires without a network asks again after 30 s, a minute, two, four and so on: half a minute on in its minute, or
 * where it was. Against the period's own place that is 30 s, and 5 s more or less for a timer of the opening before.
 */
const AFTER_A_SPELL_US = [25, 30, 35].map((seconds) => seconds * SECOND_US);
/** Every wait for a window ends so much behind the place in the minute of the question that was answered. */
const TIMER_MARGIN_US = 5 * SECOND_US;
/** Points at which distributions are read. */
export const POINTS = pointsIn(32);
/** The same, of which there are many combinations. */
const FEW_POINTS = pointsIn(16);

/**
 * The share of a cohort's nodes, 0 to 1, whose timers bring a second offer.
 *
 * @param downloadUsAt how long the node at a quantile of speed takes for its download
 * @param rebootUs from the end of the update to the reboot
 */
export function offersByTimers(
  scenario: Scenario,
  job: JobScenario,
  cohort: Cohort,
  downloadUsAt: (quick: number) => number,
  rebootUs: number,
): number {
  const { autofetch } = cohort;
  if (autofetch.kind !== "periodic" || job.window === undefined) return 0;
  const downloadsUs = POINTS.map(downloadUsAt);
  // A push reaches who is online.
  const pushed = job.trigger === "default" ? 0 : (job.approval?.share ?? 1) / (1 + awayPerOnline(cohort));
  const bySpell = average(downloadsUs, (us) =>
    average(AFTER_A_SPELL_US, (gap) => (harmsFromUs(us, rebootUs) <= gap && gap <= us + rebootUs ? 1 : 0)),
  );
  const atAnyMoment = atAnyMomentOf(autofetch.everyUs, downloadsUs, rebootUs);
  const inItsSecond =
    autofetch.jitterUs > rebootUs ? atAnyMoment : atOwnSecondOf(autofetch.everyUs, downloadsUs, rebootUs);
  const weights = cohort.zones.reduce((sum, { weight }) => sum + weight, 0);
  return cohort.zones.reduce((sum, { value: zone, weight }) => {
    const opening = firstOpening(scenario, job, zone, autofetch.everyUs);
    if (opening === undefined) return sum + (weight / weights) * pushed * atAnyMoment;
    // Who begins by asking, in an open window, asks again a whole period later.
    const waiting = Math.min(1, opening.waitUs / autofetch.everyUs) * (1 - opening.begunShare);
    const questions = opening.waitUs / autofetch.everyUs;
    // With jitter each question has a place of its own, else all have one.
    const places = autofetch.jitterUs > rebootUs ? questions : Math.min(1, questions);
    const byPlaces = (count: number): number => average(downloadsUs, (us) => drawnApart(count, us, rebootUs));
    const apart =
      pushed * atAnyMoment +
      (1 - pushed) * waiting * inItsSecond +
      pushed * byPlaces(places + 1) +
      (1 - pushed) * byPlaces(places) +
      comesBack(scenario, job, cohort, autofetch.everyUs, opening) * bySpell;
    return sum + (weight / weights) * Math.min(1, apart);
  }, 0);
}

interface Opening {
  /** Fleet time. */
  readonly atUs: number;
  /** From when nodes are offered the job and have to wait. */
  readonly waitUs: number;
  /** Of those who ask once a period, how many do so before that, into an open window, 0 to 1. */
  readonly begunShare: number;
}

/** The opening that nodes of a zone wait for; where the window is open when they first hear, whoever asks later. */
function firstOpening(scenario: Scenario, job: JobScenario, zone: string, everyUs: number): Opening | undefined {
  const heardUs = job.startsUs + (job.approval === undefined ? 0 : quantileOf(job.approval.delayUs)(0.5));
  const opensUs = opensInUs(scenario, job, zone, heardUs);
  if (opensUs === undefined) return undefined;
  if (opensUs > heardUs) return { atUs: opensUs, waitUs: opensUs - heardUs, begunShare: 0 };
  const closesUs = heardUs + windowLengthUs(job);
  const nextUs = closesUs >= NEVER ? undefined : opensInUs(scenario, job, zone, closesUs);
  if (nextUs === undefined) return undefined;
  return { atUs: nextUs, waitUs: nextUs - closesUs, begunShare: Math.min(1, (closesUs - heardUs) / everyUs) };
}

/**
 * The share of nodes that a spell gives a second place in the minute: those that were away while they waited, missed one
 * question and asked another in time, and those that were away at the opening and come back for a later one.
 */
function comesBack(
  { end }: Scenario,
  job: JobScenario,
  cohort: Cohort,
  everyUs: number,
  { atUs, waitUs }: Opening,
): number {
  const { offline } = cohort;
  if (offline.kind !== "spells" || offline.perDay === 0) return 0;
  const { perDay, lastUs } = offline;
  const away = awayPerOnline(cohort);
  const length = quantileOf(lastUs);
  const questions = waitUs / everyUs;
  const spells = ((perDay / (1 + away)) * waitUs) / DAY_US;
  const missesOne = average(POINTS, (u) => Math.min(1, length(u) / everyUs));
  const before = spells * missesOne * Math.min(1, Math.max(0, questions - 1));
  const openings = Math.max(0, Math.floor((end.afterUs - atUs) / DAY_US));
  const found = { offline, everyUs, openUs: windowLengthUs(job) };
  // Who had not asked by the first opening waits for the second, and may be away at that one.
  const unheard = Math.max(0, 1 - questions);
  const atFirst = twoPlacesBehind({ ...found, waitUs, openings, youngerUs: Infinity });
  const atSecond = twoPlacesBehind({ ...found, waitUs: DAY_US, openings: openings - 1, youngerUs: DAY_US });
  return Math.min(1, before + (away / (1 + away)) * (atFirst + unheard * atSecond));
}

interface FoundSpell {
  readonly offline: Extract<Cohort["offline"], { readonly kind: "spells" }>;
  readonly everyUs: number;
  /** How long the window is open. */
  readonly openUs: number;
  /** From when nodes are offered the job before the opening. */
  readonly waitUs: number;
  /** Openings that follow. */
  readonly openings: number;
  /** Spells that have lasted for longer are another opening's. */
  readonly youngerUs: number;
}

/** Of the spells that an opening finds under way, the share that leaves its node two places for a later opening. */
function twoPlacesBehind({ offline, everyUs, openUs, waitUs, openings, youngerUs }: FoundSpell): number {
  const { lastUs } = offline;
  return average(FEW_POINTS, (u) =>
    average(FEW_POINTS, (at) => {
      const [ageUs, restUs] = partsOf(lastUs, u, at);
      const next = Math.ceil(restUs / DAY_US);
      // Who comes back into an open window begins at once, by one timer.
      if (ageUs > youngerUs || next > openings || restUs - (next - 1) * DAY_US < openUs) return 0;
      return average(FEW_POINTS, (phase) => {
        const questionsIn = (fromUs: number, untilUs: number): number =>
          Math.floor(untilUs / everyUs + phase) - Math.floor(fromUs / everyUs + phase);
        // Who heard of the job before it left has a timer that rings in the spell; each question that it missed asks too.
        const chains = (questionsIn(-waitUs, -ageUs) > 0 ? 1 : 0) + questionsIn(-ageUs, restUs);
        const places = chains + (questionsIn(restUs, next * DAY_US) > 0 ? 1 : 0);
        return chains > 0 && places > 1 ? 1 : 0;
      });
    }),
  );
}

/** How long a spell that is found under way has lasted, and what is left of it. What has no memory has both apart. */
function partsOf(lastUs: Distribution, u: number, at: number): readonly [ageUs: number, restUs: number] {
  return lastUs.kind === "exponential"
    ? [residual(lastUs, at, 1), residual(lastUs, u, 1)]
    : [residual(lastUs, u, 1 - at), residual(lastUs, u, at)];
}

/** Days away for each day online. */
function awayPerOnline({ offline }: Cohort): number {
  return offline.kind === "spells" ? (offline.perDay * mean(offline.lastUs)) / DAY_US : 0;
}

/**
 * From when on, after the first update's begin, a second one does harm: it takes as long as the first, and whoever has
 * written the slot whole again before the reboot boots it.
 */
function harmsFromUs(downloadUs: number, rebootUs: number): number {
  return Math.max(downloadUs, rebootUs);
}

/** The share of nodes whose next question does harm, where they begin at any moment of their period. */
export function atAnyMomentOf(everyUs: number, downloadsUs: readonly number[], rebootUs: number): number {
  return Math.min(1, average(downloadsUs, (us) => us + rebootUs - harmsFromUs(us, rebootUs)) / everyUs);
}

/** The same of those who begin at a timer for the window: so many seconds behind the place in the minute of a question. */
function atOwnSecondOf(everyUs: number, downloadsUs: readonly number[], rebootUs: number): number {
  if (everyUs % MINUTE_US !== 0) return atAnyMomentOf(everyUs, downloadsUs, rebootUs);
  return average(downloadsUs, (us) => {
    const minutes = (untilUs: number): number => Math.floor((untilUs + TIMER_MARGIN_US) / MINUTE_US);
    // In how many of the minutes behind it the question would come just then; it comes in one of its period's.
    const hits = minutes(us + rebootUs) - minutes(harmsFromUs(us, rebootUs));
    return Math.min(1, (hits * MINUTE_US) / everyUs);
  });
}

/** How likely, of so many instants in a minute, one lies between the end of the first one's update and its reboot. */
function drawnApart(count: number, downloadUs: number, rebootUs: number): number {
  if (count <= 1) return 0;
  const [from, until] = [harmsFromUs(downloadUs, rebootUs) / MINUTE_US, (downloadUs + rebootUs) / MINUTE_US];
  // The first lies at x with the density n (1 - x)^(n - 1), and each of the others anywhere behind it.
  return average(POINTS, (x) => {
    const hit = Math.max(0, Math.min(1, x + until) - Math.min(1, x + from));
    return count * (1 - x) ** (count - 1) * (1 - (1 - hit / (1 - x)) ** (count - 1));
  });
}

function pointsIn(parts: number): readonly number[] {
  return Array.from({ length: parts }, (_, place) => (place + 0.5) / parts);
}

function average<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0) / values.length;
}
