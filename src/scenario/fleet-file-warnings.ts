/** What a fleet file says that is allowed and most likely not meant: told once a file, with how many rows say it. */
import { grouped } from "../fleet/fleet-file/file-mistakes.ts";
import { zoneKeptInstead } from "../fleet/node-zone.ts";
import { zoneTrap } from "../fleet/zones.ts";
import type { DraftFile } from "./draft.ts";

/** Zones that a warning names; `inspect` shows more. */
const ZONES_NAMED_MAX = 4;

type ZoneRows = readonly (readonly [zone: string, rows: number])[];

/**
 * Warnings of a file, of the rows that are taken: what was seen, and what would be better or follows.
 *
 * @param adapter kind of backend, which says whose firmware the nodes run
 */
export function fleetFileWarnings(
  from: DraftFile,
  adapter: string,
): readonly { readonly seen: string; readonly expected: string }[] {
  const zones = rowsByZone(from);
  const trapped = zones.filter(([zone]) => zoneTrap(zone) !== undefined);
  const trap = zoneTrap(trapped[0]?.[0] ?? "");
  const unknown = zones.filter(([zone]) => zoneKeptInstead(adapter, zone) !== undefined);
  const kept = zoneKeptInstead(adapter, unknown[0]?.[0] ?? "");
  const warnings = [];
  if (trap !== undefined)
    warnings.push({
      seen: `has ${countedRows(trapped)} in zones whose sign is easily mistaken: ${listed(trapped)}`,
      expected: `${trap}; a zone by place, such as America/New_York, is plainer`,
    });
  if (kept !== undefined)
    warnings.push({
      seen: `has ${countedRows(unknown)} in zones that the firmware does not know: ${listed(unknown)}`,
      expected: `these nodes keep the firmware's default, ${kept}`,
    });
  return warnings;
}

/** Of the rows that name a zone; most rows first. */
function rowsByZone({ book }: DraftFile): ZoneRows {
  const names = book.words.zones;
  const rows = new Uint32Array(names.length + 1);
  for (const code of book.columns.zones) rows[code] = (rows[code] ?? 0) + 1;
  const counts = names.map((zone, place) => [zone, rows[place + 1] ?? 0] as const);
  return counts.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function countedRows(zones: ZoneRows): string {
  const rows = zones.reduce((sum, [, count]) => sum + count, 0);
  return `${grouped(rows)} ${rows === 1 ? "row" : "rows"}`;
}

function listed(zones: ZoneRows): string {
  const named = zones.slice(0, ZONES_NAMED_MAX).map(([zone, rows]) => `${zone} (${grouped(rows)})`);
  const more = zones.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${grouped(more)} more` : ""}`;
}
