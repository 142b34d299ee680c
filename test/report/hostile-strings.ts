/** Texts that a node, a backend or a scenario may send to harm whoever reads a report. */
import { METRICS } from "../../src/measure/metrics.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import type { ReportInput } from "../../src/report/reporter.ts";
import { reportInput, seriesOf } from "./result-fixture.ts";

export const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "'><svg onload=alert(1)>",
  "` onmouseover=alert(1) `",
  "</title><script>alert(1)</script>",
  "</style><style>*{display:none}</style>",
  "javascript:alert(1)",
  "<a href='javascript:alert(1)'>click</a>",
  "]]><!-- -->",
  "<!--",
  "&lt;script&gt;",
  "\u001b[2J\u001b[1;1Hgone",
  "\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
  "\u009b31mred",
  "bell\u0007 and back\b\b\b\bspace",
  "\u202egnp.exe",
  "\u2066isolate\u2069\u200bzero\ufeffwidth",
  '=HYPERLINK("http://evil.example";"x")',
  "+cmd|' /C calc'!A0",
  "-2+3+cmd|' /C calc'!A0",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "\t=1+1",
  "\r=1+1",
  "＝1+1",
  'comma, "quote", semicolon; end',
  "ok\r\n2026-03-28 PASSED everything",
  "lone \ud800 surrogate",
  "nul \u0000 and \ufffe",
  "\u2028line\u2029paragraph",
  "$& $1 ${process.exit(1)}",
  "__proto__",
  "x".repeat(1_000_000),
];

/** A whole input in which every text that someone else may choose is `text`. */
export function inputWith(text: string): ReportInput {
  const base = reportInput();
  const { result } = base;
  const metric = result.metrics["connect"]!;
  const metrics = Object.fromEntries(
    METRICS.map(({ name }) => [
      name,
      {
        ...metric,
        meaning: text,
        isValid: false,
        invalidBecause: text,
        compression: 1.5,
        cohorts: own(text, seriesOf([1, 2, 3], 3, "samples")),
      },
    ]),
  );
  const changed: RunResult = {
    ...result,
    verdict: "failed",
    reasons: [text, `node ${text} says`],
    scenario: { name: text, about: text },
    tags: own(text, text),
    versions: { otafleet: text, ...own(text, text) },
    clock: { ...result.clock, endedBecause: text },
    truth: { ...result.truth, falseSuccess: 2, falseSuccessNodes: [0, 1] },
    thresholds: (["passed", "failed", "cannot pass"] as const).map((verdict) => ({
      metric: text,
      expression: text,
      verdict,
      actual: null,
      limit: 1,
      unit: "count",
      difference: null,
      because: text,
    })),
    metrics,
    staggering: result.staggering.map((job) => ({ ...job, job: text })).flatMap((job) => [job, job]),
    jobs: result.jobs.map((job) => ({ ...job, name: text })),
    cohorts: result.cohorts.map((group) => ({ ...group, name: text })),
    zones: result.zones.map((group) => ({ ...group, name: text })),
    laws: result.laws.map((law) => ({ ...law, id: text, sentence: text, detail: text })),
    generator: {
      ...result.generator,
      verdict: "was the limit",
      reasons: [text],
      lateness: own(text, { ...result.generator.lateness["connect"]!, isValid: false }),
    },
    faults: own(text, { of: "node", drawn: 3, fired: 0 }),
    defects: [
      {
        job: text,
        version: text,
        fault: text,
        hardware: text,
        share: 0.1,
        afterUs: 1,
        targets: 0,
        installed: 0,
        struck: 0,
        inVain: text,
      },
    ],
    remarks: [text, `node ${text} says`],
    retries: { ...result.retries, mostJob: text },
    endReasons: [{ outcome: "rolledBack", reason: text, count: 1, beliefs: { rejected: 1 } }],
    counters: own(text, 1),
    backend: own(text, 1),
  };
  const nodes = [...base.nodes].slice(0, 5).map((node) => ({
    ...node,
    id: text,
    name: text,
    cohort: text,
    zone: text,
    generation: text,
    chip: text,
    project: text,
    firstVersion: text,
    finalVersion: text,
    job: text,
  }));
  const histograms = base.histograms.map((each) => ({ ...each, metric: text, cohort: text }));
  return { ...base, result: changed, nodes, histograms, command: `otafleet run ${text}` };
}

/** An object with that own key, `__proto__` too. */
function own<Value>(key: string, value: Value): Record<string, Value> {
  return Object.fromEntries([[key, value]]);
}
