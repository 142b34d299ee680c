import { describe, expect, test } from "vitest";
import { compareRuns, type Comparison } from "../../src/measure/comparison.ts";
import type { ComparisonLimit } from "../../src/measure/comparison-limit.ts";
import { comparisonJson } from "../../src/report/comparison-json.ts";
import { consoleComparison } from "../../src/report/console-comparison.ts";
import { comparisonPage } from "../../src/report/html/comparison-page.ts";
import { PLAIN_PAINTER } from "../../src/report/painter.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { reportInput } from "./result-fixture.ts";

/** Texts in groups, none of which is cut before its end. */
const GROUPS = [
  HOSTILE.slice(0, 10).join(" "),
  HOSTILE.slice(10, 20).join(""),
  HOSTILE.slice(20, 31).join(" "),
  HOSTILE[31] ?? "",
];

const LIMITS: readonly ComparisonLimit[] = [
  { on: "completion", share: 0.05 },
  { on: "outcomes", share: 0 },
];

describe("a comparison in a terminal", () => {
  test("says what it comes to, what the runs are, and each number side by side", () => {
    const lines = linesOf(comparisonOf(LIMITS));

    expect(lines[1]).toBe("WITHIN  night-in-four-zones");
    expect(lines).toContain("Limits  11 of 11 held");
    expect(lines.some((line) => /success +1,\d{3} +1,\d{3} +equal/.test(line))).toBe(true);
    expect(lines.some((line) => /completion p50 .* equal/.test(line))).toBe(true);
    expect(lines.some((line) => /fetches .* \/s +.* \/s +equal/.test(line))).toBe(true);
  });

  test("of two scenarios, or with a run that is not to be used, says so and not that they lie apart", () => {
    const within = comparisonOf(LIMITS);
    const other = {
      ...within,
      verdict: "beyond",
      scenario: { ...within.scenario, isSame: false, differs: ["end"] },
    } as const;
    const invalid = { ...within, verdict: "beyond", second: { ...within.second, verdict: "invalid" } } as const;

    expect(linesOf(other)[1]).toBe("NOT THE SAME SCENARIO  night-in-four-zones");
    expect(linesOf(other).join("\n")).toContain("Not the same scenario: end differs.");
    expect(linesOf(invalid)[1]).toBe("NOT TO BE COMPARED  night-in-four-zones");
    expect(linesOf({ ...within, verdict: "beyond" })[1]).toBe("BEYOND  night-in-four-zones");
    for (const each of [other, invalid]) expect(comparisonPage(each)).not.toContain("further apart than was allowed");
  });

  test("of waits of microseconds tells the difference itself, for a share of next to nothing says nothing", () => {
    const wait = { metric: "wait", percentile: "p50", first: 0, second: 3, share: -1, unusableBecause: "" } as const;
    const longer = { ...wait, metric: "reboot", first: 50, second: 100, share: -0.5 };
    const text = linesOf({ ...comparisonOf(LIMITS), percentiles: [wait, longer] }).join("\n");

    expect(text).toMatch(/wait p50 +0 s +3 µs +−3 µs/);
    expect(text).toMatch(/reboot p50 +50 µs +100 µs +−50 %/);
  });

  test.each([40, 60, 80])("fits into %d columns, apart from its tables of four", (columns) => {
    const lines = consoleComparison(comparisonOf(LIMITS), { paint: PLAIN_PAINTER, columns });
    const sentences = lines.filter((line) => !/ {2,}\S+.* {2,}\S+/.test(line.trim()));

    expect(sentences.filter((line) => line.length > columns)).toEqual([]);
  });

  test("obeys no text of a run's folder", () => {
    for (const hostile of GROUPS) {
      const text = linesOf(comparisonOf(LIMITS, hostile)).join("\n");

      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
    }
  });
});

describe("compare.html", () => {
  test("is one page with the curves of both runs, and equal comparisons give equal bytes", () => {
    const page = comparisonPage(comparisonOf(LIMITS));

    expect(page).toBe(comparisonPage(comparisonOf(LIMITS)));
    expect(page.match(/class="line tone-first"/g)).toHaveLength(8);
    expect(page.match(/class="line tone-second"/g)).toHaveLength(8);
    expect(page).not.toMatch(/<script|src=|https?:\/\/(?!www\.w3\.org)/);
  });

  test("shows the day of the run beside a plan of another day, and says so", () => {
    const { first, second, ...rest } = comparisonOf(LIMITS);
    const planned = { ...first, driver: "virtual", clockStart: "2026-03-10T12:00:00.000Z" } as const;
    const live = { ...second, driver: "live", clockStart: "2026-11-30T22:04:20.000Z" } as const;
    const pages = [
      comparisonPage({ ...rest, first: planned, second: live }),
      comparisonPage({ ...rest, first: live, second: planned }),
    ];

    expect(aboutTimes(pages[0])).toBe("in UTC of the second run (the other began at another time)");
    expect(aboutTimes(pages[1])).toBe("in UTC of the first run (the other began at another time)");
    // One began at noon, the other late in an evening.
    expect(hoursOf(pages[0])).toEqual(hoursOf(pages[1]));
    expect(hoursOf(pages[0])).not.toEqual(hoursOf(comparisonPage({ ...rest, first: planned, second: planned })));
  });

  test("makes no tag and no attribute of a text in a run's folder", () => {
    const plain = comparisonPage(comparisonOf(LIMITS, "harmless"));

    for (const hostile of GROUPS) {
      const page = comparisonPage(comparisonOf(LIMITS, hostile));
      expect(tagsOf(page)).toEqual(tagsOf(plain));
    }
  });
});

test("compare.json holds the comparison, whatever its texts are", () => {
  for (const hostile of GROUPS.slice(0, 3)) {
    const comparison = comparisonOf(LIMITS, hostile);
    const text = comparisonJson(comparison);

    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(comparison)));
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
  }
});

/** A run with itself; every text that somebody else may choose is `text`, where one is given. */
function hoursOf(page: string | undefined): readonly string[] {
  return (page ?? "").match(/\d\d:\d\d/g) ?? [];
}

function aboutTimes(page: string | undefined): string | undefined {
  return /in UTC[^,]*/.exec(page ?? "")?.[0];
}

function comparisonOf(limits: readonly ComparisonLimit[], text?: string): Comparison {
  const { result } = text === undefined ? reportInput() : inputWith(text);
  const own = { folder: text ?? "reports/night", result };
  const words = text === undefined ? [] : [text];
  const match = { isSame: true, sha256: ["a".repeat(64), "a".repeat(64)], differs: words, mayDiffer: words } as const;
  return compareRuns(own, own, match, limits);
}

function linesOf(comparison: Comparison): readonly string[] {
  return consoleComparison(comparison, { paint: PLAIN_PAINTER, columns: 80 });
}

/** Names of all tags with the names of their attributes. */
function tagsOf(page: string): readonly string[] {
  return [...page.matchAll(/<(\/?[a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi)].map(
    ([, name, attributes]) =>
      `${name} ${[...(attributes ?? "").matchAll(/([a-z-]+)=/gi)].map(([, each]) => each).join(" ")}`,
  );
}
