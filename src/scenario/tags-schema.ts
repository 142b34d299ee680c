/**
 * Tags: names and values that a user gives a run to find and compare it by, such as the commit under test. They reach
 * every output and change nothing of the run.
 */
import * as z from "zod";
import { text } from "./value-schemas.ts";

/** More would be a table of its own, and viewers of test results show a handful. */
export const TAGS_MAX = 16;

/** `nodes.csv` repeats them on each line, and a million lines have to fit into the longest string of V8 (2^29). */
export const TAG_CHARACTERS_MAX = 256;

const NAME_MAX = 32;
const VALUE_MAX = 128;
const NAME_EXPECTED = `must be a letter and at most ${NAME_MAX - 1} further letters, digits, "-", "_" or "."`;

/** Names that need no quoting in a column's head, in a property of a JUnit report, in a shell. */
const NAME = /^[A-Za-z][A-Za-z0-9._-]{0,31}$/;

/** A mapping of tags, as a scenario has it. */
export const TAGS = z
  .record(z.string(), text("a tag's value", VALUE_MAX), { error: "must be a mapping of names to texts" })
  .transform((given, context): Readonly<Record<string, string>> => {
    const names = Object.keys(given);
    for (const name of names.filter((each) => !NAME.test(each)))
      context.addIssue({
        code: "custom",
        path: [name],
        params: { seenAtKey: "is no name of a tag" },
        message: NAME_EXPECTED,
      });
    if (names.length > TAGS_MAX) context.addIssue({ code: "custom", message: `must be at most ${TAGS_MAX} tags` });
    const characters = Object.entries(given).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    if (characters > TAG_CHARACTERS_MAX)
      context.addIssue({
        code: "custom",
        message: `must be at most ${TAG_CHARACTERS_MAX} characters in all, names and values; these are ${characters}`,
      });
    return given;
  });
