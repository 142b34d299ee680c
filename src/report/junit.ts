/**
 * `junit.xml`: the run as a test suite, for build servers. It keeps to the strictest of the schemas in use (Ant's, as
 * Windy Road wrote it down), with which Jenkins, GitLab and GitHub's reporters get along: order of the children, host
 * and time without a zone, seconds, no attribute on the root.
 */
import type { RunResult } from "../measure/run-result.ts";
import { isoText, readableSentence } from "./duration-text.ts";
import { VERDICT_WORDS, verdictMeaning } from "./outcome-words.ts";
import type { Reporter, ReportInput } from "./reporter.ts";
import { type TestCase, testCasesOf } from "./test-case.ts";
import { unusableMetricsText } from "./unusable-metrics.ts";
import { Xml } from "./xml-text.ts";

export const junit: Reporter = {
  name: "junit",
  fileName: "junit.xml",
  render: (input) => Xml.element("testsuites", {}, [suite(input)]).document(),
};

function suite({ result, startedAt, command }: ReportInput): Xml {
  const cases = testCasesOf(result);
  const ended = (kind: string): number => cases.filter(({ end }) => end.kind === kind).length;
  const { clock, scenario, verdict, reasons, remarks } = result;
  const attributes = {
    id: 0,
    package: "otafleet",
    name: scenario.name,
    // Whose machine it was is not told; this is the schema's own word for that.
    hostname: "localhost",
    timestamp: secondOf(startedAt === "" ? clock.start : startedAt),
    tests: cases.length,
    failures: ended("failure"),
    errors: ended("error"),
    skipped: ended("skipped"),
    // In virtual time no second of wall time is measured.
    time: secondsText(clock.wallMs === null ? clock.endedAtUs / 1e6 : clock.wallMs / 1000),
  };
  const unusable = unusableMetricsText(result);
  const said = [
    VERDICT_WORDS[verdict].label,
    verdictMeaning(result),
    ...reasons.map(readableSentence),
    ...(unusable === undefined ? [] : [`Beware: ${unusable}`]),
    ...remarks.map(readableSentence),
    command,
  ];
  return Xml.element("testsuite", attributes, [
    Xml.element("properties", {}, properties(result)),
    ...cases.map((each) => testCase(each, scenario.name)),
    Xml.element("system-out", {}, { text: said }),
    Xml.element("system-err", {}, { text: [] }),
  ]);
}

function properties(result: RunResult): Xml[] {
  const { verdict, seed, clock, tags, versions, populations } = result;
  const unusable = unusableMetricsText(result);
  const all: readonly (readonly [name: string, value: string | number])[] = [
    ["verdict", verdict],
    ["seed", seed],
    ["driver", clock.driver],
    ["nodes", populations.nodes],
    ["clock.start", clock.start],
    ["clock.speed", clock.speed],
    ["clock.fleetSeconds", secondsText(clock.endedAtUs / 1e6)],
    ["clock.endedBecause", clock.endedBecause],
    ...(unusable === undefined ? [] : [["beware", unusable] as const]),
    ...Object.entries(tags).map(([name, value]) => [`tag.${name}`, value] as const),
    ...Object.entries(versions).map(([name, value]) => [`version.${name}`, value] as const),
  ];
  return all.map(([name, value]) => Xml.element("property", { name, value }));
}

function testCase({ group, name, seconds, end }: TestCase, scenario: string): Xml {
  const attributes = { classname: `${scenario}.${group}`, name, time: secondsText(seconds) };
  if (end.kind === "passed") return Xml.element("testcase", attributes);
  const { kind, message, lines } = end;
  const type = kind === "skipped" ? {} : { type: `otafleet.${group}` };
  return Xml.element("testcase", attributes, [Xml.element(kind, { message, ...type }, { text: lines })]);
}

/** Without an exponent, to the microsecond. */
function secondsText(seconds: number): string {
  return seconds.toFixed(6);
}

/** `2026-03-28T18:00:00`, of UTC; the schema knows no zones and no fractions. */
function secondOf(iso: string): string {
  return (isoText(Date.parse(iso)) ?? "1970-01-01T00:00:00").slice(0, 19);
}
