/** Breaking sentences into lines of a terminal. */

/** Columns that a line of the terminal's report fits into, where the terminal has as many. */
export const COLUMNS = 80;

/** A terminal that is narrower than this breaks our lines by itself: no table or bar would be left. */
export const COLUMNS_MIN = 40;

/**
 * Breaks a text at spaces into lines of so many columns; a word that is longer is broken where it must be.
 *
 * @param indent before every line
 * @param bullet before the first line; the others are moved in as far
 */
export function wrapped(text: string, indent: string, bullet: string = "", columns: number = COLUMNS): string[] {
  const width = columns - indent.length - bullet.length;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((part) => pieces(part, width))) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, place) => `${indent}${place === 0 ? bullet : " ".repeat(bullet.length)}${each}`);
}

function pieces(word: string, width: number): string[] {
  // By code points: half a surrogate pair would be no character.
  const characters = [...word];
  const parts: string[] = [];
  let part = "";
  for (const character of characters) {
    if (part.length + character.length > width) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part];
}
