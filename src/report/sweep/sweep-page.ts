/** The page of a sweep: what it comes to in sentences, then every combination, then a plot a figure. */
import type { SweepPoint, SweepResult } from "../../measure/sweep-result.ts";
import { counted } from "../count-text.ts";
import { type FigureFormat, figureText, formatOf, spreadNotes, spreadPart } from "../figure-text.ts";
import { html, type Html, type HtmlValue, NOTHING } from "../html/html-text.ts";
import { contents, pageShell } from "../html/page-shell.ts";
import { badge, type Section, section } from "../html/section.ts";
import { type Column, table } from "../html/table.ts";
import { VERDICT_WORDS } from "../outcome-words.ts";
import {
  type FigureRange,
  figureRanges,
  hasThresholds,
  keptText,
  overText,
  pointText,
  sweepTitle,
} from "./sweep-answers.ts";
import { withShortNames } from "./sweep-names.ts";
import { sweepQuestions } from "./sweep-questions.ts";
import { answerBlock, plansFooter, plansHeader, repeatSection } from "./plans-page.ts";
import { sweepPlots } from "./sweep-plots.ts";
import { thresholdsByPoint } from "./sweep-thresholds.ts";

export function sweepPage(whole: SweepResult): Html {
  const sweep = withShortNames(whole);
  const { scenario, points, seeds, verdict } = sweep;
  const sections = sectionsOf(sweep);
  const answer = answerBlock({
    verdict,
    title: sweepTitle(sweep),
    sentences: [...sweep.reasons, keptText(sweep), ...sweep.remarks],
    questions: sweepQuestions(sweep),
  });
  return pageShell({
    title: `Sweep: ${scenario.name}`,
    header: plansHeader(
      "sweep",
      sweep,
      whole.knobs.map(({ path }) => path),
      [
        counted(points.length, "combination"),
        ...whole.knobs.map(({ path, values }) => `${path} ${values.join(", ")}`),
        seedsText(seeds),
      ],
    ),
    main: html`${answer} ${contents(sections)} ${sections.map(section)}`,
    footer: plansFooter(sweep, "sweep.json"),
  });
}

/** `3 seeds, 1 to 3`. */
export function seedsText(seeds: readonly number[]): string {
  const [first = 0] = seeds;
  return seeds.length === 1 ? `seed ${first}` : `${seeds.length} seeds, ${first} to ${seeds.at(-1) ?? first}`;
}

function sectionsOf(sweep: SweepResult): readonly Section[] {
  const missing = sweep.missing.length === 0 ? [] : [{ id: "missing", title: "Missing", content: missingTable(sweep) }];
  const promised = hasThresholds(sweep)
    ? [{ id: "thresholds", title: "Thresholds", content: thresholdsByPoint(sweep) }]
    : [];
  return [
    ...missing,
    { id: "ranges", title: "At best and at worst", content: rangeTable(sweep) },
    { id: "combinations", title: "Every combination", content: pointTables(sweep) },
    ...promised,
    { id: "figures", title: "Over the knobs", content: sweepPlots(sweep) },
    repeatSection(sweep, MODELLED),
  ];
}

const MODELLED =
  "Every number is planned: the same nodes and rules as in a run, with the servers as the scenario’s model has them. What the scenario does not limit has no limit.";

function missingTable({ missing, knobs }: SweepResult): Html {
  return table({
    caption: "Plans that are not there",
    isCaptionHidden: true,
    isStacking: true,
    rows: missing,
    columns: [
      { head: "Combination", kind: "head", cell: ({ values }) => pointText(values, knobs) },
      { head: "Seed", kind: "number", cell: ({ seed }) => seed },
      { head: "Because", cell: ({ because }) => because },
    ],
  });
}

