import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as tables from "../fixtures/bad-input/command-lines.ts";
import { SOUND } from "../fixtures/bad-input/scenario-text.ts";
import { temporaryFolder, written } from "./otafleet.ts";
import { refused } from "./told.ts";

const folder = temporaryFolder();
const scenario = written(folder, "s.yaml", SOUND);

describe.each(Object.entries(tables))("%s: each is told by its flag or file, in one line", (_, table) => {
  test.each(table.map(([words, lines]) => ({ title: words.join(" ").slice(0, 80), words, lines })))(
    "$title",
    async ({ words, lines }) => {
      const seen = await refused(words.map(placed), folder);

      const plain = seen.map((line) => line.replaceAll(scenario, "S").replaceAll(folder, "DIR"));
      expect(plain.map((line, index) => line.slice(0, lines[index]?.length))).toEqual(lines);
    },
  );
});

function placed(word: string): string {
  if (word === "DIR") return folder;
  return word.startsWith("DIR/") ? join(folder, word.slice(4)) : word.replace(/^S(?=$|\/)/, scenario);
}
