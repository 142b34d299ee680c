/** The query parameters that routes share, as schemas: each reads the text of a URL, and says what would be right. */
import { z } from "zod";

/** A whole number from 0 to `most`; left out, it is `normal`. */
export function wholeNumber(normal: number, most: number, about: string) {
  const error = `must be a whole number from 0 to ${most}`;
  const digits = z.preprocess(
    (text) => (typeof text === "string" && /^\d{1,16}$/.test(text) ? Number(text) : text),
    z.int({ error }).min(0, { error }).max(most, { error }),
  );
  return digits.default(normal).describe(about);
}

/** Where a page begins: what the page before it named as the next. */
export function pageStart(about = "Where to begin: the next_id of the page before.") {
  return wholeNumber(0, Number.MAX_SAFE_INTEGER, about);
}

/** A flag, which RainMaker writes "true" or "false"; left out, it is false. */
export function flag(about: string) {
  const word = z.preprocess(
    (text) => (text === "true" ? true : text === "false" ? false : text),
    z.boolean({ error: "must be true or false" }),
  );
  return word.default(false).describe(about);
}

/** A text that must be there. */
export function text(about: string, charactersMax = 1_024) {
  const error = `must be 1 to ${charactersMax} characters`;
  return z.string({ error }).min(1, { error }).max(charactersMax, { error }).describe(about);
}

/** A text that may be left out. */
export function optionalText(about: string, charactersMax = 1_024) {
  return text(about, charactersMax).optional();
}
