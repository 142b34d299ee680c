/** When a node was last seen, as databases and spreadsheets write it. */
const PATTERN =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)? ?(Z|UTC|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?))?$/;

/** Completes "must be ...". */
export const LAST_SEEN_EXPECTED =
  "a date such as 2026-03-28, or an instant from 1990 to 2099 with its offset such as 2026-03-28T18:00:00Z, or empty";

/** Whole seconds since 1970, UTC; a date alone is its midnight. Undefined for a text that is none. */
export function lastSeenSecondsOf(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const utcMs = Date.UTC(year, month - 1, day, Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0));
  // Date.UTC takes 31 February for 3 March.
  const date = new Date(utcMs);
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1 || year < 1990 || year > 2099) return undefined;
  const offsetMinutes = match[8] === undefined ? 0 : Number(match[9]) * 60 + Number(match[10] ?? 0);
  return utcMs / 1_000 - (match[8] === "-" ? -offsetMinutes : offsetMinutes) * 60;
}
