/**
 * A calibration as the block `model:` of a scenario, each value with its evidence beside it. What the block needs and
 * the run did not show stands in it as assumed, and is not listed under `calibrated`.
 */
import { unreachable } from "../base/assert.ts";
import { SECOND_US } from "../base/instant.ts";
import type { CalibratedFigure, FittedValue } from "../measure/calibration.ts";
import type { FittedShape } from "../measure/fitted-shape.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { BANDWIDTH, DURATION, PER_SECOND } from "../scenario/units.ts";
import type { RunCalibration } from "./calibrate-run.ts";

/** The parts of the block, in its order. */
const PARTS = ["fetch", "broker", "cdn", "statuses"] as const;

/** The block as YAML; "" where nothing could be fitted. */
export function modelText(calibration: Omit<RunCalibration, "endedAtUs">): string {
  const { document, fitted, unfitted } = calibration;
  if (fitted.length === 0) return "";
  const assumed = unfitted.flatMap(({ name, assumed: figure, because }) =>
    figure === undefined ? [] : [{ name, figure, because }],
  );
  const lines = PARTS.flatMap((part) => {
    const own = [
      ...assumed.map(({ name, figure, because }) => ({ name, figure, remark: `assumed: ${because}` })),
      ...fitted.map((value) => ({ name: value.name, figure: value.figure, remark: evidenceText(value) })),
    ].filter(({ name }) => name.startsWith(`${part}.`));
    if (own.length === 0) return [];
    return [
      `  ${part}:`,
      ...own.map(({ name, figure, remark }) => `    ${name.slice(part.length + 1)}: ${figureText(figure)} # ${remark}`),
    ];
  });
  return `${[
    "# What a run showed of its servers; durations and rates are wall time. For a plan: --model FILE.",
    ...compressedClock(document.scenario.clock.speed).map((sentence) => `# ${sentence}`),
    ...missing(calibration),
    "model:",
    ...lines,
    "  calibrated:",
    `    from: ${quoted(document.run)}`,
    "    values:",
    ...fitted.map((value) => `      ${value.name}: ${quoted(evidenceText(value))}`),
  ].join("\n")}\n`;
}

/** What a compressed clock means for the figures, in sentences; none at real time. */
export function compressedClock(speed: number): readonly string[] {
  if (speed <= 1) return [];
  const fleet = DURATION.print(Math.round(speed * SECOND_US));
  return [
    `The run's clock was compressed (clock.speed ${speed}): its servers met in a second what the fleet asks in ${fleet}.`,
    "Durations and rates are wall time all the same, and are those of servers under that load.",
  ];
}

/** What a slower clock would add to the block. */
function missing({ unfitted, speedMax }: Pick<RunCalibration, "unfitted" | "speedMax">): readonly string[] {
  if (speedMax === undefined) return [];
  const names = unfitted.filter((value) => value.speedMax !== undefined).map(({ name }) => name);
  return [`# Not in it, as the clock was too fast for them: ${names.join(", ")}. Try clock.speed ${speedMax}.`];
}

/** A text of somebody else's, as YAML and JSON both read it. */
function quoted(text: string): string {
  return JSON.stringify(harmlessLine(text, 150));
}

/** A figure as a scenario has it. */
export function figureText(figure: CalibratedFigure): string {
  switch (figure.kind) {
    case "count":
      return String(figure.count);
    case "events a second":
      return PER_SECOND.print(rounded(figure.perSecond));
    case "bytes a second":
      return BANDWIDTH.print(Math.max(1, Math.round(rounded(figure.perSecond))));
    case "duration":
      return shapeText(figure.shape);
    default:
      return unreachable(figure);
  }
}

function shapeText(shape: FittedShape): string {
  const us = (value: number): string => DURATION.print(Math.max(1, Math.round(rounded(value))));
  switch (shape.kind) {
    case "fixed":
      return us(shape.value);
    case "exponential":
      return `{ exponential: { mean: ${us(shape.mean)} } }`;
    case "lognormal": {
      const [p50, p95] = [us(shape.p50), us(shape.p95)];
      // Of a microsecond or two nothing is left between the two.
      return p50 === p95 ? p50 : `{ lognormal: { p50: ${p50}, p95: ${p95} } }`;
    }
    default:
      return unreachable(shape);
  }
}

/** More digits than three no fit has. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** How well a value fits, in words. */
export function evidenceText({
  samples,
  goodness,
  spread,
}: Pick<FittedValue, "samples" | "goodness" | "spread">): string {
  const distance = goodness?.distance ?? null;
  const off = (["p50", "p95", "p99"] as const).flatMap((percentile) => {
    const error = goodness?.errors[percentile] ?? null;
    return error === null ? [] : [`${signed(error)} at ${percentile}`];
  });
  return [
    `${samples} samples`,
    ...(distance === null ? [] : [`Kolmogorov-Smirnov distance ${Number(distance.toFixed(3))}`]),
    ...(off.length === 0 ? [] : [`off by ${off.join(", ")}`]),
    ...(spread === undefined ? [] : [`the middle half within ${percentOf(spread)}`]),
  ].join("; ");
}

function signed(share: number): string {
  return `${share < 0 ? "-" : "+"}${percentOf(Math.abs(share))}`;
}

function percentOf(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
