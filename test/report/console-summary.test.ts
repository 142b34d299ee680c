import { BELIEFS } from "../../src/base/belief.ts";
import { describe, expect, test } from "vitest";
import { OUTCOMES } from "../../src/measure/outcome-class.ts";
import type { RunResult, TruthResult } from "../../src/measure/run-result.ts";
import { consoleSummary } from "../../src/report/console-summary.ts";
import { PLAIN_PAINTER } from "../../src/report/painter.ts";
import { COLUMNS, COLUMNS_MIN } from "../../src/report/text-wrapping.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { reportInput, THRESHOLDS, threeJobs } from "./result-fixture.ts";

const PATHS = [["report", "reports/2026-03-28/report.html"]] as const;

describe("the summary in the terminal", () => {
  test("tells verdict, reasons, distances, outcomes, truth, generator and paths", () => {
    const { result } = reportInput({
      verdict: "failed",
      reasons: ["a promise was not kept: 5000 us"],
      thresholds: THRESHOLDS,
    });

    const text = summary(result).join("\n");

    expect(text).toMatch(/FAILED {2}night-in-four-zones/);
    expect(text).toContain("- a promise was not kept: 5 ms");
    expect(text).toContain("4.6 h below the limit");
    expect(text).toMatch(/success +1,930 +96\.5 %/);
    expect(text).toMatch(/✕ 4/);
    expect(text).toContain("event loop at most 42.2 ms late");
    expect(text).toContain("reports/2026-03-28/report.html");
  });

  test("says of how many that they were never seen beside the unfinished, who are others", () => {
    const { result } = reportInput();

    const lines = summary({ ...result, end: { ...result.end, unseen: 17 } });

    expect(lines).toContain("  of all targets never seen between the job's start and the end: 17");
    expect(summary({ ...result, end: { ...result.end, unseen: 0 } }).join(" ")).not.toContain("never seen");
  });

  test("names the metrics that are not to be used beside a verdict that passed", () => {
    const { result } = reportInput({ verdict: "passed", reasons: [] });
    const late = Object.fromEntries(
      Object.entries(result.metrics).map(([name, metric], index) => [
        name,
        index === 0 ? { ...metric, isValid: false, invalidBecause: "late" } : { ...metric, isValid: true },
      ]),
    );

    expect(summary({ ...result, metrics: late }).join(" ")).toMatch(
      new RegExp(`! 1 of \\d+ metrics is not to be used .*: .* ${Object.keys(late)[0]}\\.`),
    );
  });

  test("tells of each metric that is not to be used whether generator or clock is why, and what would help", () => {
    const text = summary(unusable({ speed: 600 }))
      .join("\n")
      .replaceAll(/\n +/g, " ");

    expect(text).toContain(
      "! 2 of 16 metrics are not to be used and no threshold is on them: the generator was late for connect; the clock was compressed too hard for download. A slower clock or fewer nodes (-n) measure more of them: try --set clock.speed=60, which takes 59.9 min; all should be had at 6.",
    );
    expect(text).toContain("held up, but late for 1 metric; ");
    expect(text).toContain("! connect: 473 ms late at p99, 223 ms allowed");
    expect(text).toContain("! download: 1.8 times as long by the fleet's clock at p95, 1.1 allowed");
  });

  test("says nothing of a compressed clock at real time", () => {
    const text = summary(unusable({ speed: 1 }))
      .join("\n")
      .replaceAll(/\n +/g, " ");

    expect(text).toContain(
      "the generator was late for connect. Fewer nodes (-n) or a quieter machine measure more of them.",
    );
    expect(text).not.toContain("compressed");
    expect(text).not.toContain("clock.speed");
  });

  test("says of a run without thresholds that none was set, and shows remarks as warnings", () => {
    const { result } = reportInput({ verdict: "passed", reasons: [], remarks: ["took 5000 us"], thresholds: [] });

    expect(summary(result).join("\n")).toContain("No threshold was set");
    expect(summary(result).join("\n")).not.toContain("Every threshold held");
    expect(summary(result)).toContain("  ! took 5 ms");
  });

  test("names those whose success was acknowledged and is not on record", () => {
    const { result } = reportInput();
    const text = summary({ ...result, truth: { ...result.truth, disbelieved: 3 } }).join(" ");

    expect(text).toContain("3 disbelieved: said success and were acknowledged,");
    expect(summary(result).join(" ")).not.toContain("disbelieved");
  });

  test("does not call a live run virtual where a kill left no wall time", () => {
    const { result } = reportInput({ verdict: "incomplete" });
    const killed = { ...result, clock: { ...result.clock, driver: "live" as const, wallMs: null } };

    expect(summary(killed).join("\n")).not.toContain("virtual time");
  });

  test("claims nothing of false successes where no belief is known", () => {
    const { result } = reportInput();
    const unread = OUTCOMES.map((outcome) => [
      outcome,
      Object.fromEntries(BELIEFS.map((belief) => [belief, belief === "unknown" ? 5 : 0])),
    ]);
    const matrix = Object.fromEntries(unread) as TruthResult["matrix"];

    const text = summary({ ...result, truth: { ...result.truth, falseSuccess: 0, matrix } }).join(" ");

    expect(text).not.toContain("no false success");
    expect(text).toContain("a false success would not be seen");
  });

  test("fits 80 columns", () => {
    const { result } = reportInput({ verdict: "failed", reasons: ["word ".repeat(80)], thresholds: THRESHOLDS });

    expect(summary(result).filter((line) => line.length > 80)).toEqual([]);
  });

  test("lists the truth by cells where all nine beliefs would not fit", () => {
    const full = OUTCOMES.map((outcome) => [outcome, Object.fromEntries(BELIEFS.map((belief) => [belief, 1_234_567]))]);
    const truth: TruthResult = {
      ...reportInput().result.truth,
      matrix: Object.fromEntries(full) as TruthResult["matrix"],
    };

    const lines = summary(reportInput({ truth }).result);

    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.join("\n")).toMatch(/rolled back +believed success +✕ 1,234,567 +backend is wrong/);
  });

  test("never says 100 % where one node is missing", () => {
    const { result } = reportInput();
    const outcomes = { ...result.outcomes, success: 1_999, targeted: 2_000 };

    expect(summary({ ...result, outcomes }).join("\n")).toMatch(/success +1,999 +99\.95 %/);
  });

  test("colours only through the painter", () => {
    const { result } = reportInput();
    const good = (text: string): string => `<good>${text}</good>`;

    const text = consoleSummary({ result, paths: PATHS }, "compact", {
      paint: { ...PLAIN_PAINTER, good },
      columns: COLUMNS,
    }).join("\n");

    expect(text).toContain("<good>PASSED</good>");
  });

  test.each([80, 50])("of several jobs counts updates, not nodes, in %i columns", (columns) => {
    const { result } = reportInput(threeJobs());
    const lines = consoleSummary({ result, paths: [] }, "full", { paint: PLAIN_PAINTER, columns });
    const text = lines.join("\n");

    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(text.replaceAll(/\s+/g, " ")).toContain("6,000 updates targeted (2,000 nodes, 3 jobs)");
    expect(text).toMatch(columns === 80 ? /\n +nodes +updates +success/ : /nodes 1,600, updates/);
    expect(text).toMatch(/Jobs[^]*summer/);
    // A paragraph has no column to keep.
    if (columns === 50) expect(text).not.toMatch(/(rolled back|rejected|failed|bricked|unfinished) 0\b/);
  });

  test("tells percentiles of completion, of all targets and of the reachable", () => {
    const text = summary(reportInput().result).join("\n");

    expect(text).toMatch(
      /\nCompletion {2}from the job's start [^\n]+\n +p50 +p90 +p95 +p99\n +2,000 targeted +\S+ h +\S+ h +\S+ h +not reached\n +1,9\d\d reachable +\S+ h +\S+ h +\S+ h +not reached\n/,
    );
    expect(text).not.toContain("not to be used: ");
  });

  test("says of completion that it is not to be used where the metric is invalid, and nothing of it without a target", () => {
    const { result } = reportInput();
    const completion = result.metrics["completion"]!;
    const withCompletion = (changes: Partial<typeof completion>): string =>
      summary({ ...result, metrics: { ...result.metrics, completion: { ...completion, ...changes } } }).join("\n");

    expect(withCompletion({ isValid: false, invalidBecause: "late by 5000 us" })).toContain(
      "  ! not to be used: late by 5 ms",
    );
    expect(withCompletion({ size: 0, count: 0 })).not.toMatch(/^Completion/m);
  });

  test.each([80, 50])("of several jobs says what each node ended on, in %i columns", (columns) => {
    const { result } = reportInput(threeJobs());
    const lines = consoleSummary({ result, paths: [] }, "compact", { paint: PLAIN_PAINTER, columns });
    const told = lines.join("\n");

    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(told).toMatch(
      /\nFirmware {2}what the 2,000 nodes run at the end, each counted once\n|\nFirmware\n {2}what the 2,000/,
    );
    expect(told).toMatch(/\n +2\.0\.0 +spring, autumn +1,400 +70 %\n +3\.0\.0 +summer +500 +25 %\n/);
    expect(told).toMatch(
      /\n +1\.4\.2 +as before +90 +4\.5 %\n +others +as before +7 +0\.35 %\n +none, bricked +3 +0\.15 %\n/,
    );
    expect(told).toMatch(/\n +summer +8\.62 h +22\.9 h +36\.7 h +not reached\n|\n {2}- summer: p50 8\.62 h, p90/);
    expect(summary(reportInput().result).join("\n")).not.toContain("Firmware");
  });

  test("in full has cohorts and zones in tables, and every reason", () => {
    const { result } = reportInput({ reasons: Array.from({ length: 12 }, (_, index) => `reason ${index}`) });

    const text = full(result).join("\n");

    expect(text).toMatch(/Cohorts {2}p50 and p95: of completion\n +nodes +success +others +p50 +p95\n/);
    expect(text).toMatch(/\n +homes +1,600 +97\.8 % +36 +8\.47 h +32\.3 h\n/);
    expect(text).toMatch(/\n +Europe\/Berlin +\d+ /);
    expect(text).toContain("- reason 11");
    expect(full(result).filter((line) => line.length > 80)).toEqual([]);
    expect(summary(result).join("\n")).not.toContain("Europe/Berlin");
    expect(summary(result).join("\n")).toContain("and 4 more reasons");
  });

  test("in full has each outcome in a column where there is room", () => {
    const { cohorts } = reportInput().result;
    const settled = cohorts.map((cohort) => ({ ...cohort, outcomes: { ...cohort.outcomes, unfinished: 0 } }));

    expect(full(reportInput({ cohorts: settled }).result).join("\n")).toMatch(
      /Cohorts .*\n +nodes +success +rolled back +rejected +p50 +p95\n/,
    );
  });

  test("in full leaves groups beyond twenty to the report", () => {
    const [zone] = reportInput().result.zones;
    const zones = Array.from({ length: 21 }, (_, index) => ({ ...zone!, name: `zone-${index}` }));

    const text = full(reportInput({ zones }).result).join("\n");

    expect(text).toContain("zone-19");
    expect(text).not.toContain("zone-20");
    expect(text).toContain("and 1 more zone, see the report");
  });

  test("in a narrow terminal fits it, groups and truth as paragraphs", () => {
    const { result } = reportInput({ verdict: "failed", reasons: ["word ".repeat(30)], thresholds: THRESHOLDS });

    for (const columns of [COLUMNS_MIN, 53, 79]) {
      const lines = consoleSummary({ result, paths: [] }, "full", { paint: PLAIN_PAINTER, columns });
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    }
    const narrow = consoleSummary({ result, paths: [] }, "full", { paint: PLAIN_PAINTER, columns: COLUMNS_MIN });
    expect(narrow.join("\n")).toMatch(/\n {2}homes\n {4}nodes 1,600, success/);
    expect(narrow.join("\n")).toMatch(/- rolled back, believed success: ✕ 4,\n/);
  });

  test("of the extent none is the verdict and where the report is", () => {
    const { result } = reportInput({ verdict: "failed", reasons: ["because"] });
    const terminal = { paint: PLAIN_PAINTER, columns: COLUMNS };

    expect(consoleSummary({ result, paths: PATHS }, "none", terminal)).toEqual([
      "FAILED  night-in-four-zones",
      "report    reports/2026-03-28/report.html",
    ]);
  });

  test("shows tags, where there are some", () => {
    expect(summary(reportInput().result)).toContain("commit=3fa1c2e  branch=main");
    expect(summary(reportInput({ tags: {} }).result).join("\n")).not.toContain("commit");
  });

  test.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    "shows %j without acting on it",
    (_, hostile) => {
      const { result } = inputWith(hostile);

      const terminal = { paint: PLAIN_PAINTER, columns: COLUMNS };
      const lines = consoleSummary({ result, paths: [["report", `reports/${hostile}`]] }, "full", terminal);

      for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(lines.slice(0, -1).filter((line) => line.length > 80)).toEqual([]);
    },
  );
});

/** A run that passed, late for connects and, where its clock was compressed, with stretched downloads. */
function unusable({ speed }: { readonly speed: number }): RunResult {
  const { result } = reportInput({ verdict: "passed", reasons: [] });
  const lateness = { count: 9, p99Us: 473_000, maxUs: 500_000, limitUs: 223_000, isValid: false };
  const metrics = Object.entries(result.metrics).map(([name, metric]) => [
    name,
    name === "connect" || (name === "download" && speed > 1)
      ? { ...metric, isValid: false, compression: name === "download" ? 1.8 : null }
      : { ...metric, isValid: true, compression: null },
  ]);
  return {
    ...result,
    metrics: Object.fromEntries(metrics) as RunResult["metrics"],
    generator: { ...result.generator, verdict: "held up", lateness: { connect: lateness } },
    clock: { ...result.clock, driver: "live", speed },
  };
}

function summary(result: RunResult): readonly string[] {
  return consoleSummary({ result, paths: PATHS }, "compact", { paint: PLAIN_PAINTER, columns: COLUMNS });
}

function full(result: RunResult): readonly string[] {
  return consoleSummary({ result, paths: PATHS }, "full", { paint: PLAIN_PAINTER, columns: COLUMNS });
}
