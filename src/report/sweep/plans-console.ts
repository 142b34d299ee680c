/** The end of a sweep or a search in the terminal. */
import type { SearchResult } from "../../measure/search-result.ts";
import type { Verdict } from "../../measure/run-result.ts";
import type { SweepPoint, SweepResult } from "../../measure/sweep-result.ts";
import { counted } from "../count-text.ts";
import { readableSentence } from "../duration-text.ts";
import { figureText, formatOf, medianText, spreadText } from "../figure-text.ts";
import { VERDICT_WORDS } from "../outcome-words.ts";
import type { Painter, Terminal } from "../painter.ts";
import { plainTable } from "../plain-table.ts";
import { cutText, harmlessLine } from "../text-cleaning.ts";
import { wrapped } from "../text-wrapping.ts";
import { answerTitle, searchFormat, searchVerdict, spreadAt } from "./search-page.ts";
import { figureRanges, keptText, pointText, sweepTitle } from "./sweep-answers.ts";
import { VALUE_UNITS_MAX, withShortNames } from "./sweep-names.ts";
import { sweepQuestions } from "./sweep-questions.ts";

/** How much is told; `none` is the title alone, `brief` why it did not pass as well. */
export type PlansExtent = "compact" | "full" | "none" | "brief";

const PAINT: Readonly<Record<Verdict, keyof Painter>> = {
  passed: "good",
  failed: "bad",
  invalid: "warn",
  incomplete: "warn",
};

/** Combinations of a compact summary; the others are in the report. */
const ROWS_MAX = 24;
/** Missing plans that are named. */
const MISSING_MAX = 8;

/** Lines of a sweep's end. */
export function sweepSummary(whole: SweepResult, extent: PlansExtent, terminal: Terminal): readonly string[] {
  const sweep = withShortNames(whole);
  const { paint } = terminal;
  const head = titleLine(sweepTitle(sweep), sweep.verdict, sweep.scenario.name, paint);
  if (extent === "none") return [head];
  const bullet = (text: string, sign: string): string[] =>
    wrapped(harmlessLine(readableSentence(text)), "  ", sign, terminal.columns);
  const reasons = sweep.reasons.flatMap((reason) => bullet(reason, "- "));
  if (extent === "brief") return [head, ...reasons];
  const questions = sweepQuestions(sweep);
  const told = new Set(questions.flatMap(({ figures }) => figures));
  const missing = sweep.missing.slice(0, MISSING_MAX);
  const moreMissing = sweep.missing.length - missing.length;
  return [
    "",
    head,
    ...reasons,
    ...sweep.remarks.flatMap((remark) => bullet(remark, "! ")),
    ...missing.flatMap(({ values, seed }) => bullet(`missing: ${pointText(values, sweep.knobs)}, seed ${seed}`, "! ")),
    ...(moreMissing > 0 ? [`  and ${counted(moreMissing, "more missing plan")}, see the report`] : []),
    ...wrapped(harmlessLine(keptText(sweep)), "", "", terminal.columns),
    ...questions.flatMap(({ question, answers }) => [
      "",
      paint.strong(question),
      ...answers.flatMap((answer) => bullet(answer, "- ")),
    ]),
    "",
    ...sweepTable(sweep, extent, terminal),
    "",
    ...rangeLines(sweep, told, terminal),
  ];
}

/** Lines of a search's end. */
export function searchSummary(search: SearchResult, extent: PlansExtent, terminal: Terminal): readonly string[] {
  const { paint, columns } = terminal;
  const head = titleLine(answerTitle(search.answer), searchVerdict(search.answer), search.scenario.name, paint);
  if (extent === "none") return [head];
  const sentences = search.sentences.flatMap((sentence) =>
    wrapped(harmlessLine(readableSentence(sentence)), "", "", columns),
  );
  if (extent === "brief") return [head, ...sentences];
  const format = searchFormat(search);
  const rows = search.points.map(({ value, holds, runs }) => [
    harmlessLine(value, 24),
    holds === null ? "cannot be judged" : holds ? "holds" : "fails",
    ...(extent === "full"
      ? runs.map(({ figure, doneShare }) => figureText({ value: figure, doneShare }, format))
      : [spreadText(spreadAt(runs, search.seeds.length), format)]),
  ]);
  const heads =
    extent === "full" ? search.seeds.map((seed) => `seed ${seed}`) : [harmlessLine(search.figure.title, 40)];
  return [
    "",
    head,
    ...sentences,
    ...search.remarks.flatMap((remark) => wrapped(harmlessLine(readableSentence(remark)), "  ", "! ", columns)),
    "",
    ...(rows.length === 0 ? [] : plainTable([harmlessLine(search.knob, 40), "", ...heads], rows)),
  ];
}

function titleLine(label: string, verdict: Verdict, name: string, paint: Painter): string {
  const shown = harmlessLine(label, 40);
  // A value keeps its letters: 10Gbit/s is not 10GBIT/S.
  const word = /^\d/.test(shown) ? shown : shown.toUpperCase();
  return `${paint.strong(paint[PAINT[verdict]](word))}  ${paint.strong(cutText(harmlessLine(name), 40))}`;
}

/** As many figures as fit beside the knobs; in full, each combination with all of them. */
function sweepTable(sweep: SweepResult, extent: PlansExtent, { columns }: Terminal): readonly string[] {
  const { knobs, points, figures } = sweep;
  const heads = [...knobs.map(({ path }) => harmlessLine(path, 30)), ""];
  const cellsOf = (point: SweepPoint): string[] => [
    ...point.values.map((value) => harmlessLine(value, VALUE_UNITS_MAX)),
    VERDICT_WORDS[point.verdict].label.toLowerCase(),
  ];
  if (extent === "full") {
    return points.flatMap((point) => [
      `${harmlessLine(pointText(point.values, knobs))}  ${VERDICT_WORDS[point.verdict].label.toLowerCase()}`,
      ...figures.flatMap((figure, place) =>
        wrapped(
          `${harmlessLine(figure.title, 40).padEnd(30)} ${spreadText(point.figures[place] ?? null, formatOf(figure, sweep))}`,
          "  ",
          "",
          columns,
        ),
      ),
    ]);
  }
  const shown = points.slice(0, ROWS_MAX);
  const rows = shown.map(cellsOf);
  for (const [place, figure] of figures.entries()) {
    const title = harmlessLine(figure.title, 60);
    const cells = shown.map((point) => medianText(point.figures[place] ?? null, formatOf(figure, sweep)));
    const wider = plainTable(
      [...heads, title],
      rows.map((row, at) => [...row, cells[at] ?? ""]),
    );
    if (wider.some((line) => line.length > columns)) break;
    heads.push(title);
    rows.forEach((row, at) => row.push(cells[at] ?? ""));
  }
  const more = points.length - shown.length;
  return [
    ...plainTable(heads, rows),
    ...(more > 0 ? [`  and ${counted(more, "more combination")}, see the report`] : []),
  ];
}

/** @param told names of figures that were told above */
function rangeLines(sweep: SweepResult, told: ReadonlySet<string>, { paint, columns }: Terminal): readonly string[] {
  const ranges = figureRanges(sweep).filter(({ figure }) => !told.has(figure.name));
  return ranges.flatMap(({ figure, told: words, range, mostAt, where }) => {
    const some = where === "everywhere" ? "" : ` ${where}`;
    const text = range === "" ? `${words} ${where}` : `${words}${some}, the most with ${mostAt}`;
    return wrapped(`${harmlessLine(figure.title, 60)}: ${harmlessLine(text)}`, "  ", "", columns).map(paint.quiet);
  });
}
