/** Documents name only what is there. */
import { existsSync } from "node:fs";
import { type Breach, TOP } from "./source-file.ts";

/** Every path in backquotes that begins at the top of the project is there. */
export function pathBreaches(document: string, text: string): Breach[] {
  return inBackquotes(text).flatMap(({ word, line }) => {
    if (!/^(src|test|scenarios|tools|\.ci|reports)\/[\w./<>*-]*$/.test(word) || /[<*]/.test(word)) return [];
    if (existsSync(new URL(word, TOP))) return [];
    return [`${document}:${line}: ${word} does not exist. Name the file that took its place, or drop the sentence`];
  });
}

/** Scripts and subcommands that a document tells people to type. */
export function commandBreaches(
  document: string,
  text: string,
  known: { readonly scripts: ReadonlySet<string>; readonly commands: ReadonlySet<string> },
): Breach[] {
  return text.split("\n").flatMap((line, index) => {
    const place = `${document}:${index + 1}`;
    const scripts = [...line.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      (match) => match[1] ?? match[2] ?? "",
    );
    const commands = [...line.matchAll(/(?:^|[`\s])(?:npx )?otafleet ([a-z][a-z-]+)(?=[\s`]|$)/g)].map(
      (match) => match[1] ?? "",
    );
    return [
      ...scripts
        .filter((name) => !known.scripts.has(name))
        .map((name) => `${place}: package.json has no script "${name}"`),
      ...commands
        .filter((name) => isTyped(line, name) && !known.commands.has(name))
        .map((name) => `${place}: otafleet has no command "${name}"`),
    ];
  });
}

/** "otafleet brings up" is a sentence; a command stands in code. */
function isTyped(line: string, name: string): boolean {
  return (
    line.startsWith("    ") ||
    /^(\$ |npx )/.test(line) ||
    inBackquotes(line).some(({ word }) => word.includes(`otafleet ${name}`))
  );
}

function inBackquotes(text: string): { word: string; line: number }[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(/`([^`]+)`/g)].map((match) => ({ word: match[1] ?? "", line: index + 1 })),
    );
}
