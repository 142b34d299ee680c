/** Short names for a sweep's knobs and values: what they have in common is left out, what tells them apart stays. */
import type { SweepResult } from "../../measure/sweep-result.ts";

/** A value of more units is shortened, in tables and sentences; the head of the page has it whole. */
export const VALUE_UNITS_MAX = 24;

/**
 * The sweep with its knobs under the ends of their paths, as many parts as it takes to tell them apart, two at least:
 * `faults.boot-loop`; and with long values cut to what differs. Whole ones stand at the head of the page, and in the JSON.
 */
export function withShortNames(sweep: SweepResult): SweepResult {
  const values = sweep.knobs.map((knob) => shortValues(knob.values, VALUE_UNITS_MAX));
  const shortOf = (own: readonly string[]): readonly string[] =>
    own.map((value, place) => values[place]?.[sweep.knobs[place]?.values.indexOf(value) ?? -1] ?? value);
  const paths = shortPaths(sweep.knobs.map(({ path }) => path));
  return {
    ...sweep,
    knobs: sweep.knobs.map((knob, place) => ({
      ...knob,
      path: paths[place] ?? knob.path,
      values: values[place] ?? knob.values,
    })),
    points: sweep.points.map((point) => ({ ...point, values: shortOf(point.values) })),
    missing: sweep.missing.map((run) => ({ ...run, values: shortOf(run.values) })),
  };
}

const SHORT_PARTS_MIN = 2;

function shortPaths(paths: readonly string[]): readonly string[] {
  const parts = paths.map((path) => path.split("."));
  const nameOf = (own: readonly string[], count: number): string => own.slice(-count).join(".");
  return parts.map((own, place) => {
    const counts = own.map((_, less) => less + 1).filter((count) => count >= SHORT_PARTS_MIN);
    const isAlone = (count: number): boolean =>
      parts.every((other, at) => at === place || nameOf(other, count) !== nameOf(own, count));
    // `0.share` says less than `defects.0.share`: a place in a list needs the list's name.
    const isNamed = (count: number): boolean => !/^\d+$/.test(own.at(-count) ?? "");
    const count = counts.find((each) => isAlone(each) && isNamed(each)) ?? counts.find(isAlone);
    return nameOf(own, count ?? own.length);
  });
}

/**
 * Values in at most so many units each, as far as they can be told apart so. Of long ones, such as mappings, what all
 * begin and end with is left out, from one word to the next.
 */
export function shortValues(values: readonly string[], unitsMax: number): readonly string[] {
  if (values.every((value) => value.length <= unitsMax)) return values;
  if (values.length === 1) return values.map((value) => atMost(value, unitsMax));
  // With its key a value says what it is; where that takes too much room, the value alone tells them apart.
  const forms = [betweenOf(values, wordEnd), betweenOf(values, keyEnd)];
  const best = forms.find((form) => form.every((text) => text.length <= unitsMax)) ?? forms[1] ?? values;
  const cut = best.map((text) => atMost(text, unitsMax));
  return cut.map((text, place) => (cut.indexOf(text) === place ? text : `${text} #${place + 1}`));
}

/** What stands between the beginning and the end that all have, with dots where something was left out. */
function betweenOf(values: readonly string[], endIn: (text: string) => number): readonly string[] {
  const [head, tail] = [commonHead(values, endIn), commonTail(values)];
  return values.map((value) => {
    const isOverlapping = head + tail > value.length;
    const middle = isOverlapping ? value.slice(head) : value.slice(head, value.length - tail);
    return `${head > 0 ? "…" : ""}${middle.trim()}${tail > 0 && !isOverlapping ? "…" : ""}`;
  });
}

function atMost(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : `${charactersOf(text, unitsMax - 1)}…`;
}

/** Units that all begin with, up to the last place at which one may begin to read. */
function commonHead(values: readonly string[], endIn: (text: string) => number): number {
  const [first = ""] = values;
  let length = 0;
  while (length < first.length && values.every((value) => value[length] === first[length])) length += 1;
  return endIn(first.slice(0, length));
}

/** What is longer is no word, and looking for where it begins would take its length squared. */
const WORD_UNITS_MAX = 200;

/** Before the last word, or before its key where it is a value: `{ last: 4d, spells: ` ends before `spells`. */
function wordEnd(text: string): number {
  return text.length - (/(?:[^\s,:{[(]+:\s*)?[^\s,:{[(]*$/.exec(text.slice(-WORD_UNITS_MAX))?.[0].length ?? 0);
}

/** Before the last word, behind its key. */
function keyEnd(text: string): number {
  return text.length - (/[^\s,:{[(]*$/.exec(text.slice(-WORD_UNITS_MAX))?.[0].length ?? 0);
}

/** Units that all end with, from the first word that begins there. */
function commonTail(values: readonly string[]): number {
  const [first = ""] = values;
  let length = 0;
  while (length < first.length && values.every((value) => value.at(-1 - length) === first.at(-1 - length))) length += 1;
  while (length > 0 && !/[\s,}\])]/.test(first.at(-length) ?? "")) length -= 1;
  return length;
}

/** By code points: half of a character would be none. */
function charactersOf(text: string, unitsMax: number): string {
  let kept = "";
  for (const character of text) {
    if (kept.length + character.length > unitsMax) break;
    kept += character;
  }
  return kept;
}
