/**
 * Real firmware for tests, which is not part of the project: the folder that OTAFLEET_FIRMWARE names. Without it the
 * tests that need it are skipped, and generated images stand for the rest.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env["OTAFLEET_FIRMWARE"];

/** Whether there is such a folder. The reason for skipping is printed once a file. */
export const hasFirmware = folder !== undefined && folder !== "";

if (!hasFirmware) console.warn("skipped: tests with real firmware need OTAFLEET_FIRMWARE to name a folder of it");

/** The bytes of a file in the folder. */
export function firmware(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder ?? "", name)));
}

/** The text of a file in the folder. */
export function firmwareText(name: string): string {
  return readFileSync(join(folder ?? "", name), "utf8");
}
