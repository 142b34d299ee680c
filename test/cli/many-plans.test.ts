import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type PlansAt, plansText, PlansView } from "../../src/cli/plans-view.ts";
import type { SearchResult } from "../../src/measure/search-result.ts";
import type { SweepResult } from "../../src/measure/sweep-result.ts";
import { inOneProcess } from "./one-process.ts";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

/** Threads start slowly on a busy machine. */
const PLENTY = { timeout: 120_000 };

const folder = temporaryFolder();
const small = written(folder, "small.yaml", SMALL_SCENARIO);

test.concurrent(
  "plan --sweep tells what passes, writes page, table and JSON, and prints the folder for scripts",
  PLENTY,
  async () => {
    const out = join(folder, "sweep");
    const words = ["plan", small, "--sweep", "autofetch.every=10m,30m", "--seeds", "2", "-o", out];

    const { code, stdout, stderr } = await otafleet(words);

    expect([code, stdout], stderr).toEqual([0, `${out}\n`]);
    expect(stderr).toMatch(
      /^small {2}2 combinations of 2 seeds: 4 plans of 40 nodes, in virtual time\nmeanwhile file:.*\/sweep\/sweep\.html\n/,
    );
    expect(stderr).toContain("Each of 2 combinations keeps every threshold under both seeds.");
    expect(stderr).toMatch(/report {4}file:\/\/.*sweep\.html\nfolder /);
    expect(readdirSync(out).sort()).toEqual(["sweep.csv", "sweep.html", "sweep.json"]);
    const json = JSON.parse(readFileSync(join(out, "sweep.json"), "utf8")) as SweepResult;
    expect(json.command).toBe(`otafleet plan ${small} --sweep autofetch.every=10m,30m --seeds 2`);
  },
);

test.concurrent(
  "plan --sweep --json prints sweep.json, and exits with 99 where no combination keeps the thresholds",
  PLENTY,
  async () => {
    const words = [
      "plan",
      small,
      "--sweep",
      "nodes=30,40",
      "--seeds",
      "1",
      "--metrics",
      "cost,outcome.success.count",
      "--json",
      "-q",
      "-w",
      "1",
    ];
    const never = ["--set", 'thresholds={outcome.success: ["rate>0.99"], completion: ["p(50)<1s"]}'];

    const { code, stdout, stderr } = await inOneProcess([...words, ...never, "-o", join(folder, "none")]);

    const json = JSON.parse(stdout) as SweepResult;
    expect(code).toBe(99);
    expect(json.points.map(({ figures }) => figures[1]?.median)).toEqual([30, 40]);
    expect(stderr).toMatch(
      /^0 of 2 pass {2}small\n {2}- No combination keeps every threshold under every seed\.\n[^]*\nreport .*\nfolder .*\n$/,
    );
  },
);

test.concurrent(
  "plan --find says the edge; where everything holds it exits with 0, where nothing does with 99",
  PLENTY,
  async () => {
    const words = [
      "plan",
      small,
      "--find",
      "autofetch.period",
      "--until",
      "completion.p(95) < 1h",
      "--seeds",
      "1",
      "-q",
      "-w",
      "1",
    ];

    const [found, none, all] = await Promise.all([
      inOneProcess([...words, "--json", "-o", join(folder, "found")]),
      inOneProcess([...words, "--between", "3h,4h", "-o", join(folder, "nowhere")]),
      inOneProcess([...words, "--between", "10m,20m", "-o", join(folder, "everywhere")]),
    ]);

    const { answer } = JSON.parse(found.stdout) as SearchResult;
    expect([found.code, answer.kind], found.stderr).toEqual([0, "found"]);
    // Phases are uniform, so 95 % of the nodes have asked after 95 % of a period.
    expect(answer.kind === "found" && answer.holds).toMatch(/^1h[1-9]?\d?m?/);
    expect([none.code, none.stderr.split("\n")[0]]).toEqual([99, "FAILS WHEREVER IT WAS TRIED  small"]);
    expect([all.code, all.stderr.split("\n")[0]]).toEqual([0, "HOLDS WHEREVER IT WAS TRIED  small"]);
    expect(all.stderr).toContain("the edge lies at an end of these or beyond.");
  },
);

