import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { BackendFailure } from "../../src/engine/backend-failure.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { reportOf } from "../../src/engine/recompute.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { brokenLaws, fileOf, freshPath, jsonOf, smallRun, smallScenario, watching } from "./small-runs.ts";

const IS_LINUX = existsSync("/proc/self/limits");

test("a worker that dies makes the run incomplete, names its nodes, and the laws hold", async () => {
  const scenario = smallScenario("selftest.worker-dies=600ms", "fleet.cohorts.homes.autofetch.every=1h");

  const end = await smallRun(scenario, { workers: 2 });

  const { result } = end;
  expect(result.verdict).toBe("incomplete");
  expect(result.reasons[0]).toMatch(
    /^Worker 0 was lost with nodes 0 to 19; up to \d+ ms of their records are missing\.$/,
  );
  expect(result.lost).toMatchObject({ workers: [0], nodeRanges: [[0, 19]], nodes: 20 });
  // Batches travel several times a second, and later by what the machine kept this process waiting.
  const lateMs = Math.max(...result.generator.workers.map(({ loopDelayMaxMs }) => loopDelayMaxMs));
  expect(result.lost.lostMs).toBeLessThanOrEqual(250 + lateMs);
  expect(result.outcomes.lost).toBeGreaterThan(0);
  expect(result.outcomes.success).toBeGreaterThan(0);
  expect(result.counters["found running"]).toBe(20);
  expect(brokenLaws(result)).toEqual([]);
  expect(jsonOf(await reportOf(end.folder))).toBe(fileOf(end, "result.json"));
});

test("a run whose only worker dies ends at once", async () => {
  const scenario = smallScenario("selftest.worker-dies=600ms", "fleet.cohorts.homes.autofetch.every=4h");

  const { result } = await smallRun(scenario, { workers: 1 });

  expect(result.verdict).toBe("incomplete");
  expect(result.clock.endedBecause).toBe("every worker was lost");
  expect(brokenLaws(result)).toEqual([]);
});

test("an event loop that stands still makes the run invalid", async () => {
  // Later than the small fleet would be done: a run waits for the harm that it asked for.
  const scenario = smallScenario("selftest.loop-blocked.at=2s", "selftest.loop-blocked.for=1300ms");

  const { result } = await smallRun(scenario, { workers: 2 });

  expect(result.verdict).toBe("invalid");
  expect(result.reasons[0]).toMatch(/^The generator was the limit: worker 0 stood still for 1\d{3} ms at once\.$/);
});

test("a backend that believes the first status is exposed: the run fails", async () => {
  const scenario = smallScenario(
    "selftest.backend-believes-first-status=true",
    "fleet.cohorts.workshops.faults.boot-loop=100%",
  );

  const { result } = await smallRun(scenario);

  expect(result.verdict).toBe("failed");
  expect(result.truth.falseSuccess).toBe(10);
  expect(result.reasons[0]).toMatch(/^False success: the backend records success for 10 nodes/);
});

test("a run that is stopped writes a partial report: incomplete, with the reason", async () => {
  const stop = new AbortController();
  const scenario = smallScenario("fleet.cohorts.homes.autofetch.every=4h");

  const end = await smallRun(
    scenario,
    { signal: stop.signal },
    watching(({ fleetUs }) => fleetUs > 1e9 && stop.abort("stopped by Ctrl-C")),
  );

  expect(end.result.verdict).toBe("incomplete");
  expect(end.result.reasons[0]).toBe("The run was stopped before its end: stopped by Ctrl-C.");
  expect(brokenLaws(end.result)).toEqual([]);
  expect(jsonOf(await reportOf(end.folder))).toBe(fileOf(end, "result.json"));
});

test("a run that is stopped in its ramp is incomplete too", async () => {
  const stop = new AbortController();
  const scenario = smallScenario("fleet.connect.over=30s");

  const { result } = await smallRun(
    scenario,
    { signal: stop.signal },
    watching(({ connects }) => connects > 0 && stop.abort("stopped by Ctrl-C")),
  );

  expect(result.verdict).toBe("incomplete");
  expect(result.clock).toMatchObject({ endedAtUs: 0, endedBecause: "stopped by Ctrl-C" });
});

