/** Ticks of axes: counts from 0, fleet time as UTC, and time since a job began. */
import { scaleLinear, scaleUtc } from "d3-scale";
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from "../../base/instant.ts";
import { isoText } from "../duration-text.ts";
import type { Tick } from "./plot-frame.ts";

/** A vertical axis from 0 to a round value not below the largest one. */
export interface ValueAxis {
  readonly most: number;
  readonly ticks: readonly Tick[];
}

/** Below it the digits of a tick could not be told apart; no rate of a fleet is as small. */
const LEAST = 1e-9;

/** More labels would touch each other at 400 pixels. */
const INSTANTS_MAX = 6;

/**
 * @param steps `whole`: only whole values exist, such as nodes. `binary`: round in the unit that `bytesText` takes.
 */
export function valueAxis(
  largest: number,
  text: (value: number) => string,
  steps: "any" | "whole" | "binary",
): ValueAxis {
  const unit =
    steps === "binary" ? 1024 ** Math.max(0, Math.floor(Math.log(Math.max(1, largest)) / Math.log(1024))) : 1;
  const scale = scaleLinear()
    .domain([0, largest > LEAST ? largest / unit : 1])
    .nice(4);
  const most = scale.domain()[1] ?? 1;
  const values = scale.ticks(4).filter((value) => steps !== "whole" || Number.isInteger(value));
  return { most: most * unit, ticks: values.map((value) => ({ share: value / most, text: text(value * unit) })) };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** Round instants of UTC between two epoch milliseconds; midnights carry the date. */
export function instantTicks(fromMs: number, untilMs: number): readonly Tick[] {
  if (!(untilMs > fromMs)) return [];
  const scale = scaleUtc().domain([fromMs, untilMs]);
  // The scale takes a count as a wish only.
  const wishes = Array.from({ length: INSTANTS_MAX }, (_, fewer) => scale.ticks(INSTANTS_MAX - fewer));
  const instants = wishes.find((ticks) => ticks.length <= INSTANTS_MAX) ?? [];
  return instants.map((instant) => ({
    share: (instant.valueOf() - fromMs) / (untilMs - fromMs),
    text: shortInstant(instant.valueOf()),
  }));
}

function shortInstant(epochMs: number): string {
  const iso = isoText(epochMs) ?? "";
  const [hour, second] = [iso.slice(11, 16), iso.slice(17, 19)];
  if (second !== "00") return `${hour}:${second}`;
  return hour === "00:00" ? `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1] ?? ""}` : hour;
}

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => ({ us: count * SECOND_US, unit: SECOND_US, name: "s" })),
  ...[1, 2, 5, 10, 15, 30].map((count) => ({ us: count * MINUTE_US, unit: MINUTE_US, name: "min" })),
  ...[1, 2, 3, 6, 12].map((count) => ({ us: count * HOUR_US, unit: HOUR_US, name: "h" })),
  ...[1, 2, 5, 10, 30, 60, 180, 365].map((count) => ({ us: count * DAY_US, unit: DAY_US, name: "d" })),
] as const;

/** Round times from 0 to `untilUs`, at most seven. */
export function elapsedTicks(untilUs: number): readonly Tick[] {
  if (!(untilUs > 0)) return [];
  const step = STEPS.find(({ us }) => untilUs / us <= 6.5) ?? { us: untilUs / 5, unit: DAY_US, name: "d" };
  const ticks: Tick[] = [];
  for (let at = 0; at <= untilUs; at += step.us) {
    ticks.push({ share: at / untilUs, text: at === 0 ? "0" : `${Number((at / step.unit).toFixed(1))} ${step.name}` });
  }
  return ticks;
}