test.concurrent("Ctrl-C in a sweep keeps what is done, names what is missing, and exits with 130", PLENTY, async () => {
  const out = join(folder, "stopped");
  const many = Array.from({ length: 40 }, (_, at) => `${at + 10}m`).join(",");
  const words = [
    "plan",
    small,
    "-n",
    "3000",
    "--sweep",
    `autofetch.every=${many}`,
    "--seeds",
    "1",
    "-w",
    "1",
    "-o",
    out,
  ];
  let isSent = false;

  const { code, stderr } = await otafleet(words, {
    onStderr: (text, kill) => {
      if (isSent || !/[1-9]\d* of 40 plans/.test(text)) return;
      isSent = true;
      kill("SIGINT");
    },
  });

  const { verdict, missing, points } = JSON.parse(readFileSync(join(out, "sweep.json"), "utf8")) as SweepResult;
  expect([code, verdict], stderr).toEqual([130, "incomplete"]);
  expect(stderr).toContain("The sweep was stopped before its end: stopped by Ctrl-C.");
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.length + points.filter(({ runs }) => runs.length === 1).length).toBe(40);
});

test.concurrent(
  "kill -9 in a sweep loses no plan that is done: its folder has them, report shows them, and its command goes on, also one that began now",
  PLENTY,
  async () => {
    const out = join(folder, "killed");
    const many = Array.from({ length: 40 }, (_, at) => `${at + 10}m`).join(",");
    const knob = `autofetch.every=${many}`;
    const begins = ["--set", "clock.start=now"];
    const words = ["plan", small, "-n", "1000", ...begins, "--sweep", knob, "--seeds", "1", "-w", "1", "-o", out];

    await killedAtFirstPlan(words, out);
    const left = JSON.parse(readFileSync(join(out, "sweep.json"), "utf8")) as SweepResult;
    const done = readFileSync(join(out, "plans.jsonl"), "utf8").trimEnd().split("\n").length - 1;
    const { code, stderr } = await inOneProcess(["report", out]);

    expect([left.verdict, left.points.length], "no file is torn").toEqual(["incomplete", 40]);
    expect(done).toBeGreaterThan(0);
    const { missing, points } = JSON.parse(readFileSync(join(out, "sweep.json"), "utf8")) as SweepResult;
    expect([code, points.filter(({ runs }) => runs.length === 1).length, missing.length], stderr).toEqual([
      5,
      done,
      40 - done,
    ]);
    const planned = points.map(({ runs }) => runs.length);
    expect(planned, "in the order of the table").toEqual(planned.toSorted((a, b) => b - a));
    expect(stderr).toContain("The sweep was stopped before its end: it is not over yet, or was killed.");
    expect(stderr).toContain(`go on     with the same command and -o ${out}\n`);
    expect(readFileSync(join(out, "sweep.html"), "utf8")).toContain("not planned yet");
    let isSent = false;
    const again = await otafleet(words, {
      onStderr: (text, kill) => {
        if (isSent || !/^[1-9]\d* plans? done before$/m.test(text)) return;
        isSent = true;
        kill("SIGINT");
      },
    });
    expect(again.stderr).not.toContain("plans of another sweep");
    expect(again.stderr).toContain(`\n${done} plan${done === 1 ? "" : "s"} done before\n`);
    expect(again.code, again.stderr).toBe(130);
  },
);

