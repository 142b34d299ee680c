import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/measure/run-result.ts";
import { junit } from "../../src/report/junit.ts";
import { visible } from "../../src/report/text-cleaning.ts";
import { Xml } from "../../src/report/xml-text.ts";
import { anyText } from "../base/any-text.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { junitBreaches } from "./junit-rules.ts";
import { reportInput, THRESHOLDS } from "./result-fixture.ts";
import { strictXml, type XmlElement } from "./strict-xml.ts";

const hasPython = spawnSync("python3", ["-c", "import xml.etree.ElementTree"]).status === 0;
const without = hasPython ? "" : " (skipped: no python3 found)";

describe("junit.xml", () => {
  test("keeps to the schema, whatever the run comes to", () => {
    for (const changes of [{}, FAILED, INVALID, EMPTY])
      expect(junitBreaches(strictXml(junit.render(reportInput(changes))))).toEqual([]);
  });

  test("has a test for each threshold, law and drawn fault, for the truth, the generator, and the run itself", () => {
    const { result } = reportInput();
    const names = [...casesOf({}).keys()];

    expect(names.slice(0, 2)).toEqual(["the run can be judged", "generator held up"]);
    expect(names).toEqual(expect.arrayContaining(["completion p(95)<36h", "no false success"]));
    for (const { id, sentence } of result.laws) expect(names).toContain(`${id} ${sentence}`);
    for (const [name, { drawn }] of Object.entries(result.faults))
      expect(names.includes(`fault ${name} fired`)).toBe(drawn > 0);
  });

  test("warns of metrics that are not to be used, where the run passed too", () => {
    const text = junit.render(reportInput());

    expect(text).toMatch(/<property name="beware" value="1 of \d+ metrics is not to be used.*: .* connect_tls\."/);
    expect(text).toMatch(/<system-out>[^]*Beware: 1 of \d+ metrics is not to be used/);
  });

  test("says that no threshold was set, and what there is to know", () => {
    const file = junit.render(reportInput({ thresholds: [], remarks: ["took 5000 us"] }));

    expect(file).toContain("No threshold was set,");
    expect(file).toContain("took 5 ms");
  });

  test("tells verdict, seed, tags and versions as properties", () => {
    const [suite] = strictXml(junit.render(reportInput())).children;
    const properties = suite?.children[0]?.children.map(({ attributes }) => [attributes["name"], attributes["value"]]);

    expect(properties).toEqual(
      expect.arrayContaining([
        ["verdict", "passed"],
        ["seed", "1"],
        ["tag.commit", "3fa1c2e"],
        ["version.tzdata", "2026a"],
      ]),
    );
    expect(suite?.attributes).toMatchObject({
      name: "night-in-four-zones",
      timestamp: "2026-11-24T17:03:10",
      time: "359.300000",
    });
  });

  test("gives times in seconds to the microsecond: what a threshold on a duration measured", () => {
    const threshold = { ...THRESHOLDS[0]!, metric: "connect", expression: "p(95)<1s", actual: 123_456, difference: -1 };
    const found = casesOf({ thresholds: [threshold] });

    expect(found.get("connect p(95)<1s")?.attributes["time"]).toBe("0.123456");
    expect(found.get("no false success")?.attributes["time"]).toBe("0.000000");
  });

  test("shows a broken promise as a failure, with what came out and how far off it was", () => {
    const found = casesOf(FAILED).get("completion{population:reachable} p(99)<30h")?.children[0];

    expect(found?.name).toBe("failure");
    expect(found?.attributes["message"]).toContain("it is 32.1 h");
    expect(found?.text).toBe("came out: 32.1 h\ndistance: 2.1 h above the limit (7 % of it)");
    expect(casesOf(FAILED).get("the run can be judged")?.children).toEqual([]);
  });

  test("shows a promise that could not be judged as an error", () => {
    expect(casesOf(FAILED).get("connect_tls p(99)<50ms")?.children[0]?.name).toBe("error");
  });

  test("shows a false success as a failure, and as not judged where no belief is known", () => {
    const { truth } = reportInput().result;
    const unknown = Object.fromEntries(Object.keys(truth.matrix).map((outcome) => [outcome, { unknown: 3 }]));
    const end = (changes: Partial<RunResult["truth"]>): string | undefined =>
      casesOf({ truth: { ...truth, ...changes } }).get("no false success")?.children[0]?.name;

    expect(end({})).toBeUndefined();
    expect(end({ falseSuccess: 2, falseSuccessNodes: [3, 4] })).toBe("failure");
    expect(end({ matrix: unknown as unknown as RunResult["truth"]["matrix"] })).toBe("skipped");
  });

  test("of an invalid or incomplete run is an error, with every reason, and shows no promise as kept", () => {
    for (const changes of [INVALID, { ...INVALID, verdict: "incomplete" as const }]) {
      const found = casesOf(changes);

      expect(found.get("the run can be judged")?.children[0]?.name).toBe("error");
      expect(found.get("the run can be judged")?.children[0]?.text).toContain("Nothing was tested");
      for (const name of ["completion p(95)<36h", "outcome.rolledBack rate<0.02", "no false success"])
        expect(found.get(name)?.children[0]?.name).toBe("skipped");
    }
  });

  test("of an incomplete run shows no promise as broken and no fault as missing: the run itself is the error", () => {
    const faults = { "boot-loop": { of: "node" as const, drawn: 3, fired: 0 } };
    const [suite] = strictXml(
      junit.render(reportInput({ ...FAILED, verdict: "incomplete", faults, laws: [] })),
    ).children;

    expect(suite?.attributes).toMatchObject({ failures: "0", errors: "1", skipped: "6" });
  });

  test("of a run in which nothing was tested has a test, and that is an error", () => {
    const [suite] = strictXml(junit.render(reportInput(EMPTY))).children;

    expect(Number(suite?.attributes["tests"])).toBeGreaterThan(0);
    expect(Number(suite?.attributes["errors"])).toBeGreaterThan(0);
  });

  test("shows a fault that never fired and a broken law as errors, and an unchecked law as skipped", () => {
    const { laws } = reportInput().result;
    const found = casesOf({
      faults: {
        "boot-loop": { of: "node", drawn: 3, fired: 0 },
        "slow-flash": { of: "node", drawn: 3, fired: 1 },
        "lost-offers": { of: "backend", drawn: 0, fired: 0 },
      },
      laws: [
        { ...laws[0]!, id: "L1", sentence: "x", verdict: "broken", left: 1, right: 2 },
        { ...laws[0]!, id: "L2", sentence: "y", verdict: "not checkable", left: null, right: null, detail: "no side" },
      ],
    });
    const ends = ["fault boot-loop fired", "fault slow-flash fired", "fault lost-offers fired", "L1 x", "L2 y"].map(
      (name) => found.get(name)?.children[0]?.name,
    );

    expect(ends).toEqual(["error", undefined, "error", "error", "skipped"]);
    expect(found.get("L1 x")?.children[0]?.attributes["message"]).toBe("law L1 is broken: left 1, right 2");
  });

  test.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))("carries %j as text", (_, hostile) => {
    const input = inputWith(hostile);

    const root = strictXml(junit.render(input));

    expect(junitBreaches(root)).toEqual([]);
    expect(root.children[0]?.attributes["name"]).toBe(visible(hostile.slice(0, 2_048)) + cutWords(hostile));
  });

  test.skipIf(!hasPython)(`is read by Python's parser to the same tree${without}`, () => {
    const documents = [...HOSTILE, "plain"].map((hostile) => junit.render(inputWith(hostile)));

    const { stdout, stderr, status } = spawnSync("python3", ["-c", TO_JSON], {
      input: JSON.stringify(documents),
      encoding: "utf8",
      maxBuffer: 1e9,
    });

    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual(documents.map((document) => treeOf(strictXml(document))));
  });
});

