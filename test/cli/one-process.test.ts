import { expect, test } from "vitest";
import { inOneProcess } from "./one-process.ts";

test("where the process of commands dies, whoever waits is told what it said", async () => {
  // No list of words.
  const ended = inOneProcess(null as unknown as readonly string[]);

  await expect(ended).rejects.toThrow(/^the process of commands ended \(1\): [^]*TypeError: [^]*\.js:\d+/);
});
