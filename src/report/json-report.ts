/** `result.json`: the result as it is, for programs. Stable bytes: keys in the order of `RunResult`. */
import { assert } from "../base/assert.ts";
import type { RunResult } from "../measure/run-result.ts";
import type { Reporter } from "./reporter.ts";

export const jsonReport: Reporter = {
  name: "json",
  fileName: "result.json",
  render: ({ result }) => resultText(result),
};

/** The text of `result.json`. */
export function resultText(result: RunResult): string {
  return jsonText(result);
}

/** A document of ours as text: stable bytes, and nothing in it that a terminal obeys. */
export function jsonText(value: object): string {
  return `${escapeUnseen(JSON.stringify(value, finite, 2))}\n`;
}

/** JSON has no infinity and would turn it into null without a word, which means something else here. */
function finite(key: string, value: unknown): unknown {
  assert(typeof value !== "number" || Number.isFinite(value), `every number of a result is finite, but ${key} is not`);
  return value;
}

/**
 * JSON lets DEL, C1 and bidi characters stand as they are; whoever prints the file would be at their mercy. They can
 * only stand inside of strings, where an escape means the same. Beyond the BMP JSON writes surrogate pairs.
 */
function escapeUnseen(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
