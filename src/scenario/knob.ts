/** What a sweep turns: one key of the scenario, as for `--set`, and the values that it is set to one after the other. */
import { howMany } from "../base/how-many.ts";
import { type Mistake, UserError } from "../base/user-error.ts";

/** One key with its values, each as it would be written after `--set KEY=`. */
export interface Knob {
  readonly path: string;
  readonly values: readonly string[];
}

/** More values make no line that anybody reads. */
export const KNOB_VALUES_MAX = 50;
/** A sweep of more combinations is a slip of the pen: each is a whole plan, for each seed. */
export const COMBINATIONS_MAX = 500;
/** A fourth knob would make plots of plots. */
export const KNOBS_MAX = 4;

const EXPECTED = "write --sweep KEY=V1,V2,..., for example --sweep autofetch.every=1h,6h,24h";

/** Reads knobs as they were written after `--sweep`; throws a `UserError` with every mistake. */
export function parseKnobs(texts: readonly string[]): readonly Knob[] {
  const mistakes: Mistake[] = [];
  const knobs = texts.map((text) => parseKnob(text, mistakes));
  knobs.forEach(({ path }, at) => {
    if (path !== "" && knobs.findIndex((other) => other.path === path) < at)
      mistakes.push({ file: `--sweep ${path}`, seen: "is there twice", expected: "put its values into one list" });
  });
  if (knobs.length > KNOBS_MAX)
    mistakes.push({
      file: "--sweep",
      seen: `is there ${knobs.length} times`,
      expected: `give at most ${KNOBS_MAX} of them`,
    });
  const combinations = knobs.reduce((product, { values }) => product * values.length, 1);
  if (mistakes.length === 0 && combinations > COMBINATIONS_MAX) {
    const product = knobs.map(({ values }) => values.length).join(" x ");
    mistakes.push({
      file: "--sweep",
      seen: `makes ${product} = ${howMany(combinations, "combination")}`,
      expected: `must make at most ${COMBINATIONS_MAX}`,
    });
  }
  if (mistakes.length > 0) throw new UserError(mistakes);
  return knobs;
}

/** Every combination of the knobs' values, the first knob changing slowest. */
export function combinationsOf(knobs: readonly Knob[]): readonly (readonly string[])[] {
  return knobs.reduce<readonly (readonly string[])[]>(
    (points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  );
}

/** A list as it is written on the command line: commas inside of brackets, braces and quotes divide nothing. */
export function listedValues(text: string): readonly string[] {
  const values: string[] = [];
  let depth = 0;
  let quote = "";
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if ("[{(".includes(character)) depth += 1;
    else if ("]})".includes(character)) depth -= 1;
    else if (character === "," && depth <= 0) {
      values.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...values, text.slice(from).trim()];
}

function parseKnob(text: string, mistakes: Mistake[]): Knob {
  const equals = text.indexOf("=");
  const path = text.slice(0, Math.max(0, equals)).trim();
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
  const refuse = (seen: string, expected: string): void =>
    void mistakes.push({ file: `--sweep ${shown}`, seen, expected });
  if (path === "") {
    refuse("has no KEY=V1,V2", EXPECTED);
    return { path: "", values: [] };
  }
  const values = listedValues(text.slice(equals + 1));
  const twice = values.find((value, at) => values.indexOf(value) < at);
  if (values.every((value) => value === "")) refuse("has no values", EXPECTED);
  else if (values.includes("")) refuse("has an empty value", EXPECTED);
  else if (twice !== undefined) refuse(`has the value ${twice} twice`, "name each value once");
  if (values.length > KNOB_VALUES_MAX) refuse(`has ${values.length} values`, `must have at most ${KNOB_VALUES_MAX}`);
  return { path, values };
}

const SHOWN_MAX = 100;
