/** Laws about durations: a part is no longer than its whole, and time passes alike on both clocks. */
import { type Law, type LawCheck, type LawInput, equal, notCheckable } from "./law.ts";
import { type Columns, NODE } from "./columns.ts";
import { METRICS } from "./metrics.ts";
import type { Series } from "./run-result.ts";

/** Both clocks may differ by 1 %, and by what the end of a run takes to be noticed. */
const CLOCKS_RATIO_MAX = 0.01;
/** Milliseconds of wall time. */
const CLOCKS_SLACK_MS = 250;

/** C9 to C11. */
export const TIME_LAWS: readonly Law[] = [
  {
    id: "C9.connect",
    sentence: "time of TCP and TLS <= time of connect, over all links",
    check: checkParts,
  },
  {
    id: "C9.lateness",
    sentence: "latencies shorter than the lateness in them = none",
    check: ({ state }) => equal(state.latencies.partsOverWhole, 0, ""),
  },
  {
    id: "C9.percentiles",
    sentence: "series whose percentiles do not ascend from min to max = none",
    check: checkSeries,
  },
  {
    id: "C10",
    sentence: "the sum of all download times = the integral of the downloads in flight",
    check({ state, facts }) {
      const stays = state.sojourns.staysUs(openSinceUs(state.columns), facts.endedAtUs);
      const integral = state.sojourns.integralUs(facts.endedAtUs);
      const verdict = stays.equals(integral) ? "held" : "broken";
      return { verdict, left: stays.value, right: integral.value, detail: "microseconds of fleet time" };
    },
  },
  {
    id: "C11",
    sentence: "fleet time / speed = the coordinator's own clock, within 1 %",
    check({ state, facts }) {
      if (facts.wallMs === null) return notCheckable("virtual time has no wall clock");
      const byFleetMs = facts.endedAtUs / state.plan.speed / 1_000;
      const allowedMs = facts.wallMs * CLOCKS_RATIO_MAX + CLOCKS_SLACK_MS;
      const verdict = Math.abs(byFleetMs - facts.wallMs) <= allowedMs ? "held" : "broken";
      return { verdict, left: byFleetMs, right: facts.wallMs, detail: "milliseconds of wall time" };
    },
  },
];

/** Since when each download runs that the end of the run met. */
function* openSinceUs({ nodeBits, phaseAtUs }: Columns): Generator<number> {
  for (let node = 0; node < nodeBits.length; node++) {
    if ((nodeBits.get(node) & NODE.downloading) !== 0) yield phaseAtUs.get(node);
  }
}

function checkParts({ metrics }: LawInput): LawCheck {
  const [connect, tcp, tls] = [metrics.connect, metrics.connect_tcp, metrics.connect_tls].map(
    (metric) => metric.total.histogram,
  );
  const parts = tcp!.sum.value + tls!.sum.value;
  const whole = connect!.sum.value;
  // Each part is rounded to a microsecond by itself.
  const isWithin = tcp!.count !== connect!.count || parts <= whole + 2 * tcp!.count;
  return {
    verdict: isWithin ? "held" : "broken",
    left: parts,
    right: whole,
    detail: "microseconds",
  };
}

function checkSeries({ metrics }: LawInput): LawCheck {
  const bad = METRICS.filter(({ name }) => !isAscending(metrics[name].total.series())).map(({ name }) => name);
  return equal(bad.length, 0, bad.join(", "));
}

function isAscending({ min, p50, p75, p90, p95, p99, p999, max }: Series): boolean {
  const numbers = [min, p50, p75, p90, p95, p99, p999, max].filter((value) => typeof value === "number");
  return numbers.every((value, index) => index === 0 || numbers[index - 1]! <= value);
}
