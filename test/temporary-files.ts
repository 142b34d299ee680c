/**
 * One folder for all temporary files of a test run, whoever makes them: tests, their worker processes, commands that
 * they start. It is taken away at the end, for a worker that vitest ends has no moment of its own to clean up; and what
 * a run that was killed has left behind, by the next one.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const NAME = /^otafleet-tests-(\d+)$/;

export function setup(): () => void {
  const usual = tmpdir();
  const own = `otafleet-tests-${process.pid}`;
  // Each project of vitest's calls this once.
  if (basename(usual) === own) return () => {};
  for (const name of readdirSync(usual)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(usual, name));
  }
  const folder = join(usual, own);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Of every process that is started from here, and of theirs.
  process.env["TMPDIR"] = folder;
  return () => remove(folder);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process lives, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A process that ends only now may still be writing; what cannot be removed is left to the next run. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // As said.
  }
}
