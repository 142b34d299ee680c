/** What is wrong with a body, in one sentence for each field: the schema's own findings in the words of this house. */
import { z } from "zod";

/** A body of a million wrong nodes is answered with the first few. */
const MISTAKES_SHOWN_MAX = 5;

/** Kinds of values as the schemas name them. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["string", "text"],
  ["number", "a number"],
  ["int", "a whole number"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["object", "an object"],
  ["record", "an object"],
]);

/** What sizes are counted in, by what has them. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ["string", "character"],
  ["array", "entry"],
]);

/** All mistakes, as sentences. `body` is what was read by `schema`. */
export function bodyMistakes(issues: readonly z.core.$ZodIssue[], body: unknown, schema: z.ZodType): string {
  const told = issues.flatMap((issue) => mistakesOf(issue, body, schema));
  const more = told.length - MISTAKES_SHOWN_MAX;
  const shown = told.slice(0, MISTAKES_SHOWN_MAX).map((mistake) => `${mistake}.`);
  return [...shown, ...(more > 0 ? [`${more} more ${more === 1 ? "is" : "are"} wrong.`] : [])].join(" ");
}

function mistakesOf(issue: z.core.$ZodIssue, body: unknown, schema: z.ZodType): string[] {
  const field = issue.path.map(String).join(".").slice(0, 100);
  if (issue.code !== "unrecognized_keys") return [`${field === "" ? "The body" : field}: ${wordsOf(issue, body)}`];
  const known = field === "" && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const there = known.length === 0 ? "" : `; known here are ${known.join(", ")}`;
  return issue.keys.map((key) => `${field === "" ? "" : `${field}.`}${key.slice(0, 60)}: is unknown${there}`);
}

function wordsOf(issue: z.core.$ZodIssue, body: unknown): string {
  // What a schema of ours says itself is said already.
  if (issue.message.startsWith("must ")) return issue.message;
  switch (issue.code) {
    case "invalid_type": {
      const wanted = `must be ${KINDS.get(issue.expected) ?? issue.expected}`;
      return isThere(body, issue.path) ? wanted : `is missing; ${wanted}`;
    }
    case "invalid_value":
      return `must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_small":
      return `must ${sizeWords("at least", Number(issue.minimum), issue.origin)}`;
    case "too_big":
      return `must ${sizeWords("at most", Number(issue.maximum), issue.origin)}`;
    default:
      return "is not right";
  }
}

function sizeWords(bound: string, size: number, origin: string): string {
  const unit = UNITS.get(origin);
  if (unit === undefined) return `be ${bound} ${size}`;
  const many = unit === "entry" ? "entries" : `${unit}s`;
  return `have ${bound} ${size} ${size === 1 ? unit : many}`;
}

function isThere(body: unknown, path: readonly PropertyKey[]): boolean {
  let at = body;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return true;
}
