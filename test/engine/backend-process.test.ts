import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { BackendProcess } from "../../src/engine/backend-process.ts";

test("the embedded backend has a process group of its own, so that no signal for the run ends it while it starts", async () => {
  const backend = await BackendProcess.start({});
  const { pid } = backend;

  // Signal 0 to a group only asks whether there is one.
  expect(process.kill(-(pid ?? 0), 0)).toBe(true);

  await backend.stop();
  expect(() => process.kill(pid ?? 0, 0)).toThrow(/ESRCH/);
});

test("a backend that stands still on purpose ends with the process that let it, though it cannot hear of that", async () => {
  const script = fileURLToPath(new URL("stand-still-and-exit.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const pid = Number(stdout);

  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});

/** A process that has ended and that nobody has asked about counts as ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
