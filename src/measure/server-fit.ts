/**
 * What stands behind a kind of question: so many servers, each of which takes so long, first come, first served. The
 * time of service shows in visits that found nobody before them; the number of servers only where visits had to wait.
 * A visit that finds n others leaves, where all servers are at work, after n + 1 departures: so (n + 1) / its stay is
 * what all servers together get done.
 */
import {
  fitShape,
  type Goodness,
  goodnessOfSamples,
  percentileOf,
  type ShapeFit,
  SHAPE_SAMPLES_MIN,
  shapeMean,
  shapeQuantile,
} from "./fitted-shape.ts";

/** One question: when it was sent, and how long until it was answered; microseconds of wall time. */
export interface Visits {
  readonly atUs: Float64Array;
  readonly stayUs: Float64Array;
}

/** What could be said of the servers. */
export interface ServerFit {
  /** How long one takes. */
  readonly work: ShapeFit | undefined;
  /** Why there is none; "" else. */
  readonly noWorkBecause: string;
  readonly servers: { readonly count: number; readonly samples: number; readonly goodness: Goodness } | undefined;
  readonly noServersBecause: string;
  /** Questions a second that all servers together get done; undefined where they were never all at work. */
  readonly perSecond: number | undefined;
  /** Most visits that were there at once. */
  readonly togetherMax: number;
}

/** A visit that found fewer waits for chance rather than for servers. */
const CROWD_MIN = 8;
/** A stay of so many times the service is a wait. */
const WAITED_TIMES = 3;
const WAITERS_MIN = 50;
/** The model is tried on so many visits at most. */
const TRIED_MAX = 200_000;

/**
 * Fits servers to visits.
 *
 * @param networkUs what a visit spends on the network, taken out of each
 */
export function fitServers(visits: Visits, networkUs: number): ServerFit {
  const { atUs, stayUs } = inOrder(visits);
  const found = foundThere(atUs, stayUs);
  const togetherMax = found.reduce((most, others) => Math.max(most, others + 1), 0);
  const alone = stayUs.filter((_, visit) => found[visit] === 0).map((us) => Math.max(1, us - networkUs));
  const nothing = { work: undefined, servers: undefined, perSecond: undefined, togetherMax };
  if (alone.length < SHAPE_SAMPLES_MIN) {
    const noWorkBecause = `${alone.length} of ${atUs.length} found nobody before them, and ${SHAPE_SAMPLES_MIN} are needed`;
    return { ...nothing, noWorkBecause, noServersBecause: "the time of one is not known" };
  }
  const work = fitShape(alone);
  const capacity = capacityOf(found, stayUs, networkUs, percentileOf(alone.toSorted(), 0.5));
  if (capacity === undefined) {
    const noServersBecause = `they were never all at work: at most ${togetherMax} were there at once`;
    return { ...nothing, work, noWorkBecause: "", noServersBecause };
  }
  const count = Math.max(1, Math.round((capacity.perSecond * shapeMean(work.shape)) / 1_000_000));
  const goodness = triedOn(atUs, stayUs, networkUs, count, work);
  const servers = { count, samples: capacity.samples, goodness };
  return { work, noWorkBecause: "", servers, noServersBecause: "", perSecond: capacity.perSecond, togetherMax };
}

function inOrder({ atUs, stayUs }: Visits): Visits {
  const order = Array.from(atUs.keys()).sort((a, b) => atUs[a]! - atUs[b]!);
  return { atUs: Float64Array.from(order, (at) => atUs[at]!), stayUs: Float64Array.from(order, (at) => stayUs[at]!) };
}

/** Most visits that were there at once. */
export function mostTogether(visits: Visits): number {
  const { atUs, stayUs } = inOrder(visits);
  return foundThere(atUs, stayUs).reduce((most, others) => Math.max(most, others + 1), 0);
}

/** How many others each visit found: those that had come before it and had not gone. */
function foundThere(atUs: Float64Array, stayUs: Float64Array): Float64Array {
  const gone = Float64Array.from(atUs, (at, visit) => at + stayUs[visit]!).sort();
  let left = 0;
  return Float64Array.from(atUs, (at, visit) => {
    while (left < gone.length && gone[left]! <= at) left += 1;
    return visit - left;
  });
}

/** What all servers get done in a second, by the visits that waited for them. */
function capacityOf(
  found: Float64Array,
  stayUs: Float64Array,
  networkUs: number,
  workUs: number,
): { readonly perSecond: number; readonly samples: number } | undefined {
  let [departures, stays, samples] = [0, 0, 0];
  for (let visit = 0; visit < found.length; visit++) {
    const ownUs = stayUs[visit]! - networkUs;
    if (found[visit]! < CROWD_MIN || ownUs < WAITED_TIMES * workUs) continue;
    departures += found[visit]! + 1;
    stays += ownUs;
    samples += 1;
  }
  return samples < WAITERS_MIN ? undefined : { perSecond: (departures / stays) * 1_000_000, samples };
}

/** The fitted servers, tried on the very arrivals that were measured. */
function triedOn(
  atUs: Float64Array,
  stayUs: Float64Array,
  networkUs: number,
  servers: number,
  { shape }: ShapeFit,
): Goodness {
  const visits = Math.min(atUs.length, TRIED_MAX);
  const freeAtUs = new Float64Array(servers);
  const modelled = new Float64Array(visits);
  for (let visit = 0; visit < visits; visit++) {
    const first = leastOf(freeAtUs);
    // Shares that fill the range evenly in any stretch: a draw would add its own chance to the distance.
    const workUs = shapeQuantile(shape, ((visit + 0.5) * GOLDEN) % 1);
    const doneUs = Math.max(atUs[visit]!, freeAtUs[first]!) + workUs;
    freeAtUs[first] = doneUs;
    modelled[visit] = doneUs - atUs[visit]! + networkUs;
  }
  return goodnessOfSamples(modelled.sort(), stayUs.slice(0, visits).sort());
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

function leastOf(values: Float64Array): number {
  let least = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! < values[least]!) least = at;
  return least;
}
