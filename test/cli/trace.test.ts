import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inOneProcess } from "./one-process.ts";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

const folder = temporaryFolder();
const small = written(folder, "small.yaml", SMALL_SCENARIO);

test.concurrent("plan --trace tells one node's life on standard output, the same by index and by id", async () => {
  const first = await otafleet(["plan", small, "--quiet", "--trace", "7"]);
  const id = /^node 7 {2}(ota-[0-9a-f]{8}-00000007) {2}/.exec(first.stdout)?.[1] ?? "";

  const again = await inOneProcess(["plan", small, "--quiet", "--trace", id]);

  expect(first.code).toBe(0);
  expect(first.stdout).toContain("the ramp lets it connect");
  expect(first.stdout).toContain("- reports success: verified");
  expect(again.stdout).toBe(first.stdout);
});

test.concurrent("a trace in a plan's folder, or where --trace-out names a .jsonl, replays to the same", async () => {
  const out = join(folder, "plan");
  const file = join(folder, "node-7.jsonl");

  const planned = await inOneProcess(["plan", small, "-o", out, "--trace", "7", "--trace-out", file, "--json"]);
  const replayed = await inOneProcess(["replay", join(out, "trace.jsonl"), "--json"]);

  expect(JSON.parse(planned.stdout)).toMatchObject({ verdict: "passed" });
  expect(planned.stderr).toContain(`replay    otafleet replay ${join(out, "trace.jsonl")}`);
  expect(readFileSync(file, "utf8")).toBe(readFileSync(join(out, "trace.jsonl"), "utf8"));
  expect(replayed.code).toBe(0);
  expect(JSON.parse(replayed.stdout)).toMatchObject({ isAsWritten: true, difference: null });
  expect(replayed.stderr).toMatch(/the same in all \d+ steps/);
});

test.concurrent("a replay of a trace that was changed says where the node does something else, and ends with 99", async () => {
  const file = join(folder, "changed.jsonl");
  await inOneProcess(["plan", small, "--quiet", "--trace", "7", "--trace-out", file]);
  writeFileSync(file, readFileSync(file, "utf8").replace('"isIntact":true', '"isIntact":false'));

  const { code, stderr } = await inOneProcess(["replay", file]);

  expect(code).toBe(99);
  expect(stderr).toContain("! this trace was changed after it was written");
  expect(stderr).toMatch(/something else in step \d+, line \d+ of the file: which fields change/);
});