test.each([
  '<a b="<"/>',
  "<a>&</a>",
  "<a>]]></a>",
  "<a><b></a></b>",
  '<a b="" b=""/>',
  "<a/>x",
  "<a>\u0000</a>",
  "<!DOCTYPE a><a/>",
])("the reader of these tests refuses %j", (body) => {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';

  expect(strictXml(`${head}<a b="&lt;">x</a>`)).toMatchObject({ attributes: { b: "<" }, text: "x" });
  expect(() => strictXml(`${head}${body}`)).toThrow();
});

test("xml`s elements carry any text, and only characters that XML allows", () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const read = strictXml(Xml.element("a", { b: text }, { text: [text] }).document());
      expect(read).toMatchObject({ attributes: { b: visible(text) }, text: visible(text) });
    }),
  );
});

const FAILED: Partial<RunResult> = { verdict: "failed", reasons: ["because"], thresholds: THRESHOLDS };
const INVALID: Partial<RunResult> = { verdict: "invalid", reasons: ["Nothing was tested: no node is a target."] };
const EMPTY: Partial<RunResult> = { ...INVALID, thresholds: [], laws: [], faults: {} };

/** Reads documents and answers each as [name, attributes, text, children]. */
const TO_JSON = `
import json, sys
from xml.etree import ElementTree
def tree(e): return [e.tag, e.attrib, (e.text or "").strip(), [tree(c) for c in e]]
json.dump([tree(ElementTree.fromstring(d.encode("utf-8"))) for d in json.load(sys.stdin)], sys.stdout)
`;

function treeOf({ name, attributes, text, children }: XmlElement): unknown {
  return [name, attributes, text.trim(), children.map(treeOf)];
}

/** Test cases by name. */
function casesOf(changes: Partial<RunResult>): ReadonlyMap<string, XmlElement> {
  const [suite] = strictXml(junit.render(reportInput(changes))).children;
  const cases = (suite?.children ?? []).filter(({ name }) => name === "testcase");
  return new Map(cases.map((each) => [each.attributes["name"] ?? "", each]));
}

function cutWords(text: string): string {
  return text.length > 2_048 ? `… (+${text.length - 2_048} characters)` : "";
}