test.skipIf(!IS_LINUX)(
  "a backend that dies ends the run soon: incomplete, and what it believed is unknown",
  async () => {
    const scenario = smallScenario("fleet.cohorts.homes.autofetch.every=4h");
    let killed = 0;

    const { result } = await smallRun(
      scenario,
      {},
      watching(({ fleetUs }) => {
        if (fleetUs > 1e9 && killed++ === 0) process.kill(backendOfThisProcess(), "SIGKILL");
      }),
    );

    expect(result.verdict).toBe("incomplete");
    expect(result.reasons[0]).toBe("The run was stopped before its end: the embedded backend died (SIGKILL).");
    expect(Object.values(result.truth.matrix).every((row) => row.success === 0)).toBe(true);
    expect(brokenLaws(result)).toEqual([]);
  },
);

test("a backend that does not answer is told in one sentence, and leaves no folder", async () => {
  const outDir = freshPath();
  const scenario = smallScenario('backend.url=["mqtt://127.0.0.1:1","http://127.0.0.1:1"]', "backend.allowSpeed=true");

  const run = smallRun(scenario, { outDir });

  await expect(run).rejects.toThrow(BackendFailure);
  await expect(run).rejects.toThrow(/^Cannot reach the broker at mqtt:\/\/127\.0\.0\.1:1: nothing listens there$/);
  expect(existsSync(outDir)).toBe(false);
});

test("a backend on another machine is refused before anything is sent", async () => {
  const scenario = smallScenario('backend.url=["mqtt://192.0.2.1","http://192.0.2.1"]', "backend.allowSpeed=true");

  const run = smallRun(scenario);

  await expect(run).rejects.toThrow(UserError);
  await expect(run).rejects.toThrow(/on another machine/);
});

test("a run that was killed gives an incomplete report of what had been written", async () => {
  const outDir = freshPath();
  const child = runApart("exec", smallScenario("fleet.cohorts.homes.autofetch.every=2h"), outDir);

  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const result = await reportOf(outDir);

  expect(result.verdict).toBe("incomplete");
  expect(result.reasons[0]).toBe("The run was stopped before its end: it was killed, or could not write its end.");
  expect(result.counters["offer received"]).toBeGreaterThan(0);
  expect(result.clock.endedAtUs).toBeGreaterThan(0);
  expect(brokenLaws(result)).toEqual([]);
});

test("a folder that is no run's is refused by name", async () => {
  const folder = freshPath();
  mkdirSync(folder);

  await expect(reportOf(folder)).rejects.toThrow(UserError);
  await expect(reportOf(folder)).rejects.toThrow(/has no run\.json/);
  await expect(reportOf(freshPath())).rejects.toThrow(/is not there/);
  writeFileSync(join(folder, "run.json"), '{"schema":"of somebody else"}');
  await expect(reportOf(folder)).rejects.toThrow(/has a run\.json that is none of otafleet's/);
});

test.skipIf(!IS_LINUX)(
  "a disk that is full in mid-run ends it: incomplete, and what is not there is told",
  async () => {
    const outDir = freshPath();
    // Files of at most 20 blocks: the log of even a small run is longer.
    const child = runApart("ulimit -f 20; exec", smallScenario("fleet.cohorts.homes.autofetch.every=2h"), outDir);

    const chunks: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
    const [code] = await once(child, "close");
    const end = JSON.parse(chunks.join("").trim().split("\n").at(-1) ?? "") as Record<string, string[]>;

    expect(code).toBe(0);
    expect(end["verdict"]).toBe("incomplete");
    expect(end["reasons"]?.[0]).toMatch(/^The run was stopped before its end: the event log cannot be written: EFBIG/);
    expect(end["unwritten"]?.join()).toMatch(/result\.json cannot be written/);
    expect((await reportOf(outDir)).verdict).toBe("incomplete");
  },
);

/** Starts a run in a process of its own; `how` is what the shell does before the command. */
function runApart(how: string, scenario: Scenario, outDir: string) {
  const job = freshPath();
  writeFileSync(job, JSON.stringify({ scenario, image: Buffer.from(madeImage(scenario)).toString("base64"), outDir }));
  const script = fileURLToPath(new URL("run-apart.mjs", import.meta.url));
  const command = ["-c", `${how} "$0" "$@"`, process.execPath, script, job];
  return spawn("/bin/sh", command, { stdio: ["ignore", "pipe", "inherit"] });
}

/** The only child of this process that is a backend. */
function backendOfThisProcess(): number {
  for (const task of readdirSync("/proc/self/task")) {
    const children = readFileSync(`/proc/self/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean);
    for (const child of children) {
      if (readFileSync(`/proc/${child}/cmdline`, "utf8").includes("bundle/backend-serve-main.js")) return Number(child);
    }
  }
  throw new Error("no backend runs");
}
