import { describe, expect, test } from "vitest";
import { cellText } from "../../src/report/csv-cell.ts";
import { nodesCsv, STABLE_COLUMNS } from "../../src/report/nodes-csv.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { reportInput } from "./result-fixture.ts";

describe("nodes.csv", () => {
  test("has a header and a line for each node, all with as many cells", () => {
    const lines = parse(nodesCsv.render(reportInput()));

    expect(lines).toHaveLength(2_001);
    expect(new Set(lines.map((cells) => cells.length)).size).toBe(1);
  });

  test("puts what every number of workers must agree on first, closed by outcome and final version", () => {
    const [header] = parse(nodesCsv.render(reportInput()));

    const stable = STABLE_COLUMNS.map((column) => column.header);
    expect(header?.slice(0, stable.length)).toEqual(stable);
    expect(stable.slice(0, 6)).toEqual(["index", "id", "fileId", "name", "cohort", "zone"]);
    expect(stable.slice(-4)).toEqual(["faultsDrawn", "job", "outcome", "finalVersion"]);
    expect(header?.[stable.length + 6]).toBe("belief");
  });

  test("leaves the cell empty of what never came", () => {
    const input = reportInput();
    const gone = [...input.nodes].find(({ unfinishedAs }) => unfinishedAs === "neverOffered")!;

    const [header, line] = parse(nodesCsv.render({ ...input, nodes: [gone] }));

    expect(line?.[header?.indexOf("confirmedAtUs") ?? -1]).toBe("");
    expect(line?.[header?.indexOf("unfinishedAs") ?? -1]).toBe("neverOffered");
  });

  test.each(HOSTILE.map((text) => [text.slice(0, 40), text] as const))("makes %j inert", (_, hostile) => {
    const text = nodesCsv.render(inputWith(hostile));

    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    const lines = parse(text);
    expect(lines).toHaveLength(6);
    for (const cells of lines) {
      expect(cells).toHaveLength(lines[0]!.length);
      for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/u);
    }
  });
});

describe("a cell", () => {
  test.each([
    [-5, "-5"],
    ["=1+1", "'=1+1"],
    ["+cmd", "'+cmd"],
    ["-cmd", "'-cmd"],
    ["@SUM", "'@SUM"],
    ["\t=1", "'\\x09=1"],
    ["\r=1", "'\\x0d=1"],
    ["a=1", "a=1"],
    ['say "a, b"', '"say ""a, b"""'],
    [null, ""],
    [true, "yes"],
  ])("of %j is %j", (cell, text) => {
    expect(cellText(cell)).toBe(text);
  });
});

/** Reads RFC 4180. */
function parse(text: string): string[][] {
  const lines: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === "") break;
    lines.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "\r\n") lines.push([]);
  }
  return lines.slice(0, -1);
}
