/** What a verdict must not hide: a run can pass on its thresholds while some of its metrics measure the generator. */
import { COMPRESSION_MAX } from "../measure/composed-time.ts";
import { fittingSpeed } from "../measure/fitting-speed.ts";
import type { MetricName } from "../measure/metrics.ts";
import type { RunResult } from "../measure/run-result.ts";
import { counted } from "./count-text.ts";
import { durationText } from "./duration-text.ts";

/** What of a result tells which metrics are not to be used. */
export type Judged = Pick<RunResult, "metrics" | "generator" | "clock" | "thresholds" | "verdict">;

/**
 * Which metrics were sampled and are not to be used, why, and what would help; undefined where there is none. The
 * names are those of `result.metrics`, so they come from no node or backend.
 */
export function unusableMetricsText(result: Judged): string | undefined {
  const { metrics, verdict, thresholds } = result;
  const sampled = Object.entries(metrics).filter(([, { count }]) => count > 0);
  const unusable = sampled.filter(([, { isValid }]) => !isValid).map(([name]) => name);
  if (unusable.length === 0) return undefined;
  const are = unusable.length === 1 ? "is" : "are";
  const late = unusable.filter((name) => isLate(name, result));
  const compressed = unusable.filter((name) => !late.includes(name) && isCompressed(name, result));
  const others = unusable.filter((name) => !late.includes(name) && !compressed.includes(name));
  const causes = [
    ...(late.length === 0 ? [] : [`the generator was late for ${late.join(", ")}`]),
    ...(compressed.length === 0 ? [] : [`the clock was compressed too hard for ${compressed.join(", ")}`]),
    ...(others.length === 0 ? [] : [`the report says why of ${others.join(", ")}`]),
  ];
  // A threshold on one of them would not have passed.
  const whose =
    verdict === "passed" && thresholds.length > 0
      ? ` and no threshold is on ${unusable.length === 1 ? "it" : "them"}`
      : "";
  const told = `${unusable.length} of ${counted(sampled.length, "metric")} ${are} not to be used${whose}: ${causes.join("; ")}.`;
  return [told, ...adviceOf(unusable, result)].join(" ");
}

/** Metrics whose time was stretched by the clock, with raw / composed at p95. */
export function compressedMetrics(result: Judged): readonly (readonly [name: string, compression: number])[] {
  return Object.entries(result.metrics).flatMap(([name, { isValid, compression }]) =>
    isValid || compression === null || isLate(name, result) || !isCompressed(name, result) ? [] : [[name, compression]],
  );
}

function isLate(name: string, { generator }: Judged): boolean {
  return generator.lateness[name]?.isValid === false;
}

function isCompressed(name: string, { metrics }: Judged): boolean {
  return (metrics[name]?.compression ?? 0) > COMPRESSION_MAX;
}

/** A step that is worth a run: what is late by little is then measured, and the run still ends the same day. */
const SLOWER = 10;

function adviceOf(unusable: readonly string[], result: Judged): readonly string[] {
  const { driver, speed, endedAtUs } = result.clock;
  const fitting = unusable.flatMap((name) => fittingSpeed(name as MetricName, result) ?? []);
  if (driver === "virtual" || fitting.length === 0) return [];
  if (speed <= 1) return ["Fewer nodes (-n) or a quieter machine measure more of them."];
  const speeds = fitting.flatMap(({ speedMax }) => speedMax ?? []);
  const least = speeds.length < unusable.length ? 1 : Math.min(...speeds);
  const next = Math.max(least, 1, Math.round(speed / SLOWER));
  const more = `try --set clock.speed=${next}, which takes ${durationText(endedAtUs / next)}`;
  const all = least < next && speeds.length === unusable.length ? `; all should be had at ${least}` : "";
  return [`A slower clock or fewer nodes (-n) measure more of them: ${more}${all}.`];
}
