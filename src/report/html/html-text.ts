/**
 * Text of a page in which forgetting to escape is impossible: only the tagged template `html` makes `Html`, and
 * whatever is put into it is escaped unless it is `Html` itself. Quotes are escaped too, so a value may stand in a
 * quoted attribute. The page has no link, script or style made of a value.
 */
import { assert } from "../../base/assert.ts";
import { harmlessLine } from "../text-cleaning.ts";

/** A piece of a page that is safe to show. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Only for texts that the program itself has written: template literals, style sheets, path data. */
  static ofOwnText(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may be put into a template. */
export type HtmlValue = Html | string | number | readonly HtmlValue[];

export const NOTHING: Html = Html.ofOwnText("");

/** Joins literal parts and escaped values. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const literals = parts.map(outdented);
  return Html.ofOwnText(literals.reduce((text, part, index) => `${text}${safe(values[index - 1] ?? "")}${part}`));
}

/** Commands of a drawing that our own code has computed. */
export function pathData(commands: string | null): Html {
  const text = commands ?? "";
  assert(/^[MLHVCZ0-9eE.,\- ]*$/.test(text), "path data is drawing commands and numbers");
  return Html.ofOwnText(text);
}

function safe(value: HtmlValue): string {
  if (value instanceof Html) return value.toString();
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escaped(value);
  return value.map(safe).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function escaped(text: string): string {
  return harmlessLine(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}

/** The source's indentation means nothing on a page, and would be a third of it. */
function outdented(part: string): string {
  return part.replace(/\n\s+/g, "\n");
}