test("progress says how many plans are done, how far the others are, and about how long they take", () => {
  const at = (changes: Partial<PlansAt>): string =>
    plansText({ done: 0, all: 27, before: 0, underWay: 0, stage: undefined, elapsedMs: 0, ...changes });

  expect(at({})).toBe("0 of 27 plans (0 %)");
  expect(at({ done: 9, elapsedMs: 20_000 })).toBe("9 of 27 plans (33.3 %), about 40 s left");
  expect(at({ done: 9, elapsedMs: 130_000 })).toBe("9 of 27 plans (33.3 %), about 4 min left");
  expect(at({ underWay: 0.05, elapsedMs: 5_000 }), "too soon to guess").toBe("0 of 27 plans (0.19 %)");
  expect(at({ done: 27, elapsedMs: 60_000 })).toBe("27 of 27 plans (100 %)");
  expect(at({ all: 2, underWay: 0.5, elapsedMs: 20_000 })).toBe("0 of 2 plans (25 %), about 60 s left");
  expect(at({ all: 20, done: 11, before: 10, elapsedMs: 10_000 })).toBe("11 of 20 plans (55 %), about 90 s left");
  const own = { leftMs: 90_000, elapsedMs: 5_000 };
  expect(at({ ...own, underWay: 0.05 }), "by what plans say").toBe("0 of 27 plans (0.19 %), about 90 s left");
  expect(at({ ...own, done: 9 }), "by those that are done").toBe("9 of 27 plans (33.3 %), about 10 s left");
});

test("progress of a search says what it is at, as it cannot know how many plans there will be", () => {
  const stage = "doubling and halving, step 3 of at most 20";

  expect(plansText({ done: 4, all: 9, before: 0, underWay: 0.5, stage, elapsedMs: 20_000 })).toBe(
    `4 of 9 plans so far; ${stage}`,
  );
});

test("how long it takes is told by the pace of the last seconds: threads that have just begun are slow", async () => {
  const lines: string[] = [];
  let nowMs = 0;
  const stream = { write: (text: string) => lines.push(text) } as unknown as NodeJS.WriteStream;
  const view = await PlansView.on({ stream, isQuiet: false, headline: "ten plans", nowMs: () => nowMs });

  for (const done of [0, 1, 1, 1, 3, 5]) {
    view.onPlanned(done, 10, { underWay: 0, stage: undefined });
    nowMs += 5_000;
  }

  // Four of ten in the last ten seconds, where it took half a minute for five.
  expect(lines.at(-1)).toBe("5 of 10 plans (50 %), about 13 s left\n");
});

test("where the page lies is said behind the headline, once, and in letters that a terminal does not obey", async () => {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) } as unknown as NodeJS.WriteStream;
  const view = await PlansView.on({ stream, isQuiet: false, headline: "two plans", nowMs: () => 0 });

  view.onPage("/reports/a b\u001b/sweep.html");
  for (const done of [0, 1]) view.onPlanned(done, 2, { underWay: 0, leftMs: undefined, stage: undefined });

  expect(lines.slice(0, 2)).toEqual(["two plans\n", "meanwhile file:///reports/a%20b%1B/sweep.html\n"]);
  expect(lines.filter((line) => line.startsWith("meanwhile"))).toHaveLength(1);
});

test("a plan that takes long is seen to get on before it is done", async () => {
  const lines: string[] = [];
  let nowMs = 0;
  const stream = { write: (text: string) => lines.push(text) } as unknown as NodeJS.WriteStream;
  const view = await PlansView.on({ stream, isQuiet: false, headline: "two plans", nowMs: () => nowMs });

  for (const underWay of [0, 0, 0.1, 0.2, 0.25]) {
    view.onPlanned(0, 2, { underWay, stage: undefined });
    nowMs += 1_500;
  }

  expect(lines).toEqual(["two plans\n", "0 of 2 plans (10 %), about 41 s left\n"]);
});

/** Runs a sweep that is killed as soon as the folder's log has a plan, which is before anybody is told of it. */
async function killedAtFirstPlan(words: readonly string[], out: string): Promise<void> {
  const log = join(out, "plans.jsonl");
  let looking: NodeJS.Timeout | undefined;
  await otafleet(words, {
    onStderr: (_, kill) => {
      looking ??= setInterval(() => {
        // Its first line says of which sweep it is.
        if (!existsSync(log) || readFileSync(log, "utf8").split("\n").length < 3) return;
        clearInterval(looking);
        kill("SIGKILL");
      }, 20);
    },
  });
  clearInterval(looking);
}
