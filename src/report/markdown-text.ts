/**
 * Texts of someone else's in GitHub's Markdown. Escaping alone is not enough there: `@somebody` is told of it, `#12`
 * and addresses become links, and that is decided after the escapes are gone. So a word that holds such a character
 * becomes a code span, in which nothing is read, and all others are escaped (CommonMark 0.31, section 2.4).
 */
import { harmlessLine, SHOWN_TEXT_MAX } from "./text-cleaning.ts";

/** A text as Markdown that shows it and does nothing else; for a line of text or the cell of a table. */
export function markdownText(text: string, unitsMax: number = SHOWN_TEXT_MAX): string {
  return harmlessLine(text, unitsMax)
    .split(" ")
    .map((word, place) => (isActive(word) ? codeSpans(word) : escaped(word, place === 0)))
    .join(" ");
}

/** A text as one code span, such as a command or an expression. */
export function markdownCode(text: string, unitsMax: number = SHOWN_TEXT_MAX): string {
  return codeSpans(harmlessLine(text, unitsMax));
}

/** Mentions and addresses, numbers of issues, formulas, emoji, and whatever has a backtick or backslash of its own. */
function isActive(word: string): boolean {
  return /[@#$`\\]|:\/\/|www\.|:[\w+-]+:/i.test(word);
}

/** A pipe would end a table's cell even in a code span, and a backslash before it would be shown outside of one. */
function codeSpans(text: string): string {
  return text.split("|").map(codeSpan).join("\\|");
}

function codeSpan(text: string): string {
  if (text.trim() === "") return text;
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(runs.reduce((longest, { length }) => Math.max(longest, length), 0) + 1);
  // One space on each side is taken away again, so that a backtick may stand first or last.
  return runs.length === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escaped(word: string, isFirst: boolean): string {
  const inline = word.replace(/[*_{}[\]|~!^]/g, "\\$&").replace(/[&<>]/g, (character) => ENTITIES[character] ?? "");
  // At the beginning of a line these would make a list, a heading or a rule.
  return isFirst ? inline.replace(/^([-+=:])/, "\\$1").replace(/^(\d+)([.)])/, "$1\\$2") : inline;
}
