/** In which units rates and volumes of bytes are told: in those in which the reader has asked, so that they compare. */
import { significantText } from "./count-text.ts";

/** `bits`: kbit/s; `decimal`: kB; `binary`: KiB, in which images are measured. */
export type ByteSystem = "binary" | "decimal" | "bits";

/** The system that values of knobs are written in. */
export function byteSystemOf(values: readonly string[]): ByteSystem {
  if (values.some((value) => /^[\d.]+[kMG]?bit\/s$/.test(value))) return "bits";
  return values.some((value) => /^[\d.]+[kKMGT]B(?:\/s)?$/.test(value)) ? "decimal" : "binary";
}

/** `50 Mbit/s`, of bytes a second. */
export function bitRateText(bytesPerSecond: number): string {
  return `${decimalText(bytesPerSecond * 8, "bit")}/s`;
}

/** `1.5 MB`; with `unit` of something else. */
export function decimalText(value: number, unit = "B"): string {
  let size = value;
  let step = 0;
  while (Math.abs(size) >= 999.5 && step < STEPS.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${significantText(size)} ${STEPS[step] ?? ""}${unit}`;
}

const STEPS = ["", "k", "M", "G", "T", "P"] as const;
