/**
 * XML in which forgetting to escape is impossible, for the few elements of a report. Every text of someone else's is
 * made harmless first (`text-cleaning.ts`), so that only characters that XML 1.0 allows are left (its section 2.2:
 * no controls but tab, line feed and carriage return, no surrogates, no U+FFFE and U+FFFF), then escaped.
 */
import { assert } from "../base/assert.ts";
import { harmlessLine, SHOWN_TEXT_MAX } from "./text-cleaning.ts";

/** An element, ready to be written; made by `xml` alone. */
export class Xml {
  readonly #lines: readonly string[];

  private constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /** An element with attributes and, as content, either elements or lines of text. */
  static element(name: string, attributes: Attributes, content: readonly Xml[] | TextLines = []): Xml {
    const names = [name, ...Object.keys(attributes)];
    assert(
      names.every((each) => /^[a-z][a-z-]*$/.test(each)),
      "names of elements and attributes are our own",
    );
    const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value))}"`)];
    if ("text" in content) return new Xml([`<${head.join(" ")}>${textOf(content)}</${name}>`]);
    if (content.length === 0) return new Xml([`<${head.join(" ")}/>`]);
    const inner = content.flatMap((each) => each.#lines.map((line) => `  ${line}`));
    return new Xml([`<${head.join(" ")}>`, ...inner, `</${name}>`]);
  }

  /** A whole document with this element as its root. */
  document(): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n${this.#lines.join("\n")}\n`;
  }
}

/** Values of attributes, escaped where they are written. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Text as the content of an element, line by line. */
export interface TextLines {
  readonly text: readonly string[];
}

/** Reasons may name twenty nodes and more. */
const LINE_UNITS_MAX = 4 * SHOWN_TEXT_MAX;

function textOf({ text }: TextLines): string {
  return text.map(escaped).join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  // Lawful as it is, but not behind "]]".
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return harmlessLine(text, LINE_UNITS_MAX).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
