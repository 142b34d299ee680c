import { describe, expect, test } from "vitest";
import { searchSummary, sweepSummary } from "../../../src/report/sweep/plans-console.ts";
import { SEARCH_REPORTS } from "../../../src/report/sweep/search-reports.ts";
import { withShortNames } from "../../../src/report/sweep/sweep-names.ts";
import { SWEEP_REPORTS } from "../../../src/report/sweep/sweep-reports.ts";
import { PLAIN_PAINTER } from "../../../src/report/painter.ts";
import { HOSTILE } from "../hostile-strings.ts";
import { FIGURES, planned, searchOf, sweepOf } from "./sweep-fixture.ts";

const TERMINAL = { paint: PLAIN_PAINTER, columns: 80 };

describe("sweep.html", () => {
  const page = fileOf("sweep.html");

  test("answers first: how many combinations pass, and with which values of the first knob", () => {
    const top = text(page.slice(0, page.indexOf("<nav")));

    expect(top).toContain("8 of 12 combinations keep every threshold under all 3 seeds.");
    expect(top).toContain(
      "cdn.egress with autofetch.every 1h, nodes 1000: passes at 1Gbit/s, 10Gbit/s; fails at 100Mbit/s.",
    );
  });

  test("names knobs by the ends of their paths, as far as it takes to tell them apart", () => {
    const knobs = ["fleet.cohorts.a.boot", "fleet.cohorts.b.boot", "nodes"].map((path) => ({ path, values: ["1"] }));
    const runs = [{ values: ["1", "1", "1"], runs: [planned(1, "passed", [1, 2, 3])] }];

    expect(withShortNames(sweepOf({ knobs, planned: runs })).knobs.map(({ path }) => path)).toEqual([
      "a.boot",
      "b.boot",
      "nodes",
    ]);
  });

  test("says of each figure where it is least and where it is most", () => {
    const ranges = text(page.slice(page.indexOf('id="ranges"'), page.indexOf('id="combinations"')));

    expect(ranges).toMatch(
      /Completion p95.*3\.8 h cdn\.egress 1Gbit\/s, autofetch\.every 1h, nodes 1000 92 % at the end cdn\.egress 100Mbit\/s/,
    );
  });

  test("has every combination with its verdict, its medians and their ranges", () => {
    const rows = page.slice(page.indexOf('id="combinations"'), page.indexOf('id="thresholds"')).split("<tr").slice(2);

    expect(rows).toHaveLength(12);
    expect(text(rows[4] ?? "")).toMatch(/1Gbit\/s.*1h.*1000.*passed.*2,502.*2,501 to 2,503.*3\.8 h.*3.6 to 4 h.*\$124/);
    expect(text(rows[2] ?? "")).toMatch(/92 % at the end 91 to 93 % at the end/);
  });

  test("says of a figure that was not reached what its log tells: how far it came, or just that", () => {
    const knobs = [{ path: "nodes", values: ["10"] }];
    const stop = { name: "rollout.stop.at{job:a}", title: "Stopped after", unit: "us", meaning: "" } as const;
    const figures = [FIGURES[1]!, stop];
    const page = (doneShares: readonly (number | null)[] | undefined): string => {
      const runs = [planned(1, "passed", ["not reached", "not reached"], "completion", doneShares)];
      return text(fileOf("sweep.html", sweepOf({ knobs, figures, seeds: [1], planned: [{ values: ["10"], runs }] })));
    };

    expect(page([0.915, null])).toContain("passed 91.5 % at the end never stopped");
    expect(page(undefined)).toContain("passed not reached never stopped");
  });

  test("draws a plot a figure, with a line for each value of the second knob and a plot for each of the third", () => {
    const plots = page.slice(page.indexOf('id="figures"')).split("<figure").slice(1);

    expect(plots).toHaveLength(3 * 2);
    expect(plots[0]).toContain("autofetch.every 6h");
    expect(plots[0]?.match(/class="line tone-series-/g)).toHaveLength(2);
    expect(plots[2]).toContain(">never<");
  });

  test("shows by threshold in how many seeds it holds", () => {
    const table = text(page.slice(page.indexOf('id="thresholds"'), page.indexOf('id="figures"')));

    expect(table).toContain("completion p(95)<8h");
    expect(table).toMatch(/✓ holds.*3\.6 h, 3\.8 h, 4 h/);
    expect(table).toMatch(/✕ does not hold.*not reached/);
  });

  test("names what is missing, and promises nothing of it", () => {
    const gone = [
      {
        values: ["100Mbit/s", "1h", "1000"],
        runs: [planned(1, "passed", [1, 2, 3]), { seed: 2, missingBecause: "stopped by Ctrl-C" }],
      },
    ];
    const incomplete = text(fileOf("sweep.html", sweepOf({ planned: gone, interruptedBecause: "stopped by Ctrl-C" })));

    expect(incomplete).toMatch(
      /Incomplete The sweep was stopped before its end: stopped by Ctrl-C\. 1 plan is missing: stopped by Ctrl-C\./,
    );
    expect(incomplete).toContain("cdn.egress 100Mbit/s, autofetch.every 1h, nodes 1000 2 stopped by Ctrl-C");
  });

  test("says of how many seeds a figure is, where not all gave one: in table, plots and ranges", () => {
    const knobs = [{ path: "model.cdn.egress", values: ["1Gbit/s"] }];
    const runs = [planned(1, "passed", [1, "too few", 3]), planned(2, "passed", [1, 7.2e9, 3])];
    const gone = { seed: 3, missingBecause: "its thread ended" };
    const few = sweepOf({ knobs, planned: [{ values: ["1Gbit/s"], runs: [...runs, gone] }] });
    const page = fileOf("sweep.html", few);
    const part = (from: string, until: string): string => text(page.slice(page.indexOf(from), page.indexOf(until)));

    expect(few.points[0]?.figures.map((spread) => [spread?.from, spread?.of])).toEqual([
      [2, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(part('id="combinations"', 'id="thresholds"')).toMatch(/1 2 of 3 seeds.*2 h 1 of 3 seeds.*\$3 2 of 3 seeds/);
    expect(part('id="ranges"', 'id="combinations"')).toContain("2 h (1 of 3 seeds)");
    expect(part('id="figures"', 'id="repeat"')).toContain("2 h (1 of 3 seeds)");
    for (const extent of ["compact", "full"] as const)
      expect(sweepSummary(few, extent, { ...TERMINAL, columns: 200 }).join("\n")).toContain("2 h (1 of 3 seeds)");
    expect(page.match(/3 of 3 seeds/)).toBeNull();
  });

  test("says of combinations that are not complete that nothing is known of them yet", () => {
    const knobs = [{ path: "nodes", values: ["10", "20", "30"] }];
    const gone = { seed: 1, missingBecause: "not planned yet" };
    const runs = [
      { values: ["10"], runs: [planned(1, "passed", [1, 2, 3])] },
      { values: ["20"], runs: [gone] },
      { values: ["30"], runs: [gone] },
    ];
    const sweep = sweepOf({ knobs, seeds: [1], planned: runs });
    const page = text(fileOf("sweep.html", sweep));

    expect(page).toContain(
      "The least and the greatest median over seeds, and where it is; over the 1 of 3 combinations planned so far",
    );
    expect(page).toContain("$3 in the 1 of 3 combinations that gave it");
    expect(page).not.toMatch(/everywhere|over all combinations/);
    const lines = sweepSummary(sweep, "compact", { ...TERMINAL, columns: 200 }).join("\n");
    expect(lines).toContain("Cost: $3 in the 1 of 3 combinations that gave it");
    expect(page).toContain("1 of 3 combinations keeps every threshold so far; 2 are not complete.");
    expect(page).toContain("nodes 30 – not planned");
  });

  test("says nothing of thresholds where nothing was planned", () => {
    const gone = [{ values: ["1Gbit/s", "1h", "1000"], runs: [{ seed: 1, missingBecause: "stopped by Ctrl-C" }] }];
    const page = text(fileOf("sweep.html", sweepOf({ planned: gone, interruptedBecause: "stopped by Ctrl-C" })));

    expect(page).toContain("None of the 1 combination was planned.");
    expect(page).not.toContain("sets no threshold");
  });

  test("says how many nodes there are, unless that is what is turned", () => {
    const knobs = [{ path: "model.cdn.egress", values: ["1Gbit/s"] }];
    const runs = [{ values: ["1Gbit/s"], runs: [planned(1, "passed", [1, 2, 3])] }];

    expect(text(fileOf("sweep.html", sweepOf({ knobs, planned: runs })))).toContain("100,000 nodes in virtual time");
    expect(text(page)).not.toContain("100,000 nodes");
  });

  test("says so where no threshold is set", () => {
    const free = [
      { values: ["1Gbit/s", "1h", "1000"], runs: [{ ...planned(1, "passed", [1, 2, 3]), thresholds: [] }] },
    ];

    expect(text(fileOf("sweep.html", sweepOf({ planned: free })))).toContain(
      "The scenario sets no threshold, so none of the 1 combination passes or fails.",
    );
  });

  test("stands without script, request or link to elsewhere", () => {
    expect(page).not.toMatch(/<script|<img|<link rel="stylesheet"|https?:|@import|url\(/);
  });
});

describe("sweep.csv", () => {
  test("has a line a plan, in the units of the JSON, and a word where there is no number", () => {
    const [head, ...lines] = fileOf("sweep.csv").trimEnd().split("\r\n");

    expect(head).toBe(
      "model.cdn.egress,autofetch.every,nodes,seed,verdict,peak.downloads [count],completion.p(95) [us],cost [money]",
    );
    expect(lines).toHaveLength(36);
    expect(lines[6]).toBe("100Mbit/s,6h,1000,1,failed,1501,not reached,122");
  });
});

describe("find.html", () => {
  const page = SEARCH_REPORTS[0]!.render(searchOf());

  test("has the value for its title, and the evidence on both sides of the edge under every seed", () => {
    const [top = ""] = text(page).split("Along the knob");

    expect(top).toContain(
      "560Mbit/s The smallest model.cdn.egress for which completion.p(95) < 8h holds under all 3 seeds is 560Mbit/s.",
    );
    expect(text(page.slice(page.indexOf('id="edge"'), page.indexOf('id="plot"')))).toMatch(
      /316Mbit\/s ✕ does not hold 12\.7 h 12\.8 h 12\.8 h 560Mbit\/s ✓ holds 7\.18 h 7\.21 h 7\.25 h/,
    );
  });

  test("has every value that was tried, and the limit in the plot", () => {
    const rows = page.slice(page.indexOf('id="values"')).split("<tr").slice(2);

    expect(rows).toHaveLength(7);
    expect(page).toContain('class="limit"');
  });
});

describe("in the terminal", () => {
  test.each([40, 80])("a sweep and a search fit into %d columns", (columns) => {
    const lines = [
      ...sweepSummary(sweepOf(), "compact", { ...TERMINAL, columns }),
      ...searchSummary(searchOf(), "compact", { ...TERMINAL, columns }),
    ];
    const fits = columns === 80 ? lines.filter((line) => line.length > columns) : [];

    expect(fits).toEqual([]);
    expect(lines.join("\n")).toContain("8 of 12 combinations");
  });

  test("a sweep shows its combinations with the figures that fit, and in full with all", () => {
    const compact = sweepSummary(sweepOf(), "compact", TERMINAL).join("\n");
    const full = sweepSummary(sweepOf(), "full", TERMINAL).join("\n");

    expect(compact).toMatch(/ 10Gbit\/s +6h +2000 +passed +6,002/);
    expect(full).toMatch(/Cost +\$131/);
    expect(sweepSummary(sweepOf(), "none", TERMINAL)).toEqual(["8 of 12 pass  night"]);
  });
});

test("hostile texts act nowhere: not on the pages, nor in the terminal, nor in a spreadsheet", () => {
  for (const hostile of HOSTILE) {
    const scenario = { name: hostile, about: hostile, nodes: 10 };
    const knobs = [{ path: hostile, values: [hostile] }];
    const runs = [planned(1, "failed", [1, 2, 3]), { seed: 2, missingBecause: hostile }];
    const sweep = sweepOf({
      scenario,
      knobs,
      command: hostile,
      tags: { a: hostile },
      planned: [{ values: [hostile], runs }],
    });
    const search = searchOf({ scenario, knob: hostile, until: hostile, command: hostile });
    const lines = [...sweepSummary(sweep, "full", TERMINAL), ...searchSummary(search, "full", TERMINAL)];

    // eslint-disable-next-line no-control-regex
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    for (const page of [fileOf("sweep.html", sweep), SEARCH_REPORTS[0]!.render(search)])
      expect(page).not.toMatch(/<(script|img|iframe|object|embed|form|svg on|a href="[^#])/i);
    expect(fileOf("sweep.csv", sweep)).not.toMatch(/(^|,|\n)"?[=+\-@]/);
  }
});

function fileOf(name: string, sweep = sweepOf()): string {
  return SWEEP_REPORTS.find(({ fileName }) => fileName === name)!.render(sweep);
}

/** The words of a page as one would read them. */
function text(page: string): string {
  return page
    .replace(/<style>[^]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&#39;", "'")
    .replace(/\s+/g, " ");
}
