/** What a command line would tell and end with, without a process of its own. */
import { readdirSync } from "node:fs";
import { expect } from "vitest";
import type { Failure } from "../../src/cli/failure.ts";
import { typedCommand } from "../../src/cli/typed-command.ts";

/** Lines of a command as they are told, and its exit code. */
export function told(...words: readonly string[]): Promise<Failure> {
  return typedCommand(words, false);
}

/**
 * Runs a command twice and holds it to what every bad input comes to: exit code 2, lines that can be read and obeyed by
 * nobody, no stack, the same words again, no file left behind in `folder`, nothing planted in JavaScript's own objects.
 */
export async function refused(words: readonly string[], folder: string): Promise<readonly string[]> {
  const before = readdirSync(folder, { recursive: true });

  const first = await told(...words);
  const second = await told(...words);

  expect(first.exitCode).toBe(2);
  expect(first.lines.length).toBeGreaterThan(0);
  expect(first.lines.length).toBeLessThanOrEqual(52);
  for (const line of first.lines) {
    expect(line).not.toMatch(/^\s+at |^\w*Error:|itself is broken|\bundefined\b|\[object/);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(line.length).toBeLessThanOrEqual(2_050);
  }
  expect(second).toEqual(first);
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect("polluted" in {}).toBe(false);
  return first.lines;
}
