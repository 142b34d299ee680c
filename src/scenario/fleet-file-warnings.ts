/** What a fleet file says that is allowed and most likely not meant: told once a file, with how many rows say it. */
import { grouped } from "../fleet/fleet-file/file-mistakes.ts";
import { zoneKeptInstead } from "../fleet/node-zone.ts";
import { zoneTrap } from "../fleet/zones.ts";
import type { Mistake } from "../base/user-error.ts";
import type { FleetBook } from "../fleet/fleet-book.ts";
import type { DraftFile } from "./draft.ts";
import { quoted } from "./mistakes.ts";
import { INSTANT } from "./units.ts";

/** Zones that a warning names; `inspect` shows more. */
const ZONES_NAMED_MAX = 4;

type ZoneRows = readonly (readonly [zone: string, rows: number])[];

/**
 * Warnings of a file, of the rows that are taken: what was seen, and what would be better or follows.
 *
 * @param adapter kind of backend, which says whose firmware the nodes run
 * @param world the begin of the run, and the version of the one image that is rolled out, where it is known by now
 */
export function fleetFileWarnings(
  from: DraftFile,
  adapter: string,
  world: {
    readonly startSeconds: number;
    readonly imageVersion: string | undefined;
    readonly isLastSeenAsked: boolean;
  },
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
  return [...warnings, ...versionWarnings(from.book, world.imageVersion), ...futureWarnings(from.book, world)];
}

type Warning = Pick<Mistake, "seen" | "expected">;

function versionWarnings({ words, columns }: FleetBook, imageVersion: string | undefined): readonly Warning[] {
  const rows = new Uint32Array(words.kinds.length);
  for (const code of columns.kinds) rows[code] = (rows[code] ?? 0) + 1;
  const hasVersions = words.kinds.some(({ version }, kind) => version !== undefined && (rows[kind] ?? 0) > 0);
  const countOf = (isIn: (version: string | undefined) => boolean): number =>
    words.kinds.reduce((sum, { version }, kind) => sum + (isIn(version) ? (rows[kind] ?? 0) : 0), 0);
  const without = hasVersions ? countOf((version) => version === undefined) : 0;
  const newer = imageVersion === undefined ? 0 : countOf((version) => isNewer(version, imageVersion));
  return [
    ...(without === 0
      ? []
      : [
          {
            seen: `has ${rowsText(without)} without a version beside others with one`,
            expected: "these nodes run what runs.version of the cohort says, or else a version before the image's",
          },
        ]),
    ...(newer === 0
      ? []
      : [
          {
            seen: `has ${rowsText(newer)} with a version above that of the image, ${quoted(imageVersion ?? "")}`,
            expected: "firmware takes an older version all the same: these nodes go back to it",
          },
        ]),
  ];
}

/** Of versions in plain numbers alone; nobody knows the order of others. */
function isNewer(version: string | undefined, than: string): boolean {
  if (version === undefined || !NUMBERS.test(version) || !NUMBERS.test(than)) return false;
  const [own, other] = [version.split("."), than.split(".")].map((parts) => parts.map(Number)) as [number[], number[]];
  const place = own.findIndex((part, index) => part !== (other[index] ?? 0));
  return place >= 0 && (own[place] ?? 0) > (other[place] ?? 0);
}

const NUMBERS = /^\d{1,9}(?:\.\d{1,9}){0,3}$/;

function futureWarnings(
  { columns }: FleetBook,
  { startSeconds, isLastSeenAsked }: { readonly startSeconds: number; readonly isLastSeenAsked: boolean },
): readonly Warning[] {
  const later = isLastSeenAsked ? columns.lastSeenSeconds.filter((seconds) => seconds > startSeconds).length : 0;
  if (later === 0) return [];
  return [
    {
      seen: `has ${rowsText(later)} last seen after clock.start, ${INSTANT.print(startSeconds)}`,
      expected: "they count as seen just then; give clock.start a day after the file's",
    },
  ];
}

function rowsText(rows: number): string {
  return `${grouped(rows)} ${rows === 1 ? "row" : "rows"}`;
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
  return rowsText(rows);
}

function listed(zones: ZoneRows): string {
  const named = zones.slice(0, ZONES_NAMED_MAX).map(([zone, rows]) => `${zone} (${grouped(rows)})`);
  const more = zones.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${grouped(more)} more` : ""}`;
}
