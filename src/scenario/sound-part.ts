/**
 * What is left of a scenario when all that the schema refuses is taken away. Its sense can then be checked too, so that
 * a user hears of every mistake at once, and not of the next kind after mending the first.
 */
import type * as z from "zod";
import { type GivenScenario, SCENARIO } from "./schema.ts";

type Path = readonly PropertyKey[];

export interface SoundPart {
  readonly given: GivenScenario;
  /** What was taken away: mistakes about it, about what holds it and about sums over it would be hearsay. */
  readonly taken: readonly Path[];
}

/** Taking a value away can leave its block too empty, which is refused in its turn. */
const ROUNDS_MAX = 3;

/**
 * Takes refused values out of `value`, which is changed. Undefined where something is refused that everything else
 * hangs on: the kind of backend, or a whole cohort or job; or where something required is missing.
 */
export function soundPart(value: unknown, issues: readonly z.core.$ZodIssue[]): SoundPart | undefined {
  const taken: Path[] = [];
  let refused = issues;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    for (const issue of refused) {
      const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
      for (const path of paths) {
        if (isHungOn(path) || !take(value, path)) return undefined;
        taken.push(path);
      }
    }
    const parsed = SCENARIO.safeParse(value);
    if (parsed.success) return { given: parsed.data, taken };
    refused = parsed.error.issues;
  }
  return undefined;
}

/** Whether a mistake at `path` says nothing new, or nothing certain, beside those that were taken away. */
export function isHearsay(path: string, taken: readonly string[]): boolean {
  return taken.some(
    (other) =>
      isInside(path, other) ||
      isInside(other, path) ||
      // The nodes of the fleet are the sum of those of its cohorts.
      (path === "nodes" && /^fleet\.cohorts\[\d+\]\.nodes/.test(other)) ||
      (other === "nodes" && path === "fleet.cohorts"),
  );
}

function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

function isHungOn(path: Path): boolean {
  const [room, part] = path;
  if (room === undefined || room === "backend") return true;
  if (room === "jobs") return path.length <= 2;
  return room === "fleet" && (part === undefined || ((part === "cohorts" || part === "groups") && path.length <= 3));
}

/** Takes one value away; one of a list with the list, for those behind it would get other numbers. */
function take(value: unknown, path: Path): boolean {
  const last = path.at(-1);
  if (last === undefined) return false;
  if (typeof last === "number") return take(value, path.slice(0, -1));
  let block = value;
  for (const key of path.slice(0, -1)) {
    if (typeof block !== "object" || block === null) return true;
    block = (block as Record<PropertyKey, unknown>)[key];
  }
  // It went with a block that was taken before.
  if (typeof block !== "object" || block === null) return true;
  if (!Object.hasOwn(block, last)) return false;
  return Reflect.deleteProperty(block, last);
}
