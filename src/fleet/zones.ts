/** Time zones by their IANA names, and the POSIX rule that a node has in place of tzdata. */
import { nearestWord } from "../base/nearest-word.ts";
import { ZONE_TABLE } from "./zone-table.ts";

const ABBREVIATION_LENGTH_MAX = 4;

const ruleOfName = new Map(
  Object.entries(ZONE_TABLE).flatMap(([rule, names]) => names.split(" ").map((name) => [name, rule] as const)),
);

/** The POSIX rule of a zone, from tzdata's own footer; undefined for a name that is no zone. */
export function posixRuleOf(name: string): string | undefined {
  return ruleOfName.get(name);
}

/** Whether tzdata has a zone of this name. */
export function isZone(name: string): boolean {
  return ruleOfName.has(name);
}

/** All names, sorted. */
export function zoneNames(): string[] {
  return [...ruleOfName.keys()].sort();
}

/** The zone that a wrong name most likely meant: by its spelling, or by its last part (`berlin`). */
export function nearestZone(name: string): string | undefined {
  const lower = name.trim().toLowerCase().replaceAll(" ", "_");
  if (lower === "") return undefined;
  const names = zoneNames();
  return (
    names.find((zone) => zone.toLowerCase() === lower) ??
    names.find((zone) => zone.includes("/") && lastPartOf(zone.toLowerCase()) === lastPartOf(lower)) ??
    // An abbreviation one letter from another is no slip: PST is three hours from EST.
    (lower.length <= ABBREVIATION_LENGTH_MAX ? undefined : nearestWord(lower, names))
  );
}

/**
 * What a reader may get wrong about a zone; undefined where nothing is odd. POSIX counts west of Greenwich as
 * positive, and the names of Etc/ keep that: Etc/GMT+5 is five hours *behind* UTC.
 */
export function zoneTrap(name: string): string | undefined {
  const match = /^Etc\/GMT([+-])(\d+)$/.exec(name);
  if (match === null || match[2] === "0") return undefined;
  const [sign, hours] = [match[1] as string, match[2] as string];
  const mirrored = `Etc/GMT${sign === "+" ? "-" : "+"}${hours}`;
  return `${name} is ${hours} h ${sign === "+" ? "behind" : "ahead of"} UTC: its sign is reversed; ${mirrored} is the other one`;
}

function lastPartOf(zone: string): string {
  return zone.slice(zone.lastIndexOf("/") + 1);
}
