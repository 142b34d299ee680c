/** How many mistakes are shown, and which of two about one place. */
import type { Mistake, Place } from "../base/user-error.ts";

/** Shown at once; a text with more is most likely not a scenario at all. */
const MISTAKES_MAX = 50;

/** At most `MISTAKES_MAX`, in the order of their places, and a word about the others. */
export function capped(mistakes: readonly Mistake[], file: string): Mistake[] {
  const unique = new Map(mistakes.map((mistake) => [JSON.stringify(mistake), mistake]));
  // What the reader of YAML found odd about a value is no news where the schema complains of it too.
  const named = new Set([...unique.values()].flatMap((each) => (each.field === undefined ? [] : [placeText(each)])));
  const kept = [...unique.values()].filter(
    (each) => each.field !== undefined || each.line === undefined || !named.has(placeText(each)),
  );
  const sorted = kept.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  if (sorted.length <= MISTAKES_MAX) return sorted;
  const more = sorted.length - MISTAKES_MAX;
  return [
    ...sorted.slice(0, MISTAKES_MAX),
    { file, seen: `and ${more} more`, expected: "mend these first", standsFor: more },
  ];
}

function placeText({ file, line, column }: Place): string {
  return `${file ?? ""}:${line ?? 0}:${column ?? 0}`;
}
