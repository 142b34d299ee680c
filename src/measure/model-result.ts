/** The part of a plan's result that tells of the modelled servers. Times are whole microseconds of fleet time. */
import type { Series } from "./series.ts";

/** Servers with a queue, or a gate that lets so many through a second. */
export interface ModelServerResult {
  readonly name: "fetch" | "statuses" | "broker connects" | "broker fan-out";
  /** Served at once; null = a gate. */
  readonly servers: number | null;
  /** Share of what they could have done from fleet time 0 to the end, 0 to 1. */
  readonly utilisation: number;
  /** How many may wait; null = any number. */
  readonly queueMax: number | null;
  readonly queuePeak: number;
  readonly taken: number;
  /** Turned away since the queue was full. */
  readonly refused: number;
  /** Waiting or being served when an outage began. */
  readonly lost: number;
  /** From arrival to the begin of the service, of all that were taken. */
  readonly wait: Series;
}

/** Downloads, and the bandwidth that they share. */
export interface ModelDownloadsResult {
  readonly inFlightPeak: number;
  /** null = any number. */
  readonly inFlightMax: number | null;
  /** Requests that were answered 503. */
  readonly refused: number;
  readonly egressBytes: number;
  /** The greatest rate that lasted at all. */
  readonly egressPeakBytesPerSecond: number;
  /** null = no limit. */
  readonly egressMaxBytesPerSecond: number | null;
  /** Share of the limit that was used from fleet time 0 to the end; null = no limit. */
  readonly utilisation: number | null;
  /** Ratio of a class of caps to the next; 1 = each download has its own cap exactly. */
  readonly capStep: number;
  /** Whole bytes that left, one number a bucket of the timelines. */
  readonly egressBytesByBucket: readonly number[];
}

/** A value that the scenario states. */
export interface ModelValueResult {
  /** As in a scenario, without `model.`: `fetch.service`. */
  readonly name: string;
  /** In the scenario's words. */
  readonly value: string;
  /** False = assumed. */
  readonly isCalibrated: boolean;
  /** How well it fits the run that it was fitted to; "" where it was not. */
  readonly fit: string;
}

/** What a scenario's `model:` came to. */
export interface ModelResult {
  readonly servers: readonly ModelServerResult[];
  readonly downloads: ModelDownloadsResult;
  readonly outages: readonly {
    readonly of: "all" | "broker" | "cdn";
    readonly atUs: number;
    readonly untilUs: number;
  }[];
  readonly values: readonly ModelValueResult[];
  /** The run that the calibrated values were fitted to; null = none was. */
  readonly calibratedFrom: string | null;
  /** What the model leaves out, as sentences. */
  readonly leavesOut: readonly string[];
}
