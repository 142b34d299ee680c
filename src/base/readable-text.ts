/**
 * Somebody else's text in a message: cut, and with whatever a reader cannot see made visible. A space that is none, as
 * word processors leave behind, makes another word of a known one, and is written out too.
 */
export function readableText(text: string, lengthMax: number): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax)}...` : text;
  return cut.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|(?! )\p{Zs}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}
