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
