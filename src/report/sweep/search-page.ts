/** The page of a search: the answer, the evidence on both sides of the edge, and every value that was tried. */
import { unreachable } from "../../base/assert.ts";
import { type FigureSpread, sizeOf, spreadOf } from "../../measure/figure-spread.ts";
import type { SearchAnswer } from "../../measure/search-answer.ts";
import type { SearchPoint, SearchResult } from "../../measure/search-result.ts";
import type { Verdict } from "../../measure/run-result.ts";
import { counted, percentText } from "../count-text.ts";
import { type FigureFormat, figureText, formatOf, numberText, spreadText } from "../figure-text.ts";
import { bandPlot, type BandPoint } from "../html/band-plot.ts";
import { html, type Html } from "../html/html-text.ts";
import { contents, pageShell } from "../html/page-shell.ts";
import { badge, type Section, section } from "../html/section.ts";
import { type Column, table } from "../html/table.ts";
import { answerBlock, plansFooter, plansHeader, repeatSection } from "./plans-page.ts";
import { seedsText } from "./sweep-page.ts";
import { axisOf } from "./sweep-plots.ts";

export function searchPage(search: SearchResult): Html {
  const { knob, until, seeds, points, answer, sentences, remarks, scenario, within } = search;
  const sections = sectionsOf(search);
  const top = answerBlock({
    verdict: searchVerdict(answer),
    title: answerTitle(answer),
    sentences: [...sentences, ...remarks],
    questions: [],
  });
  return pageShell({
    title: `Search: ${scenario.name}`,
    header: plansHeader(
      "search",
      search,
      [knob],
      [`${knob} until ${until}`, counted(points.length, "value"), seedsText(seeds), `to ${percentText(within)}`],
    ),
    main: html`${top} ${contents(sections)} ${sections.map(section)}`,
    footer: plansFooter(search, "find.json"),
  });
}

/** The answer in a word or two: the value, where there is one. */
export function answerTitle(answer: SearchAnswer): string {
  switch (answer.kind) {
    case "found":
      return answer.holds;
    case "holds everywhere":
      return "Holds wherever it was tried";
    case "fails everywhere":
      return "Fails wherever it was tried";
    case "not monotone":
      return "No single edge";
    case "not judged":
      return "Not judged";
    case "stopped":
      return "Incomplete";
    default:
      return unreachable(answer);
  }
}

/**
 * What a search comes to, in the words and colours of a run: a value at which it holds, or that it holds at every one,
 * passes; a promise that no value keeps fails.
 */
export function searchVerdict({ kind }: SearchAnswer): Verdict {
  switch (kind) {
    case "found":
    case "holds everywhere":
      return "passed";
    case "fails everywhere":
      return "failed";
    case "stopped":
      return "incomplete";
    case "not monotone":
    case "not judged":
      return "invalid";
    default:
      return unreachable(kind);
  }
}

const MODELLED =
  "Every number is planned: the same nodes and rules as in a run, with the servers as the scenario’s model has them.";

function sectionsOf(search: SearchResult): readonly Section[] {
  const { answer, points } = search;
  const sides =
    answer.kind === "found" ? points.filter(({ value }) => value === answer.holds || value === answer.fails) : [];
  const edge = { id: "edge", title: "Both sides of the edge", content: pointTable(search, sides) };
  return [
    ...(sides.length === 0 ? [] : [edge]),
    { id: "plot", title: "Along the knob", content: searchPlot(search) },
    { id: "values", title: "Every value that was tried", content: pointTable(search, points) },
    repeatSection(search, MODELLED),
  ];
}

/** How the figure of a search is written. */
export function searchFormat({ figure, currency, points }: SearchResult): FigureFormat {
  return formatOf(figure, { currency, knobs: [{ values: points.map(({ value }) => value) }] });
}

/** The figure over the seeds of a value; null = no run of it is there. */
export function spreadAt(runs: SearchPoint["runs"], seeds: number): FigureSpread | null {
  return runs.length === 0
    ? null
    : spreadOf(
        runs.map(({ figure, doneShare }) => ({ value: figure, doneShare })),
        seeds,
      );
}

function pointTable(search: SearchResult, rows: readonly SearchPoint[]): Html {
  const format = searchFormat(search);
  const seeds = search.seeds.map((seed): Column<SearchPoint> => ({
    head: `seed ${seed}`,
    kind: "number",
    cell: ({ runs }) => {
      const run = runs.find((each) => each.seed === seed);
      return run === undefined ? "missing" : figureText({ value: run.figure, doneShare: run.doneShare }, format);
    },
  }));
  return table<SearchPoint>({
    caption: `${search.figure.title} at each value of ${search.knob}`,
    isCaptionHidden: true,
    isStacking: true,
    empty: "No value was tried.",
    rows,
    columns: [
      { head: search.knob, kind: "head", cell: ({ value }) => value },
      { head: search.until, cell: holdsBadge },
      ...seeds,
    ],
  });
}

function holdsBadge({ holds }: SearchPoint): Html {
  if (holds === null) return badge("warn", "cannot be judged");
  return holds ? badge("good", "holds") : badge("bad", "does not hold");
}

/** Distances on the axis are ratios where the values are far apart, as doubling goes. */
function searchPlot(search: SearchResult): Html {
  const { points, knob, figure, limit, until, seeds } = search;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return html`<p class="quiet">No value was tried.</p>`;
  const format = searchFormat(search);
  const isRatio = first.at > 0 && last.at > 3 * first.at;
  const place = (at: number): number => (isRatio ? Math.log(at) : at);
  const span = place(last.at) - place(first.at);
  const share = ({ at }: SearchPoint): number =>
    0.03 + (span === 0 ? 0.47 : (0.94 * (place(at) - place(first.at))) / span);
  const bandPoints = points.map((point): BandPoint | undefined => {
    const spread = spreadAt(point.runs, seeds.length);
    const sizes = [spread?.least, spread?.median, spread?.most].map((value) => value && sizeOf(value));
    const [least, median, most] = sizes;
    if (typeof least !== "number" || typeof median !== "number" || typeof most !== "number") return undefined;
    return { share: share(point), least, median, most };
  });
  return bandPlot({
    title: figure.title,
    summary: `Over ${knob}${isRatio ? ", in ratios" : ""}. Line: median over seeds; band: least to most; dashed: the limit.`,
    series: [{ label: figure.title, points: bandPoints }],
    xTicks: labelled(points, share),
    hover: labelled(points, share).map(
      ({ at }) => `${knob} ${at.value}: ${spreadText(spreadAt(at.runs, seeds.length), format)}`,
    ),
    text: (value) => numberText(value, format),
    axis: axisOf(format),
    limit: { value: limit, label: until },
    dataTable: pointTable(search, points),
    tall: true,
  });
}

/** Labels closer than this would touch each other. */
const LABEL_SHARE_MIN = 0.09;

/** Ends first, then whatever has room. */
function labelled(points: readonly SearchPoint[], share: (point: SearchPoint) => number) {
  const kept: SearchPoint[] = [];
  for (const point of [...points.slice(0, 1), ...points.slice(-1), ...points]) {
    if (kept.every((other) => Math.abs(share(other) - share(point)) >= LABEL_SHARE_MIN)) kept.push(point);
  }
  return kept.sort((a, b) => a.at - b.at).map((at) => ({ share: share(at), text: at.value, at }));
}