function rangeTable(sweep: SweepResult): Html {
  const over = overText(sweep);
  return html`<p class="quiet">The least and the greatest median over seeds, and where it is; ${over}.</p>
    ${table<FigureRange>({
      caption: `Each figure's least and greatest value ${over}`,
      isCaptionHidden: true,
      isStacking: true,
      rows: figureRanges(sweep),
      columns: [
        {
          head: "Figure",
          kind: "head",
          cell: ({ figure }) => html`<div>${figure.title}<span class="meaning">${figure.meaning}</span></div>`,
        },
        { head: "Least", kind: "number", cell: ({ least }) => least },
        { head: "at", cell: ({ leastAt }) => leastAt },
        { head: "Most", kind: "number", cell: ({ most }) => most },
        { head: "at", cell: ({ mostAt }) => mostAt },
      ],
    })}`;
}

/** More columns, of figures and of knobs but for two, would not stand side by side on a page. */
const COLUMNS_A_TABLE = 6;

/** With so many knobs their columns alone take half of a page. */
const WIDE_FROM_KNOBS = 3;

/** Every combination in tables side by side would be wider than a page, so they stand below one another. */
function pointTables(sweep: SweepResult): Html {
  const { knobs, figures, seeds } = sweep;
  const about =
    seeds.length === 1
      ? ""
      : "Medians over seeds; below them least to most, where seeds differ, and of how many seeds, where not all gave a number.";
  const count = Math.ceil(figures.length / (COLUMNS_A_TABLE - Math.max(0, knobs.length - 2)));
  const size = Math.ceil(figures.length / count);
  const parts = Array.from({ length: count }, (_, part) => ({ from: part * size, until: (part + 1) * size }));
  const hint =
    knobs.length < WIDE_FROM_KNOBS
      ? NOTHING
      : html` <span
          >A table that is wider than the page scrolls to the side within its frame, by its arrow keys too.</span
        >`;
  return html`<p class="quiet">${about}${hint}</p>
    ${parts.map((part) => pointTable(sweep, part.from, part.until))}`;
}

function pointTable(sweep: SweepResult, from: number, until: number): Html {
  const { knobs, figures, seeds } = sweep;
  const told = figures.slice(from, until);
  const columns = told.map((figure, place): Column<SweepPoint> => {
    const format = formatOf(figure, sweep);
    return { head: figure.title, kind: "number", cell: (point) => spreadCell(point, from + place, format) };
  });
  const isAlone = told.length === figures.length;
  return table<SweepPoint>({
    caption: isAlone
      ? "Every combination with its figures"
      : `Every combination: ${told.map(({ title }) => title.toLowerCase()).join(", ")}`,
    isCaptionHidden: true,
    isDense: true,
    rows: sweep.points,
    columns: [
      ...knobs.map(({ path }, place): Column<SweepPoint> => {
        const cell = ({ values }: SweepPoint): string => values[place] ?? "";
        return place === 0 ? { head: path, kind: "head", cell } : { head: path, cell };
      }),
      { head: "Verdict", cell: (point) => verdictBadge(point, seeds.length) },
      ...columns,
    ],
  });
}

function verdictBadge({ verdict, runs }: SweepPoint, seeds: number): Html {
  const passed = runs.filter((run) => run.verdict === "passed").length;
  const of = verdict === "failed" && passed > 0 ? `, ${passed} of ${seeds} passed` : "";
  const tone = verdict === "passed" ? "good" : verdict === "failed" ? "bad" : "warn";
  return badge(tone, `${VERDICT_WORDS[verdict].label.toLowerCase()}${of}`);
}

function spreadCell({ figures }: SweepPoint, place: number, format: FigureFormat): HtmlValue {
  const spread = figures[place];
  if (spread === undefined || spread === null) return html`<span class="word">missing</span>`;
  const notes = spreadNotes(spread, format);
  const text = figureText(spreadPart(spread, "median"), format);
  const median = typeof spread.median === "number" ? text : html`<span class="word">${text}</span>`;
  return html`<div>${median}${notes.map((note) => html`<span class="meaning">${note}</span>`)}</div>`;
}
