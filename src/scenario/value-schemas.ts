/**
 * Schemas of single values in a scenario. Each message completes the sentence "clock.speed is 0; ...": it says what
 * would be right, and the place and what was seen are added where the mistake is shown.
 */
import * as z from "zod";
import type { Distribution } from "../fleet/distribution.ts";
import type { Unit } from "./units.ts";

/** Marks the message of a block's unknown keys; the known ones follow, separated by spaces. */
export const KNOWN_KEYS = "known keys: ";

/** A mapping with these keys and no others. */
export function block<Shape extends z.ZodRawShape>(shape: Shape, about: string): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape).join(" ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? `${KNOWN_KEYS}${keys}` : `must be a mapping: ${about}`),
  });
}

/** Facts about a key that a reader of the schema wants: what it is, and what holds where it is left out. */
export interface KeyNotes {
  readonly default?: unknown;
  /** The default is somebody's model, not a measurement. */
  readonly isModel?: boolean;
}

/** A key that may be left out. */
export function optional<S extends z.ZodType>(schema: S, about: string, notes: KeyNotes = {}): z.ZodOptional<S> {
  // `meta` would make a second schema of each, and with some 500 keys they are what a command's start waits for.
  const key = schema.optional();
  z.globalRegistry.add(key, metaOf(about, notes));
  return key;
}

/** A key that must be there. */
export function required<S extends z.ZodType>(schema: S, about: string): S {
  return schema.meta(metaOf(about, {}));
}

function metaOf(about: string, notes: KeyNotes): { description: string; preset?: unknown } {
  const model =
    notes.isModel === true ? " The default is a model, not a measurement: put your own fleet's figure in." : "";
  const description = `${about}${model}`;
  return notes.default === undefined ? { description } : { description, preset: notes.default };
}

/** A quantity with its unit. */
export function quantity<T>(
  unit: Unit<T>,
  range?: { readonly isGood: (value: T) => boolean; readonly expected: string },
) {
  const expected = `must be ${range?.expected ?? unit.expected}`;
  return z
    .string({ error: expected })
    .regex(unit.pattern, { error: expected })
    .register(z.globalRegistry, { examples: [...unit.examples] })
    .transform((text, context): T => {
      const value = unit.parse(text);
      if (value !== undefined && (range === undefined || range.isGood(value))) return value;
      context.addIssue({ code: "custom", message: expected, input: text });
      return z.NEVER;
    });
}

/** Text without control characters. */
export function text(what: string, lengthMax: number) {
  const error = `must be ${what}: text of 1 to ${lengthMax} characters, without control characters`;
  return (
    z
      // YAML reads 2.10 as the number 2.1.
      .string({ error: `${error}; in quotes if it looks like a number` })
      .check(
        z.minLength(1, { error }),
        z.maxLength(lengthMax, { error }),
        // Control characters would reach terminals and reports.
        z.regex(/^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u, { error }),
      )
  );
}

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `must be a whole number from ${min} to ${max}${unquoted(input)}`;
  return z.int({ error }).check(z.gte(min, { error }), z.lte(max, { error }));
}

/** A number above one bound and up to another. */
export function numberAbove(min: number, max: number, what: string) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `must be ${what}: a number above ${min}, at most ${max}${unquoted(input)}`;
  return z.number({ error }).check(z.gt(min, { error }), z.lte(max, { error }));
}

/** Advice for whoever wrote a number as a text. */
function unquoted(input: unknown): string {
  return typeof input === "string" && /^\s*[-+]?[\d.]+\s*$/.test(input) ? ", without quotes" : "";
}

/** A YAML boolean. */
export function yesOrNo() {
  return z.boolean({ error: "must be true or false" });
}

/** One of a few words. The choices follow the marker, so that the nearest can be named. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `${ONE_OF}${words.join(" ")}` });
}

/** Marks the message of a value that must be one of some words; they follow, separated by spaces. */
export const ONE_OF = "must be one of: ";

/** A quantity that varies over the nodes: a plain value, or one law with its figures. */
export function distribution(
  unit: Unit,
  range?: { readonly isGood: (value: number) => boolean; readonly expected: string },
) {
  const value = quantity(unit, range);
  const laws = {
    uniform: optional(
      block({ min: required(value, "The least."), max: required(value, "The greatest.") }, "min and max"),
      "Every value from min to max is equally likely.",
    ),
    lognormal: optional(
      block({ p50: required(value, "Half lie below."), p95: required(value, "95 % lie below.") }, "p50 and p95"),
      "Given by its median and its 95th percentile: the tail decides.",
    ),
    exponential: optional(block({ mean: required(value, "The mean.") }, "mean"), "Given by its mean."),
    normal: optional(
      block({ mean: required(value, "The mean."), sd: required(value, "The standard deviation.") }, "mean and sd"),
      "Given by its mean and standard deviation; values below 0 become 0.",
    ),
  };
  const example = unit.examples[0] ?? "";
  const either = `${range?.expected ?? unit.expected}, or one of uniform, lognormal, exponential, normal with its figures`;
  const law = block(laws, `one of ${Object.keys(laws).join(", ")}`).transform((given, context): Distribution => {
    const mistake = lawMistake(given, example);
    if (mistake !== undefined) context.addIssue({ code: "custom", message: mistake, input: given });
    return lawOf(given);
  });
  const plain = value.transform((fixed): Distribution => ({ kind: "fixed", value: fixed }));
  return z.union([plain, law], { error: `must be ${either}` });
}

interface GivenLaws {
  readonly uniform?: { readonly min: number; readonly max: number } | undefined;
  readonly lognormal?: { readonly p50: number; readonly p95: number } | undefined;
  readonly exponential?: { readonly mean: number } | undefined;
  readonly normal?: { readonly mean: number; readonly sd: number } | undefined;
}

function lawMistake(given: GivenLaws, example: string): string | undefined {
  if (Object.values(given).filter((law) => law !== undefined).length !== 1)
    return `must name exactly one law, for example {exponential: {mean: ${example}}}`;
  if (given.uniform !== undefined && given.uniform.min > given.uniform.max) return "must have min at most max";
  if (given.lognormal !== undefined && !(given.lognormal.p50 > 0 && given.lognormal.p95 > given.lognormal.p50))
    return "must have p50 above 0 and p95 above p50";
  return undefined;
}

function lawOf(given: GivenLaws): Distribution {
  if (given.uniform !== undefined) return { kind: "uniform", ...given.uniform };
  if (given.lognormal !== undefined) return { kind: "lognormal", ...given.lognormal };
  if (given.exponential !== undefined) return { kind: "exponential", ...given.exponential };
  if (given.normal !== undefined) return { kind: "normal", ...given.normal };
  return { kind: "fixed", value: 0 };
}
