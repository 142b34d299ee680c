/**
 * From a live run to the figures of a model of its servers, each with its evidence; and what could not be fitted, and
 * why. Service times and rates are wall time, whatever the speed of the fleet's clock was.
 */
import { howMany } from "../base/how-many.ts";
import { fitBandwidth, type RateFit } from "./bandwidth-fit.ts";
import type { CalibrationSamples } from "./calibration-samples.ts";
import { type FittedShape, fitShape, type Goodness, SHAPE_SAMPLES_MIN } from "./fitted-shape.ts";
import { fittingSpeed, type JudgedRun } from "./fitting-speed.ts";
import type { MetricName } from "./metrics.ts";
import { fitPushes } from "./push-fit.ts";
import { fitServers, mostTogether, type ServerFit, type Visits } from "./server-fit.ts";

/** A figure of a model: durations in microseconds. */
export type CalibratedFigure =
  | { readonly kind: "duration"; readonly shape: FittedShape }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "events a second"; readonly perSecond: number }
  | { readonly kind: "bytes a second"; readonly perSecond: number };

/** A value of the block `model:` that was fitted. */
export interface FittedValue {
  /** As it stands in the block: `fetch.service`. */
  readonly name: string;
  readonly figure: CalibratedFigure;
  readonly samples: number;
  /** Against the distribution that was measured; undefined for a rate. */
  readonly goodness: Goodness | undefined;
  /** Of a rate: half of the width of its middle half, as a share of it. */
  readonly spread: number | undefined;
}

/** A value that could not be fitted. */
export interface UnfittedValue {
  readonly name: string;
  /** Completes "could not be fitted: ...". */
  readonly because: string;
  /** Completes "it needs ...": what resolution, and which speed should give it; "" = no speed has to do with it. */
  readonly needs: string;
  /** The largest `clock.speed` that should give that; undefined where none is known to. */
  readonly speedMax: number | undefined;
  /** What the block needs all the same, or what is known of the limit: it stands as assumed. */
  readonly assumed: CalibratedFigure | undefined;
}

/** What a run says of its servers. */
export interface ServerCalibration {
  readonly fitted: readonly FittedValue[];
  readonly unfitted: readonly UnfittedValue[];
  /** One trip there and back, microseconds of wall time: taken out of what was fitted. */
  readonly roundTripUs: number;
  /** The largest `clock.speed` at which every metric that was refused should be usable; undefined = none was for its speed. */
  readonly speedMax: number | undefined;
}

/** Trips there and back until the first byte: TCP, TLS 1.2 as the firmware has it, and the request. */
const FIRST_BYTE_ROUND_TRIPS = 4;
/** Until a link stands: TCP and MQTT. */
const CONNECT_ROUND_TRIPS = 2;

/** Fits every value that the samples allow, in the order of the block. */
export function calibrateServers(samples: CalibrationSamples, run: JudgedRun): ServerCalibration {
  const { trips } = samples;
  // The quickest of all: what came on top was somebody's work and no way.
  const roundTripUs = trips.length === 0 ? 0 : trips.reduce((least, us) => Math.min(least, us), Infinity);
  const parts = [
    serverValues("fetch", "fetch_ack", samples.fetches, roundTripUs, run),
    connectValues(samples.connects, roundTripUs, run),
    pushValues(samples),
    bandwidthValues(samples, run),
    firstByteValues(samples.firstBytes, roundTripUs, run),
    serverValues("statuses", "report_ack", samples.statuses, roundTripUs, run),
  ];
  const unfitted = [...parts.flatMap((part) => part.unfitted), ...limitsOf(samples)];
  const speeds = unfitted.flatMap(({ speedMax }) => (speedMax === undefined ? [] : [speedMax]));
  return {
    fitted: parts.flatMap(({ fitted }) => fitted),
    unfitted,
    roundTripUs,
    speedMax: speeds.length === 0 ? undefined : Math.min(...speeds),
  };
}

/**
 * Limits of queues and connections are never fitted: only somebody who is turned away meets one, and a record of that
 * has no word of why, nor of whom the server had with it then. What the run shows is how many it had and kept.
 */
function limitsOf(samples: CalibrationSamples): readonly UnfittedValue[] {
  const { turnedAway } = samples;
  return [
    limitOf("fetch.queue", ["question"], mostTogether(samples.fetches), turnedAway.fetches, "no limit"),
    limitOf("broker.backlog", ["dial"], mostTogether(samples.connects), turnedAway.dials, "what follows from connects"),
    limitOf("cdn.connections", ["download"], mostTogether(samples.downloads), turnedAway.downloads, "no limit"),
    limitOf("statuses.queue", ["status", "statuses"], mostTogether(samples.statuses), turnedAway.statuses, "no limit"),
  ];
}

function limitOf(
  name: string,
  things: readonly [one: string, many?: string],
  most: number,
  turnedAway: number,
  otherwise: string,
): UnfittedValue {
  const taken = `of up to ${howMany(most, ...things)} at once none was turned away: the limit lies no lower`;
  const lost = `turned away or without an answer: ${howMany(turnedAway, ...things)}, and no record says whether for a limit`;
  return unfittedValue(name, `${turnedAway === 0 ? taken : lost}; left out of the block, a plan has ${otherwise}`);
}

