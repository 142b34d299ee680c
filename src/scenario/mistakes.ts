/** From what the schema found to mistakes that a person can mend: with place, what was seen, and the likely meaning. */
import { isMap, isNode, isScalar } from "yaml";
import type * as z from "zod";
import { nearestWord } from "../base/nearest-word.ts";
import { readableText } from "../base/readable-text.ts";
import type { Mistake, Place } from "../base/user-error.ts";
import { isWithin, type Overridden, writtenAt } from "./overrides.ts";
import { withoutPassword } from "./without-password.ts";
import { KNOWN_KEYS, ONE_OF } from "./value-schemas.ts";
import type { ScenarioDocument } from "./yaml-document.ts";

type Path = readonly PropertyKey[];

/** Knows where everything of a scenario stands. */
export class Places {
  readonly #document: ScenarioDocument;
  readonly #overridden: readonly Overridden[];

  constructor(document: ScenarioDocument, overridden: readonly Overridden[]) {
    this.#document = document;
    this.#overridden = overridden;
  }

  /** The place of a value, or of its key; what is missing points at the block that lacks it. */
  of(path: Path, what: "value" | "key" = "value"): Place {
    const field = fieldOf(path);
    const override =
      this.#overridden.findLast(({ path: root }) => isWithin(path, root)) ?? this.#overrideThatMade(path);
    if (override !== undefined) return { file: override.flag, field };
    const { file, lines } = this.#document;
    const offset = this.#offsetOf(path, what);
    if (offset === undefined) return { file, field };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, field };
  }

  /** The override below a key that the file does not have: `colour.red=5` has made `colour`. */
  #overrideThatMade(path: Path): Overridden | undefined {
    const node: unknown = this.#document.yaml.getIn(path, true);
    if (path.length === 0 || !isNode(node) || node.range) return undefined;
    return this.#overridden.findLast(({ path: below }) => isWithin(below, path.map(String)));
  }

  /** What stands there: `is "fast"`, `is missing`. */
  seen(path: Path): string {
    const { yaml } = this.#document;
    const node: unknown = path.length === 0 ? yaml.contents : yaml.getIn(path, true);
    if (node === undefined) return "is missing";
    if (isScalar(node)) {
      if (node.value === null) return "is empty";
      return typeof node.value === "string"
        ? `is ${quoted(node.value)}`
        : `is ${node.source ?? JSON.stringify(node.value)}`;
    }
    return isMap(node) ? "is a mapping" : "is a list";
  }

  /** The texts that stand at a key as the command line has it, one for each place that it leads to. */
  written(keys: string): readonly string[] | undefined {
    return writtenAt(keys, this.#document.yaml);
  }

  /** The text that stands there; "" for whatever is no text. */
  textOf(path: Path): string {
    const value: unknown = this.#document.yaml.getIn(path);
    return typeof value === "string" ? value : "";
  }

  #offsetOf(path: Path, what: "value" | "key"): number | undefined {
    const { yaml } = this.#document;
    const at = (length: number): unknown => (length > 0 ? yaml.getIn(path.slice(0, length), true) : yaml.contents);
    for (let length = path.length; length >= 0; length -= 1) {
      const parent = what === "key" && length === path.length && length > 0 ? at(length - 1) : undefined;
      const name = path[length - 1];
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))
        : undefined;
      const node = pair === undefined ? at(length) : pair.key;
      if (isNode(node) && node.range) return node.range[0];
    }
    return undefined;
  }
}

/** All mistakes of the schema's issues; `under` is where the issues' paths begin. */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], places: Places, under: Path = []): Mistake[] {
  // What a block lacks is no news beside a key in it that nobody knows.
  const unknownAt = new Set(issues.filter(({ code }) => code === "unrecognized_keys").map(({ path }) => fieldOf(path)));
  return issues
    .filter(({ code, path }) => code !== "custom" || !unknownAt.has(fieldOf(path)))
    .flatMap((issue) => mistakesOfIssue(issue, [...under, ...issue.path], places));
}

function mistakesOfIssue(issue: z.core.$ZodIssue, path: Path, places: Places): Mistake[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue);
    return issue.keys.map((key) => ({
      ...places.of([...path, key], "key"),
      seen: "is an unknown key",
      expected: `${meant(key, known)}known here are ${known.join(", ")}`,
    }));
  }
  const text = places.textOf(path);
  if (issue.code === "invalid_union") {
    const branch = likeliest(issue.errors, text !== "");
    const first = branch?.[0];
    // A word that is none of the union's words: the union's own message says what else there may be.
    if (first?.code === "invalid_value" && first.path.length === 0) {
      const isList = issue.message.startsWith(ONE_OF);
      const expected = isList
        ? expectedOf(issue.message, text)
        : `${meant(text, first.values.map(String))}${issue.message}`;
      return [mistakeAt(path, expected, places)];
    }
    if (branch !== undefined) return mistakesOf(branch, places, path);
  }
  // A wrong key of a free mapping, such as a zone's name: the schema says what it saw.
  const seenAtKey: unknown = issue.code === "custom" ? issue.params?.["seenAtKey"] : undefined;
  if (typeof seenAtKey === "string") return [{ ...places.of(path, "key"), seen: seenAtKey, expected: issue.message }];
  return [mistakeAt(path, expectedOf(issue.message, text), places)];
}

/** The keys that the block of an unknown one has. */
export function knownKeys({ message }: Pick<z.core.$ZodIssue, "message">): readonly string[] {
  return message.startsWith(KNOWN_KEYS) ? message.slice(KNOWN_KEYS.length).split(" ") : [];
}

function mistakeAt(path: Path, expected: string, places: Places): Mistake {
  return { ...places.of(path), seen: places.seen(path), expected };
}

/** The branch that the user had in mind: one whose kind of value is right. A list of words wants a text. */
function likeliest(
  branches: readonly (readonly z.core.$ZodIssue[])[],
  isText: boolean,
): readonly z.core.$ZodIssue[] | undefined {
  const isWrongKind = ({ code, path }: z.core.$ZodIssue): boolean =>
    path.length === 0 && (code === "invalid_type" || (code === "invalid_value" && !isText));
  const fitting = branches.filter((issues) => !issues.some(isWrongKind));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function expectedOf(message: string, text: string): string {
  if (!message.startsWith(ONE_OF)) return message;
  const words = message.slice(ONE_OF.length).split(" ");
  return `${meant(text, words)}must be ${words.length === 1 ? "" : "one of "}${words.join(", ")}`;
}

function meant(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  return nearest === undefined ? "" : `did you mean ${nearest}? `;
}

/** `fleet.cohorts[0].nodes` */
export function fieldOf(path: Path): string {
  let field = "";
  for (const key of path)
    field += typeof key === "number" ? `[${key}]` : `${field === "" ? "" : "."}${readableText(String(key), 60)}`;
  return field;
}

/** A value of the user in a message: cut, and with control characters made visible. */
export function quoted(text: string): string {
  return `"${readableText(withoutPassword(text), 80)}"`;
}
