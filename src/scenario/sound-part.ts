/**
 * What is left of a scenario when all that the schema refuses is taken away. Its sense can then be checked too, so that
 * a user hears of every mistake at once, and not of the next kind after mending the first. In the place of what a
 * scenario cannot be without stands something that nothing can be wrong with.
 */
import type * as z from "zod";
import { Hearsay } from "./hearsay.ts";
import { knownKeys } from "./mistakes.ts";
import { type GivenScenario, SCENARIO } from "./schema.ts";

type Path = readonly PropertyKey[];

export interface SoundPart {
  readonly given: GivenScenario;
  /** Which mistakes would only follow from what was taken away. */
  readonly hearsay: Hearsay;
}

/** Taking a value away can leave its block too empty, which is refused in its turn, up to the outermost block. */
const ROUNDS_MAX = 10;

/** Takes refused values out of `value`, which is changed. Undefined where nothing of it can be judged. */
export function soundPart(value: unknown, issues: readonly z.core.$ZodIssue[]): SoundPart | undefined {
  const hearsay = new Hearsay();
  const stoodIn = new Map<string, number>();
  let refused = issues;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    for (const issue of refused) {
      const isUnknownKey = issue.code === "unrecognized_keys";
      if (isUnknownKey)
        hearsay.addLacking(issue.path, issue.keys, keysOf(valueAt(value, issue.path)), knownKeys(issue));
      for (const path of isUnknownKey ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]) {
        const taken = remove(value, path, stoodIn, round);
        if (taken === undefined) return undefined;
        hearsay.addTaken(path);
        hearsay.addTaken(taken);
      }
    }
    const parsed = SCENARIO.safeParse(value);
    if (parsed.success) return { given: withUnknownTimes(parsed.data, hearsay), hearsay };
    refused = parsed.error.issues;
  }
  return undefined;
}

/** Nothing is earlier or later than a time that nobody knows, and of NaN that is true. */
function withUnknownTimes(given: GivenScenario, hearsay: Hearsay): GivenScenario {
  const { clock, end } = given;
  return {
    ...given,
    clock: hearsay.isTaken("clock.start") ? { ...clock, start: NaN } : clock,
    end: hearsay.isTaken("end.after") ? { ...end, after: NaN } : end,
  };
}

const STAND_INS: readonly (readonly [RegExp, (number: number) => unknown])[] = [
  [/^name$/, () => "stand-in"],
  [/^clock$/, () => ({ start: "2026-01-01T00:00:00Z" })],
  [/^clock\.start$/, () => "2026-01-01T00:00:00Z"],
  [/^end$/, () => ({ after: "1h" })],
  [/^end\.after$/, () => "1h"],
  [/^jobs$/, () => [{ name: "stand-in" }]],
  [/^(?:jobs|fleet\.cohorts)\.\d+$/, (number) => ({ name: `stand-in-${number}` })],
  [/^(?:jobs|fleet\.(?:cohorts|groups))\.\d+\.name$/, (number) => `stand-in-${number}`],
  [/^fleet\.groups\.\d+$/, (number) => ({ name: `stand-in-${number}`, nodes: [0] })],
  [/^jobs\.\d+\.rollout$/, () => ({ stages: [{ share: "100%" }], stop: { failed: "5%" } })],
  [/^jobs\.\d+\.rollout\.stop$/, () => ({ failed: "5%" })],
  [/^timeline\.\d+$/, () => ({ at: "1s", do: { pause: "stand-in" } })],
  [/^timeline\.\d+\.at$/, () => "1s"],
  [/^timeline\.\d+\.when$/, () => "stopped{job:stand-in}"],
  [/^timeline\.\d+\.do$/, () => ({ pause: "stand-in" })],
  [/^thresholds\.[^\n]+\.\d+$/, () => "p(50)<1h"],
];

/** Parts of a rollout hang together, and so do the parts of an entry of the timeline; each is taken as a whole. */
const WHOLES: readonly RegExp[] = [
  /^jobs\.\d+\.rollout\.stop(?=\.)/,
  /^jobs\.\d+\.rollout(?=\.stages)/,
  /^timeline\.\d+\.do(?=\.)/,
  /^fleet\.cohorts\.\d+\.from(?=\.)/,
];

/** Takes one value away, or the least around it that can be taken; answers its path, or undefined if there is none. */
function remove(value: unknown, path: Path, stoodIn: Map<string, number>, round: number): Path | undefined {
  // It went with something around it.
  if (typeof valueAt(value, path.slice(0, -1)) !== "object") return path;
  for (let at = wholeOf(path); at.length > 0; at = at.slice(0, -1)) {
    const key = keyOf(at);
    const block = valueAt(value, at.slice(0, -1));
    const last = at.at(-1);
    if (stoodIn.get(key) === round) return at;
    if (typeof block !== "object" || block === null || last === undefined) continue;
    const standIn = STAND_INS.find(([pattern]) => pattern.test(key))?.[1];
    const isThere = Object.hasOwn(block, last);
    if (standIn !== undefined && !stoodIn.has(key) && (isThere || isRequired(key))) {
      stoodIn.set(key, round);
      Reflect.set(block, last, standIn(at.findLast((part) => typeof part === "number") as number));
      return at;
    }
    // One of a list goes with the list, for those behind it would get other numbers.
    if (typeof last === "number" || !isThere || isRequired(key)) continue;
    Reflect.deleteProperty(block, last);
    return at;
  }
  return undefined;
}

function isRequired(key: string): boolean {
  return /^(?:name|clock|clock\.start|end|end\.after|jobs|jobs\.\d+\.name|fleet\.(?:cohorts|groups)\.\d+\.name)$/.test(
    key,
  );
}

/** The parts between dots. A dot that a user wrote in a key is none of them: it must not look like a path. */
function keyOf(path: Path): string {
  return path.map((part) => String(part).replaceAll(".", "\0")).join(".");
}

function wholeOf(path: Path): Path {
  const key = keyOf(path);
  const whole = WHOLES.map((pattern) => pattern.exec(key)?.[0]).find((found) => found !== undefined);
  return whole === undefined ? path : path.slice(0, whole.split(".").length);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (block, key) =>
      typeof block === "object" && block !== null && Object.hasOwn(block, key) ? Reflect.get(block, key) : undefined,
    value,
  );
}

function keysOf(block: unknown): readonly string[] {
  return typeof block === "object" && block !== null ? Object.keys(block) : [];
}
