/**
 * Every metric, declared once. Reporters, thresholds and the schema read this list; none invents a name.
 * All are durations in microseconds, each from the *intended* start.
 */
import type { MetricClock } from "./run-result.ts";

/** A metric's declaration. */
export interface Metric {
  readonly name: string;
  readonly unit: "us";
  readonly meaning: string;
  /** `composed`: fleet time that the node spent by itself + wall time that it waited for the backend, one to one. */
  readonly clock: MetricClock;
  /** `nodes`: at most one sample a targeted node and job; whoever is not done counts as infinite. */
  readonly over: "samples" | "nodes";
}

/** All metrics, in the order of reports. The reducer knows them by their place in this list. */
export const METRICS = [
  { name: "connect", unit: "us", meaning: "dial -> CONNACK", clock: "wall", over: "samples" },
  { name: "connect_tcp", unit: "us", meaning: "dial -> TCP established", clock: "wall", over: "samples" },
  { name: "connect_tls", unit: "us", meaning: "TCP established -> TLS established", clock: "wall", over: "samples" },
  { name: "fetch_ack", unit: "us", meaning: "fetch due -> PUBACK or HTTP status", clock: "wall", over: "samples" },
  {
    name: "fetch_offer",
    unit: "us",
    meaning: "fetch due -> offer; silence is counted, never sampled",
    clock: "wall",
    over: "samples",
  },
  {
    name: "approval",
    unit: "us",
    meaning: "user asked -> approved, of jobs that users approve",
    clock: "composed",
    over: "nodes",
  },
  { name: "offer", unit: "us", meaning: "job started -> first offer received", clock: "composed", over: "nodes" },
  { name: "wait", unit: "us", meaning: "first offer -> download started", clock: "composed", over: "samples" },
  { name: "stagger", unit: "us", meaning: "job started -> download started", clock: "composed", over: "nodes" },
  { name: "first_byte", unit: "us", meaning: "image asked for -> first byte", clock: "wall", over: "samples" },
  {
    name: "download",
    unit: "us",
    meaning: "download started -> last byte written, of the attempt that was complete",
    clock: "composed",
    over: "samples",
  },
  { name: "reboot", unit: "us", meaning: "image applied -> connected again", clock: "composed", over: "samples" },
  {
    name: "self_test",
    unit: "us",
    meaning: "first boot -> confirmed or rolled back",
    clock: "composed",
    over: "samples",
  },
  { name: "completion", unit: "us", meaning: "job started -> image confirmed", clock: "composed", over: "nodes" },
  {
    name: "reported",
    unit: "us",
    meaning: "job started -> final status acknowledged",
    clock: "composed",
    over: "nodes",
  },
  { name: "report_ack", unit: "us", meaning: "status made -> acknowledged", clock: "wall", over: "samples" },
] as const satisfies readonly Metric[];

/** The name of a metric. */
export type MetricName = (typeof METRICS)[number]["name"];

/** Place of each metric in `METRICS`. */
export const METRIC_NUMBER = Object.fromEntries(METRICS.map(({ name }, number) => [name, number])) as Readonly<
  Record<MetricName, number>
>;
