/**
 * At which speed of the fleet's clock a metric could be used that was not to be used in a run: what resolution it needs,
 * and the largest speed that should give it. An estimate from the run's own figures, and a careful one: whoever runs at
 * it still has to be told that the metric can be used.
 */
import { MILLISECOND_US } from "../base/instant.ts";
import { LATENESS_ALWAYS_ALLOWED_US } from "./generator-health.ts";
import { COMPRESSION_MAX } from "./composed-time.ts";
import type { MetricName } from "./metrics.ts";
import type { RunResult } from "./run-result.ts";

/** What of a run's result tells how fast its clock might have been. */
export type JudgedRun = Pick<RunResult, "metrics" | "generator" | "clock">;

/** What a metric needs. */
export interface FittingSpeed {
  /** The largest `clock.speed` that should give it, from 1; undefined = no speed helps. */
  readonly speedMax: number | undefined;
  /** Completes "it needs ...". */
  readonly needs: string;
}

/** Undefined where the metric can be used, or where no speed has to do with why it cannot. */
export function fittingSpeed(metric: MetricName, { metrics, generator, clock }: JudgedRun): FittingSpeed | undefined {
  const known = metrics[metric];
  if (known === undefined || known.isValid) return undefined;
  const lateness = generator.lateness[metric];
  if (lateness?.isValid === false && typeof lateness.p99Us === "number") {
    // The same starts over so many times the wall time: a backlog shrinks at least as the load does. The part of the
    // limit that hangs on the metric's own 99th percentile is left out, as much of that was lateness.
    return needed(
      `a lateness of ${LATENESS_ALWAYS_ALLOWED_US / MILLISECOND_US} ms at p99 or less`,
      (clock.speed * LATENESS_ALWAYS_ALLOWED_US) / lateness.p99Us,
      clock.speed,
    );
  }
  const { compression } = known;
  if (compression === null || compression <= COMPRESSION_MAX) return undefined;
  // Raw is own + speed * waits, composed own + waits: so (raw / composed - 1) grows as speed - 1 does.
  const speed = 1 + ((clock.speed - 1) * (COMPRESSION_MAX - 1)) / (compression - 1);
  return needed(`both clocks within ${Math.round((COMPRESSION_MAX - 1) * 100)} % at p95`, speed, clock.speed);
}

function needed(needs: string, speed: number, was: number): FittingSpeed {
  if (was <= 1)
    return {
      speedMax: undefined,
      needs: `${needs}, on a quieter machine or with fewer nodes, as its clock ran in real time already`,
    };
  const speedMax = Math.max(1, twoDigits(speed));
  return { speedMax, needs: `${needs}, which clock.speed ${speedMax}${speedMax === 1 ? "" : " or less"} should give` };
}

/** Downwards: an estimate has no more digits, and a larger speed would promise too much. */
function twoDigits(speed: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, speed))) - 1);
  return Math.floor(speed / step) * step;
}
