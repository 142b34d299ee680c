/**
 * Names that people can keep apart in a report: "outlandish-eagle" for a node, a town for a group. They mean nothing,
 * need not be unique (the id is), and are the same for equal seeds. The library is loaded only when names are wanted.
 */
import { assert } from "../base/assert.ts";
import { draw } from "../base/random.ts";
import { PURPOSE } from "./purposes.ts";

export interface Names {
  /** Name of a node: lower-case words with hyphens. */
  node(index: number): string;
  /** Name of a group: a town. */
  group(index: number): string;
}

/** Loads the library. Whoever wants names only at the end loads it at the begin: by then the program may be replaced. */
export async function loadNamesLibrary(): Promise<typeof import("@faker-js/faker/locale/en")> {
  return import("@faker-js/faker/locale/en");
}

/** Loads the words; about 100 ms and 7 MB, once. `seed`: 32 bits, see `seedOf`. */
export async function loadNames(seed: number): Promise<Names> {
  const { faker } = await loadNamesLibrary();
  const adjectives = faker.definitions.word.adjective.map(hyphenated);
  const animals = faker.definitions.animal.type.map(hyphenated);
  const pick = (words: readonly string[], index: number, count: number): string => {
    const word = words[Math.floor(draw(seed, index, PURPOSE.name, count) * words.length)];
    assert(word !== undefined, "a draw lies within a list that is not empty");
    return word;
  };
  return {
    // Words by draws: the library's generator takes microseconds to be set anew, and a report may name a million nodes.
    node: (index) => `${pick(adjectives, index, 0)}-${pick(animals, index, 1)}`,
    // One generator, set anew for each name: so a name depends on seed and index, never on what was asked before.
    group: (index) => {
      faker.seed([seed, index, 2]);
      return faker.location.city();
    },
  };
}

function hyphenated(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
