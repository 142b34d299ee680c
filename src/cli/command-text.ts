/** Commands as one would type them. */

/** Joins the words of a command, those quoted that a shell would take apart. */
export function commandText(words: readonly string[]): string {
  return ["otafleet", ...words].map(shellWord).join(" ");
}

/** One word of a command. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
