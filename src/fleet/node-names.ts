/**
 * Names that people can keep apart in a report: "outlandish-eagle" for a node, a town for a group. They mean nothing,
 * need not be unique (the id is), and are the same for equal seeds. The library is loaded only when names are wanted.
 */
export interface Names {
  /** Name of a node: lower-case words with hyphens. */
  node(index: number): string;
  /** Name of a group: a town. */
  group(index: number): string;
}

/** Loads the words; about 100 ms and 7 MB, once. `seed`: 32 bits, see `seedOf`. */
export async function loadNames(seed: number): Promise<Names> {
  const { faker } = await import("@faker-js/faker/locale/en");
  // One generator, set anew for each name: so a name depends on seed and index, never on what was asked before.
  const seeded = (index: number, kind: number): typeof faker => {
    faker.seed([seed, index, kind]);
    return faker;
  };
  return {
    node: (index) => {
      const words = seeded(index, 1);
      return hyphenated(`${words.word.adjective()} ${words.animal.type()}`);
    },
    group: (index) => seeded(index, 2).location.city(),
  };
}

function hyphenated(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
