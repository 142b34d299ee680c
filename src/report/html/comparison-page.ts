/** `compare.html`: two runs laid over each other. One page, offline, without script, like the report of a run. */
import type { Comparison, ComparisonVerdict } from "../../measure/comparison.ts";
import type { JudgedLimit } from "../../measure/comparison-limit.ts";
import type { CountDifference, PeakDifference, PercentileDifference } from "../../measure/run-difference.ts";
import type { Verdict } from "../../measure/run-result.ts";
import {
  allowedText,
  comparisonWord,
  countDifferenceText,
  countName,
  CURVE_WORDS,
  hasNumber,
  peakText,
  percentileTexts,
  runText,
  scenarioText,
  shareDifferenceText,
} from "../comparison-words.ts";
import { countText, significantText } from "../count-text.ts";
import { durationText, readableSentence } from "../duration-text.ts";
import { answerPanel, reasonList, warnings } from "./answer-panel.ts";
import { comparisonPlots } from "./comparison-plots.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { contents, pageShell } from "./page-shell.ts";
import { badge, section } from "./section.ts";
import { type Column, table } from "./table.ts";

/** A comparison looks like the verdict of a run that means the same to its reader. */
const LOOKS: Readonly<Record<ComparisonVerdict, Verdict>> = {
  within: "passed",
  beyond: "failed",
  "not judged": "incomplete",
};

/** The text of `compare.html`; equal comparisons give equal bytes. */
export function comparisonPage(comparison: Comparison): string {
  const { first, second } = comparison;
  const name = first.name === second.name ? first.name : `${first.name} and ${second.name}`;
  const sections = sectionsOf(comparison);
  const page = pageShell({
    title: `${comparisonWord(comparison).label}: ${name}`,
    header: html`<header>
      <p class="product"><span class="mark" aria-hidden="true"></span>otafleet <span>comparison</span></p>
      <h1>${name}</h1>
      <p class="about">
        Two runs over each other. Differences are the first minus the second, as shares of the second.
      </p>
    </header>`,
    main: html`${verdictOf(comparison)} ${figures(comparison)} ${contents(sections)} ${sections.map(section)}`,
    footer: html`<p>made of compare.json alone; equal comparisons give equal pages</p>`,
  });
  return `${page.toString().trimEnd()}\n`;
}

function verdictOf(comparison: Comparison): Html {
  const { verdict, reasons, remarks } = comparison;
  const { label, meaning } = comparisonWord(comparison);
  const content = html`<p>${meaning}</p>
    <p class="warning">${scenarioText(comparison)}</p>
    ${warnings(remarks)} ${reasonList(reasons)}`;
  return answerPanel({ look: LOOKS[verdict], kind: "Verdict", title: label, content });
}

function figures(comparison: Comparison): Html {
  const of = (metric: string, percentile: string): PercentileDifference | undefined =>
    comparison.percentiles.find((row) => row.metric === metric && row.percentile === percentile);
  const outcomes = comparison.outcomes.filter(({ difference }) => difference !== 0);
  const { completionDistance } = comparison;
  const all = [
    percentileFigure("Completion, half of the targets", of("completion", "p50")),
    percentileFigure("Completion, 95 %", of("completion", "p95")),
    {
      term: "Outcomes",
      value: outcomes.length === 0 ? "equal" : `${outcomes.length} differ`,
      note:
        outcomes.length === 0
          ? `${countText(comparison.targeted.first)} targets in each`
          : outcomes.map((row) => `${countName(row)} ${countDifferenceText(row)}`).join(", "),
    },
    {
      term: "Completion curves",
      value: completionDistance === null ? "none" : `${significantText(completionDistance * 100)} %`,
      note: "of the targets apart at most, at any moment of fleet time",
    },
  ];
  return html`<dl class="figures">
    ${all.map(
      ({ term, value, note }) =>
        html`<div>
          <dt>${term}</dt>
          <dd class="${/^[\d+−]/.test(value) ? "value" : "value words"}">${value}</dd>
          <dd class="note">${note}</dd>
        </div> `,
    )}
  </dl>`;
}

