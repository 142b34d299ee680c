import { UserError, describeMistake } from "../../../src/base/user-error.ts";
import { type FleetFile, FleetFileReader } from "../../../src/fleet/fleet-file/fleet-file-reader.ts";
import { FLEET_COLUMNS, type FleetFileWish } from "../../../src/fleet/fleet-file/fleet-columns.ts";

/** Reads a fleet file in pieces of so many bytes. */
export function fleetFile(text: string | Uint8Array, wish: Partial<FleetFileWish> = {}, pieceBytes = 1_000): FleetFile {
  const reader = new FleetFileReader({ file: "fleet.csv", columns: undefined, links: undefined, ...wish }, "fleet.csv");
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length; at += pieceBytes)
    if (!reader.push(bytes.slice(at, Math.min(bytes.length, at + pieceBytes)))) break;
  return reader.end();
}

/** The mistakes of a fleet file, as they are told. */
export function fleetFileMistakes(text: string | Uint8Array, wish: Partial<FleetFileWish> = {}): string[] {
  try {
    fleetFile(text, wish);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.mistakes.map(describeMistake);
  }
}

/** A fleet file with the standard columns, of as many rows as there are ids. */
export function fleetCsv(rows: readonly Readonly<Partial<Record<(typeof FLEET_COLUMNS)[number], string>>>[]): string {
  const lines = rows.map((row) => FLEET_COLUMNS.map((column) => row[column] ?? "").join(","));
  return `${[FLEET_COLUMNS.join(","), ...lines].join("\n")}\n`;
}
