/** A sweep as one could have been: three knobs, three seeds, one combination that never gets done. */
import { HOUR_US } from "../../../src/base/instant.ts";
import type { FigureName, FigureValue } from "../../../src/measure/figures.ts";
import { type SearchParts, searchResult } from "../../../src/measure/search-result.ts";
import type { PlannedRun } from "../../../src/measure/planned-run.ts";
import { type SweepParts, sweepResult } from "../../../src/measure/sweep-result.ts";
import type { Verdict } from "../../../src/measure/run-result.ts";

export const FIGURES: readonly FigureName[] = [
  { name: "peak.downloads", title: "Peak downloads in flight", unit: "count", meaning: "downloads at the same time" },
  { name: "completion.p(95)", title: "Completion p95", unit: "us", meaning: "time until 95 % are done" },
  { name: "cost", title: "Cost", unit: "money", meaning: "all of it" },
];

const HEAD = {
  scenario: { name: "night", about: "What egress does the night need?", nodes: 100_000 },
  tags: { branch: "main" },
  versions: { otafleet: "0.1.0", node: "20.20.2" },
  command: "otafleet plan night.yaml --sweep autofetch.every=1h,6h",
  inputs: "abc",
  currency: "USD",
  seeds: [1, 2, 3],
} as const;

/**
 * One plan of the fixture; `metric` is what its threshold is on, `doneShares` how far its figures came that were not
 * reached.
 */
export function planned(
  seed: number,
  verdict: Verdict,
  figures: readonly FigureValue[],
  metric = "completion",
  doneShares?: readonly (number | null)[],
): PlannedRun {
  const hours = typeof figures[1] === "number" ? figures[1] : null;
  const threshold = {
    metric,
    expression: "p(95)<8h",
    verdict: verdict === "passed" ? ("passed" as const) : ("failed" as const),
    actual: hours,
    limit: 8 * HOUR_US,
    unit: "us" as const,
    difference: hours === null ? null : hours - 8 * HOUR_US,
    because: verdict === "passed" ? "" : `${metric}: p(95)<8h does not hold`,
  };
  const reasons = verdict === "passed" ? [] : [`Threshold ${metric}: p(95)<8h does not hold.`];
  return { seed, verdict, reasons, thresholds: [threshold], figures, doneShares };
}

/** `changes` replaces parts of it. */
export function sweepOf(changes: Partial<SweepParts> = {}) {
  const knobs = [
    { path: "model.cdn.egress", values: ["100Mbit/s", "1Gbit/s", "10Gbit/s"] },
    { path: "autofetch.every", values: ["1h", "6h"] },
    { path: "nodes", values: ["1000", "2000"] },
  ];
  const all = knobs.reduce<string[][]>(
    (points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  );
  const runs = all.map((values, place) => ({
    values,
    runs: HEAD.seeds.map((seed): PlannedRun => {
      const isSlow = values[0] === "100Mbit/s";
      const hours: FigureValue =
        isSlow && values[1] === "6h" ? "not reached" : (isSlow ? 11 : 3 + place / 10 + seed / 5) * HOUR_US;
      const figures = [500 * (place + 1) + seed, hours, 120 + place];
      return planned(seed, isSlow ? "failed" : "passed", figures, "completion", [null, 0.9 + seed / 100, null]);
    }),
  }));
  return sweepResult({ ...HEAD, knobs, figures: FIGURES, planned: runs, interruptedBecause: undefined, ...changes });
}

/** A search that found its edge. */
export function searchOf(changes: Partial<SearchParts> = {}) {
  const tried = [100, 178, 316, 560, 1_000, 3_160, 10_000];
  const judged = tried.map((at) => ({
    value: `${at}Mbit/s`,
    at,
    holds: at >= 560,
    runs: HEAD.seeds.map((seed) =>
      planned(seed, "passed", [at === 100 ? "not reached" : ((4_000 + seed * 20) / at) * HOUR_US]),
    ),
  }));
  const { name, title, unit, meaning } = FIGURES[1]!;
  return searchResult({
    ...HEAD,
    knob: "model.cdn.egress",
    until: "completion.p(95) < 8h",
    figure: { name, title, unit, meaning },
    limit: 8 * HOUR_US,
    within: 0.02,
    end: { kind: "edge", fails: 316, holds: 560, isRising: true, isNarrow: true },
    judged,
    interruptedBecause: undefined,
    ...changes,
  });
}
