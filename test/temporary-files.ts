/**
 * One folder for all temporary files of a test run, whoever makes them: tests, their worker processes, commands that
 * they start. It is taken away at the end, for a worker that vitest ends has no moment of its own to clean up; and what
 * a run that was killed has left behind, by the next one.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const NAME = /^otafleet-tests-(\d{1,9})-/;

export async function setup(): Promise<() => void> {
  // Only here, as test/build.ts may have made it just before.
  const { isAlive } = await import("../src/engine/live-process.ts");
  const usual = tmpdir();
  const own = `otafleet-tests-${process.pid}-`;
  // Each project of vitest's calls this once.
  if (basename(usual).startsWith(own)) return () => {};
  for (const name of readdirSync(usual)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(usual, name));
  }
  // With a name that nobody can guess and for its owner alone: others may write into the usual place, too.
  const folder = mkdtempSync(join(usual, own));
  // Of every process that is started from here, and of theirs.
  process.env["TMPDIR"] = folder;
  return () => remove(folder);
}

/** A process that ends only now may still be writing; what cannot be removed is left to the next run. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // As said.
  }
}
