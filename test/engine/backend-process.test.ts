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
