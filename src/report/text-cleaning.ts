/**
 * What makes a hostile string harmless to read. Nodes, backends and scenarios choose their own texts; a terminal
 * obeys control characters, and every reader is deceived by characters that turn or hide their neighbours.
 */

/** Longest text of someone else's that a report shows, in UTF-16 units; `result.json` has it whole. */
export const SHOWN_TEXT_MAX = 512;

/**
 * Controls (C0, DEL, C1: so ESC, BEL, CR, LF, CSI), formats (bidi overrides and isolates, zero-width characters,
 * byte order marks, tags), lone surrogates, line and paragraph separators, and what Unicode will never assign.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** Writes every character that would act or hide as what it is: `\x1b`, `\u{202e}`. Idempotent; never throws. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** Cuts a text to so many UTF-16 units and says how many are missing; a character is never cut in half. */
export function cutText(text: string, unitsMax: number = SHOWN_TEXT_MAX): string {
  if (text.length <= unitsMax) return text;
  const isHalf = /[\ud800-\udbff]/.test(text[unitsMax - 1] ?? "");
  const kept = text.slice(0, isHalf ? unitsMax - 1 : unitsMax);
  return `${kept}… (+${text.length - kept.length} characters)`;
}

/** A text of someone else's, ready for one line of a terminal. */
export function harmlessLine(text: string, unitsMax: number = SHOWN_TEXT_MAX): string {
  return visible(cutText(text, unitsMax));
}
