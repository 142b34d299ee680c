import { describe, expect, test } from "vitest";
import { ROWS_SHOWN_MAX, summaryMarkdown } from "../../src/report/summary-markdown.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { reportInput, THRESHOLDS, threeJobs } from "./result-fixture.ts";

describe("summary.md", () => {
  const passed = summaryMarkdown.render(reportInput());
  const failed = summaryMarkdown.render(
    reportInput({ verdict: "failed", reasons: ["it is 5000 us", "second"], thresholds: THRESHOLDS }),
  );

  test("begins with verdict and reasons", () => {
    expect(failed.split("\n").slice(0, 6)).toEqual([
      "## ❌ Failed: night-in-four-zones",
      "",
      "A promise of this scenario was not kept. The numbers can be trusted.",
      "",
      "- it is 5 ms",
      "- second",
    ]);
    expect(passed).toMatch(/^## ✅ Passed: /);
  });

  test("counts updates where there are several jobs, and says at what the unfinished were", () => {
    const outcomes = { ...threeJobs().outcomes!, unfinished: 7 };
    const unfinishedBy = { ...outcomes.unfinishedBy, waitingForApproval: { online: 5, offline: 2 } };
    const text = summaryMarkdown.render(reportInput({ ...threeJobs(), outcomes: { ...outcomes, unfinishedBy } }));

    expect(text).toContain("6,000 updates targeted (2,000 nodes, 3 jobs)");
    expect(text).toContain("| Outcome | Updates | Share |");
    expect(text).toMatch(/\| Cohort \| Nodes \| Updates \|/);
    expect(text).toMatch(/\nUnfinished: .*waiting for approval 5 online and 2 offline/);
    expect(passed).toContain("| Outcome | Nodes | Share |");
  });

  test("tells why updates ended as they did, and apart from the unfinished who was never seen", () => {
    const { result } = reportInput();
    const endReasons = [
      { outcome: "bricked", reason: "broke at its first boot", count: 4, beliefs: { "in-progress": 4 } },
      { outcome: "rolledBack", reason: "boot loop", count: 12, beliefs: { rejected: 10, "in-progress": 2 } },
    ] as const;
    const text = summaryMarkdown.render(reportInput({ endReasons, end: { ...result.end, unseen: 17 } }));

    expect(text).toContain("\n- bricked: broke at its first boot: 4, on record as in-progress\n");
    expect(text).toContain("\n- rolled back: boot loop: 12, on record as 2 in-progress, 10 rejected\n");
    expect(text).toContain("\n\nOf all targets never seen between the job's start and the end: 17.\n");
    expect(text).toMatch(/\nUnfinished: [^\n;]*[^\n]*offline\.\n/);
  });

  test("says that no threshold was set, and what there is to know", () => {
    const page = summaryMarkdown.render(reportInput({ thresholds: [], remarks: ["took 5000 us"] }));

    expect(page).toContain("\nNo threshold was set,");
    expect(page).toContain("\n**Note:** took 5 ms\n");
  });

  test("tells what shaped the run on one line, tags too", () => {
    expect(passed).toContain(
      "2,000 nodes · live, at 600 × real time · 59.9 h of fleet time in 5.99 min · seed 1 · commit=3fa1c2e · branch=main",
    );
  });

  test("has thresholds, outcomes, truth, percentiles, cohorts and zones, in this order", () => {
    const heads = [...failed.matchAll(/^### (.*)$/gm)].map(([, head]) => head);

    expect(heads).toEqual([
      "Thresholds: 2 of 4 passed",
      "Outcomes",
      "Truth and belief",
      "Percentiles",
      "Cohorts",
      "Zones",
    ]);
    expect(failed).toContain("| ✅ | `completion p(95)<36h` | 31.4 h | 4.6 h below the limit (12.8 % of it) |");
    expect(failed).toMatch(/\| success \| 1,930 \| 96\.5 % \|/);
    expect(failed).toMatch(/\| Europe\/Berlin \| \d+ \|/);
  });

  test("has a table of jobs where there are several", () => {
    const [job] = reportInput().result.jobs;
    const two = [job!, { ...job!, name: "second|job", createdAtUs: null, cancelledAtUs: 3_600_000_000 }];

    const text = summaryMarkdown.render(reportInput({ jobs: two }));

    expect(passed).not.toContain("### Jobs");
    expect(text).toContain("\n| spring | 2,000 | 96.5 % | 70 | ");
    expect(text).toContain("\n| second\\|job | 2,000 | 96.5 % | 70 | never | 60 min |");
  });

  test("strikes out what is not to be used, and says so", () => {
    expect(passed).toContain("What is struck out is not to be used.");
    expect(passed).toMatch(/\| `connect_tls` ⚠️ \| [\d,]+ \| ~~[\d.]+ ms~~ \|/);
  });

  test("keeps every table whole: each row has as many cells as its head", () => {
    for (const text of [passed, failed, ...HOSTILE.map((hostile) => summaryMarkdown.render(inputWith(hostile)))])
      expect(brokenRows(text)).toEqual([]);
  });

  test("leaves rows beyond twenty to the report", () => {
    const [zone] = reportInput().result.zones;
    const zones = Array.from({ length: 50 }, (_, index) => ({ ...zone!, name: `zone ${index}` }));

    const text = summaryMarkdown.render(reportInput({ zones, reasons: zones.map(({ name }) => name) }));

    expect(text.match(/^\| zone \d+ \|/gm)).toHaveLength(ROWS_SHOWN_MAX);
    expect(text).toContain("- and 30 more, see the report");
    expect(text).toContain("\nand 30 more, see the report");
  });

  test("shows no number that is none, of a run without anything too", () => {
    const { outcomes } = reportInput().result;
    const zero = Object.fromEntries(
      Object.entries(outcomes).map(([key, value]) => [key, typeof value === "number" ? 0 : value]),
    );
    const nothing = summaryMarkdown.render(
      reportInput({
        outcomes: zero as unknown as typeof outcomes,
        thresholds: [],
        metrics: {},
        cohorts: [],
        zones: [],
      }),
    );

    for (const text of [passed, nothing]) expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  const plain = skeleton(summaryMarkdown.render(inputWith("plain")));
  test.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    "is of the same build with %j in every text, fits a comment, and carries nothing that acts",
    (_, hostile) => {
      const text = summaryMarkdown.render(inputWith(hostile));

      expect(skeleton(text)).toEqual(plain);
      expect(text.length).toBeLessThan(65_536);
      expect(text.replaceAll("\n", "").replaceAll("\ufe0f", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      // Code spans show what is in them; outside of them no tag, no link, no mention.
      expect(text.replaceAll(/(`+)(?:[^`\n]|(?!\1)`+)*\1(?!`)/g, "")).not.toMatch(/<|:\/\/|www\.|(?<!\\)\]\(|@\w/);
    },
  );
});

/** What each line is: a heading, an item, a row of so many cells, a text, or nothing. */
function skeleton(text: string): readonly string[] {
  return text.split("\n").map((line) => {
    if (line.startsWith("|")) return `row of ${cellsOf(line)}`;
    return /^(#+ |- |)/.exec(line)?.[1] ?? "";
  });
}

function brokenRows(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.filter((line, place) => {
    const before = lines[place - 1] ?? "";
    return line.startsWith("|") && before.startsWith("|") && cellsOf(line) !== cellsOf(before);
  });
}

/** GitHub takes tables apart before anything else: every pipe that is not escaped ends a cell. */
function cellsOf(line: string): number {
  return line.split(/(?<!\\)\|/).length - 2;
}
