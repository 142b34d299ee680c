import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { CONCLUSION_AFTER_MS, ConsoleView, LINE_EVERY_MS, WARNINGS_MAX } from "../../src/cli/live-view.ts";
import { conclusionBlock, conclusionLine, progressBlock, progressLine } from "../../src/cli/progress-text.ts";
import type { ConclusionView, LiveView, PlanPace } from "../../src/engine/run-options.ts";
import { PLAIN_PAINTER } from "../../src/report/painter.ts";

test("a line says how far the rollout is, who is online, how often they ask and what became of them", () => {
  expect(progressLine(liveView())).toBe(
    "6.4 s (2026-03-10 14:08 UTC), 1,204 of 1,980 reachable (60.8 %) settled, 1,934 online, 402 fetches/s of wall time, 37 downloading, 1,180 success, 24 rolled back",
  );
});

test("a block says the same on five lines of at most 80 columns", () => {
  const lines = progressBlock(liveView(), PLAIN_PAINTER);

  expect(lines).toEqual([
    "fleet time  2026-03-10 14:08 UTC, 2.14 h of at most 3 d; wall 6.4 s",
    "settled     ██████████████████░░░░░░░░░░░░  1,204 of 1,980 reachable (60.8 %)",
    "online      1,934 of 2,000 nodes; 12,345 fetches, 402 fetches/s of wall time",
    "downloads   37 in flight, 308 MiB received",
    "outcomes    1,180 success, 24 rolled back",
  ]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("while fleet time stands, connected nodes are the progress", () => {
  const live = liveView({ fleetUs: 0, wallMs: 0, online: 500 });

  expect(progressLine(live)).toBe("connecting: 500 of 2,000 nodes online");
  expect(progressBlock(live, PLAIN_PAINTER)).toEqual([
    "connecting  ███████░░░░░░░░░░░░░░░░░░░░░░░  500 of 2,000 nodes",
  ]);
});

test("a plan says how fast it goes and how long it will take, in place of rates of wall time", () => {
  const live = liveView({ pace: pace() });

  expect(progressLine(live)).toBe(
    "6.4 s (2026-03-10 14:08 UTC), 2.14 h of at most 3 d, 1,950,000 events/s, about 31 s left, 812 MiB, 1,204 of 1,980 reachable (60.8 %) settled, 1,934 online, 37 downloading, 1,180 success, 24 rolled back",
  );
  const lines = progressBlock(live, PLAIN_PAINTER);
  expect(lines).toContain("pace        1,950,000 events/s, about 31 s left, 812 MiB of memory");
  expect(lines).toContain("online      1,934 of 2,000 nodes; 12,345 fetches");
});

test("before its fleet time begins, a plan says how many nodes there are", () => {
  const live = liveView({ fleetUs: 0, pace: pace({ born: 500 }) });

  expect(progressLine(live)).toBe("birth: 500 of 2,000 nodes, about 31 s left, 812 MiB");
  expect(progressBlock(live, PLAIN_PAINTER)).toEqual([
    "birth       ███████░░░░░░░░░░░░░░░░░░░░░░░  500 of 2,000 nodes, about 31 s left",
  ]);
});

test("a plan whose pace is not known yet does not guess", () => {
  expect(progressLine(liveView({ pace: pace({ leftMs: undefined }) }))).not.toContain("left");
});

test("a bar is full when all is settled, and not before", () => {
  const cells = (reachableSettled: number): string =>
    /[█░]+/.exec(progressBlock(liveView({ reachableSettled }), PLAIN_PAINTER)[1] ?? "")?.[0] ?? "";

  expect(cells(1980)).toBe("█".repeat(30));
  expect(cells(1979)).toBe(`${"█".repeat(29)}░`);
  expect(cells(0)).toBe("░".repeat(30));
});

test("nobody reached yet is no share of nothing", () => {
  expect(progressLine(liveView({ reachable: 0, reachableSettled: 0 }))).toContain(", nobody reached yet, ");
});

test("where there is no terminal, a line comes at once and then every two seconds", async () => {
  const { view, written, clock } = await plainView();

  for (let tick = 0; tick <= 25; tick += 1) {
    view.onProgress(liveView({ wallMs: tick * 200 }));
    clock.nowMs += 200;
  }

  expect(written().map((line) => line.split(" ")[0])).toEqual(["0.0", "2.0", "4.0"]);
  expect(LINE_EVERY_MS).toBe(2_000);
});

test("once all are settled a line comes every twenty seconds, and at once when somebody is not any more", async () => {
  const { view, written, clock } = await plainView();
  const show = (settled: number): void => {
    view.onProgress(liveView({ wallMs: clock.nowMs, reachable: 20, reachableSettled: settled }));
    clock.nowMs += 200;
  };
  const beganMs = clock.nowMs;

  show(19);
  while (clock.nowMs - beganMs < 60_000) show(20);
  show(19);

  const at = written().map((line) => Math.round(Number(line.split(" ")[0]) - beganMs / 1_000));
  expect(at).toEqual([0, 2, 22, 42, 60]);
});

test("steps are told as they come, and what a terminal would obey is shown", async () => {
  const { view, written } = await plainView();

  view.onPhase("starting the backend");
  view.onPhase("\u001b[2Jwinding down");

  expect(written()).toEqual(["starting the backend", "\\x1b[2Jwinding down"]);
});

test("a warning is told once, between the lines too, and a flood of them is cut", async () => {
  const { view, written } = await plainView();
  const flood = Array.from({ length: 100 }, (_, index) => `the backend is down (${index})`);

  view.onProgress(liveView({ warnings: ["worker 1 was lost"] }));
  view.onProgress(liveView({ warnings: ["worker 1 was lost", "a loop stood still"] }));
  view.onProgress(liveView({ warnings: flood }));

  const warnings = written().filter((line) => line.startsWith("! "));
  expect(warnings.slice(0, 2)).toEqual(["! worker 1 was lost", "! a loop stood still"]);
  expect(warnings.length).toBe(WARNINGS_MAX + 1);
  expect(warnings.at(-1)).toBe("! further warnings are left to the report");
});

test.each([
  { title: "a terminal has a block that is rewritten", columns: 100, rows: 30, isRewritten: true },
  { title: "a terminal that does not know its size gets lines", columns: 0, rows: 0, isRewritten: false },
])("$title", async ({ columns, rows, isRewritten }) => {
  const { view, text, clock } = await viewOn({ isTTY: true, columns, rows });

  view.onProgress(liveView());
  clock.nowMs += 10_000;
  view.onProgress(liveView());
  view.close();

  expect(text().includes("\u001b[")).toBe(isRewritten);
  expect(text()).toContain("1,204 of 1,980 reachable");
});

const WRITING: ConclusionView = { step: "writing", part: "nodes.csv", nodes: { done: 400_000, all: 1_000_000 } };

test("result and reports of a large fleet say how far they are", () => {
  const counting: ConclusionView = { step: "computing the result", part: "staggering" };

  expect(conclusionLine(WRITING)).toBe("writing nodes.csv: 400,000 of 1,000,000 nodes");
  expect(conclusionBlock(WRITING, PLAIN_PAINTER)).toEqual([
    "nodes.csv   ████████████░░░░░░░░░░░░░░░░░░  400,000 of 1,000,000 nodes",
  ]);
  expect(conclusionLine(counting)).toBe("computing the result: staggering");
  expect(conclusionBlock(counting, PLAIN_PAINTER)).toEqual(["computing   staggering"]);
});

test("of result and reports that take less than two seconds nothing is told", async () => {
  const { view, written, clock } = await plainView();

  view.onPhase("writing the reports");
  clock.nowMs += CONCLUSION_AFTER_MS - 1;
  view.onConclusion(WRITING);
  clock.nowMs += 1;
  view.onConclusion(WRITING);
  clock.nowMs += 200;
  view.onConclusion(WRITING);

  expect(written()).toEqual(["writing the reports", "writing nodes.csv: 400,000 of 1,000,000 nodes"]);
  expect(CONCLUSION_AFTER_MS).toBe(2_000);
});

function pace(changes: Partial<PlanPace> = {}): PlanPace {
  const memoryBytes = 812 * 2 ** 20;
  const speed = { eventsPerSecond: 1_949_999.6, doneShare: 0.4, leftMs: 30_200 };
  return { born: 2_000, events: 9_000_000, ...speed, memoryBytes, ...changes };
}

async function plainView(): Promise<{ view: ConsoleView; written: () => string[]; clock: { nowMs: number } }> {
  const { view, text, clock } = await viewOn({ isTTY: false });
  return { view, clock, written: () => text().split("\n").slice(0, -1) };
}

async function viewOn(screen: object): Promise<{ view: ConsoleView; text: () => string; clock: { nowMs: number } }> {
  let text = "";
  const sink = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  const clock = { nowMs: 0 };
  const stream = Object.assign(sink, screen) as unknown as NodeJS.WriteStream;
  const view = await ConsoleView.on({ stream, paint: PLAIN_PAINTER, nowMs: () => clock.nowMs });
  return { view, text: () => text, clock };
}

function liveView(changes: Partial<LiveView> = {}): LiveView {
  const fleetUs = 7_700_000_000;
  return {
    fleetUs,
    fleetEpochMs: Date.UTC(2026, 2, 10, 12) + fleetUs / 1_000,
    wallMs: 6_400,
    endUs: 72 * 3_600_000_000,
    nodes: 2_000,
    online: 1_934,
    targeted: 2_000,
    reachable: 1_980,
    settled: 1_204,
    reachableSettled: 1_204,
    byClass: { open: 796, bricked: 0, success: 1_180, rolledBack: 24, rejected: 0, expired: 0, failed: 0 },
    connects: 2_100,
    fetches: 12_345,
    fetchesPerSecond: 401.7,
    offers: 1_300,
    downloadsInFlight: 37,
    imageBytesReceived: 308 * 2 ** 20,
    statuses: 5_000,
    warnings: [],
    ...changes,
  };
}