interface Values {
  readonly fitted: readonly FittedValue[];
  readonly unfitted: readonly UnfittedValue[];
}

function none(names: readonly string[], because: string): Values {
  return { fitted: [], unfitted: names.map((name) => unfittedValue(name, because)) };
}

function unfittedValue(name: string, because: string): UnfittedValue {
  return { name, because, needs: "", speedMax: undefined, assumed: undefined };
}

/** Nothing of a metric whose samples are not to be used; undefined = they are. */
function refusal(names: readonly string[], metric: MetricName, run: JudgedRun): Values | undefined {
  const known = run.metrics[metric];
  if (known === undefined || known.isValid) return undefined;
  const { needs, speedMax } = fittingSpeed(metric, run) ?? { needs: "", speedMax: undefined };
  const unfitted = names.map((name) => ({ ...unfittedValue(name, known.invalidBecause), needs, speedMax }));
  return { fitted: [], unfitted };
}

function serverValues(
  part: "fetch" | "statuses",
  metric: MetricName,
  visits: Visits,
  roundTripUs: number,
  run: JudgedRun,
): Values {
  const names = [`${part}.servers`, `${part}.service`] as const;
  const refused = refusal(names, metric, run);
  if (refused !== undefined) return refused;
  const { work, servers, togetherMax, noWorkBecause, noServersBecause }: ServerFit = fitServers(visits, roundTripUs);
  if (work === undefined) return none(names, noWorkBecause);
  const fitted: FittedValue[] = [
    {
      name: names[1],
      figure: { kind: "duration", shape: work.shape },
      samples: work.samples,
      goodness: work.goodness,
      spread: undefined,
    },
  ];
  if (servers === undefined) {
    const assumed = { kind: "count", count: Math.max(1, togetherMax) } as const;
    return { fitted, unfitted: [{ ...unfittedValue(names[0], noServersBecause), assumed }] };
  }
  const { count, samples, goodness } = servers;
  const figure = { kind: "count", count } as const;
  return { fitted: [{ name: names[0], figure, samples, goodness, spread: undefined }, ...fitted], unfitted: [] };
}

function connectValues(visits: Visits, roundTripUs: number, run: JudgedRun): Values {
  const name = "broker.connects";
  const refused = refusal([name], "connect", run);
  if (refused !== undefined) return refused;
  const { perSecond, servers, noServersBecause } = fitServers(visits, CONNECT_ROUND_TRIPS * roundTripUs);
  if (perSecond === undefined || servers === undefined) return none([name], noServersBecause);
  const { samples, goodness } = servers;
  const figure = { kind: "events a second", perSecond } as const;
  return { fitted: [{ name, figure, samples, goodness, spread: undefined }], unfitted: [] };
}

function pushValues({ pushes }: CalibrationSamples): Values {
  const { fanOut, noFanOutBecause } = fitPushes(pushes);
  return rateValues("broker.fanOut", "events a second", fanOut, noFanOutBecause, undefined);
}

function bandwidthValues({ transfers }: CalibrationSamples, run: JudgedRun): Values {
  const names = ["cdn.egress", "cdn.perConnection"] as const;
  const refused = refusal(names, "download", run);
  if (refused !== undefined) return refused;
  const fit = fitBandwidth(transfers);
  const egress = rateValues(names[0], "bytes a second", fit.egress, fit.noEgressBecause, fit.totalMost);
  const own = rateValues(names[1], "bytes a second", fit.perConnection, fit.noPerConnectionBecause, fit.connectionMost);
  return { fitted: [...egress.fitted, ...own.fitted], unfitted: [...egress.unfitted, ...own.unfitted] };
}

/** @param most what was seen at most: a limit lies no lower. */
function rateValues(
  name: string,
  kind: "events a second" | "bytes a second",
  rate: RateFit | undefined,
  noneBecause: string,
  most: number | undefined,
): Values {
  if (rate !== undefined) {
    const { perSecond, samples, spread } = rate;
    return { fitted: [{ name, figure: { kind, perSecond }, samples, goodness: undefined, spread }], unfitted: [] };
  }
  const seen = most === undefined || most <= 0 ? "" : `; it gave up to ${Math.round(most)} bytes a second`;
  return none([name], `${noneBecause}${seen}`);
}

function firstByteValues(firstBytes: Float64Array, roundTripUs: number, run: JudgedRun): Values {
  const name = "cdn.firstByte";
  const refused = refusal([name], "first_byte", run);
  if (refused !== undefined) return refused;
  const own = firstBytes.map((us) => Math.max(1, us - FIRST_BYTE_ROUND_TRIPS * roundTripUs));
  if (own.length < SHAPE_SAMPLES_MIN) return none([name], `${own.length} samples, and ${SHAPE_SAMPLES_MIN} are needed`);
  const { shape, samples, goodness } = fitShape(own);
  return {
    fitted: [{ name, figure: { kind: "duration", shape }, samples, goodness, spread: undefined }],
    unfitted: [],
  };
}