function percentileFigure(term: string, row: PercentileDifference | undefined) {
  if (row === undefined) return { term, value: "none", note: "one of the runs does not have it" };
  const [first, second, difference] = percentileTexts(row);
  return { term, value: difference, note: `${first} beside ${second}` };
}

function sectionsOf(comparison: Comparison) {
  return [
    { id: "curves", title: "Over time", content: comparisonPlots(comparison) },
    { id: "limits", title: "Limits", content: limitTable(comparison.limits) },
    {
      id: "outcomes",
      title: "Outcomes",
      content: countTable("Outcomes", [comparison.targeted, ...comparison.outcomes]),
    },
    { id: "percentiles", title: "Percentiles", content: percentileTable(comparison.percentiles) },
    { id: "peaks", title: "Peaks", content: peakTable(comparison) },
    { id: "counts", title: "Counts", content: countTable("Counts", comparison.counts) },
    { id: "runs", title: "The runs", content: runTable(comparison) },
  ];
}

function limitTable(limits: readonly JudgedLimit[]): Html {
  return table<JudgedLimit>({
    caption: "Limits",
    isCaptionHidden: true,
    isStacking: true,
    empty: "No limit was asked for. Name some with --within 5%.",
    rows: limits,
    columns: [
      { head: "What", kind: "head", cell: ({ what }) => what },
      { head: "Held", cell: ({ isHeld }) => (isHeld ? badge("good", "held") : badge("bad", "not held")) },
      { head: "Apart", kind: "number", cell: ({ actual }) => shareDifferenceText(actual) },
      { head: "Allowed", kind: "number", cell: allowedText },
    ],
  });
}

function sides<Row>(text: (row: Row, side: "first" | "second") => string, difference: (row: Row) => string) {
  const column = (head: string, cell: (row: Row) => string): Column<Row> => ({ head, kind: "number", cell });
  return [
    column("First", (row) => text(row, "first")),
    column("Second", (row) => text(row, "second")),
    column("Difference", difference),
  ];
}

function countTable(caption: string, rows: readonly CountDifference[]): Html {
  return table<CountDifference>({
    caption,
    isCaptionHidden: true,
    isStacking: true,
    rows: rows.filter(({ first, second }) => first + second > 0),
    columns: [
      { head: "What", kind: "head", cell: countName },
      ...sides<CountDifference>((row, side) => countText(row[side]), countDifferenceText),
    ],
  });
}

function percentileTable(rows: readonly PercentileDifference[]): Html {
  return table<PercentileDifference>({
    caption: "Percentiles",
    isCaptionHidden: true,
    isStacking: true,
    empty: "No metric has a sample in both runs.",
    rows: rows.filter(hasNumber),
    rowClass: ({ unusableBecause }) => (unusableBecause === "" ? "" : "invalid-row"),
    columns: [
      {
        head: "Metric",
        kind: "head",
        cell: ({ metric, percentile, unusableBecause }) =>
          html`${metric}
          ${percentile}${unusableBecause === "" ? NOTHING : html`<span class="because">${readableSentence(unusableBecause)}</span>`}`,
      },
      ...sides<PercentileDifference>(
        (row, side) => percentileTexts(row)[side === "first" ? 0 : 1],
        (row) => percentileTexts(row)[2],
      ),
    ],
  });
}

function peakTable({ peaks, timelines }: Comparison): Html {
  return table<PeakDifference>({
    caption: `The fullest ${durationText(timelines.bucketUs)} of fleet time`,
    isStacking: true,
    rows: peaks,
    columns: [
      { head: "Of", kind: "head", cell: ({ name }) => CURVE_WORDS[name] ?? name },
      ...sides<PeakDifference>(
        (row, side) => peakText(row, row[side]),
        ({ share }) => shareDifferenceText(share),
      ),
    ],
  });
}

function runTable({ first, second, scenario }: Comparison): Html {
  return html`<dl class="facts">
    ${[first, second].map(
      (run, place) =>
        html`<div>
          <dt>${place === 0 ? "First" : "Second"}: ${run.folder}</dt>
          <dd>${run.name}: ${runText(run)}</dd>
          <dd class="quiet">scenario ${(scenario.sha256[place] ?? "").slice(0, 16)}</dd>
        </div> `,
    )}
  </dl>`;
}
