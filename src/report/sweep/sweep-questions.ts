/** What one asks of a sweep, and what it answers: which values will do, when most are done, and what if the image is bad. */
import { type FigureSpread, sizeOf } from "../../measure/figure-spread.ts";
import { type FigureName, WOULD_HIT_FIGURE } from "../../measure/figures.ts";
import type { SweepPoint, SweepResult } from "../../measure/sweep-result.ts";
import { counted } from "../count-text.ts";
import { readableSentence } from "../duration-text.ts";
import { formatOf, isStopFigure, medianText, numberText, rangeText, spreadPart } from "../figure-text.ts";
import { cutText } from "../text-cleaning.ts";
import { actualText } from "../threshold-distance.ts";
import { figureRanges, hasThresholds, pointText } from "./sweep-answers.ts";

/** A question with its answers, each a sentence. */
export interface SweepQuestion {
  readonly question: string;
  readonly answers: readonly string[];
  /** Names of the figures that they tell. */
  readonly figures: readonly string[];
}

/** Settings that are told one by one; the others stand in the table. */
const SETTINGS_TOLD_MAX = 12;
/** Values that are told one by one in a sentence. */
const VALUES_TOLD_MAX = 6;

/** Those that the sweep can answer by its figures, of a sweep of which something is planned. */
export function sweepQuestions(sweep: SweepResult): readonly SweepQuestion[] {
  if (sweep.points.every(({ runs }) => runs.length === 0)) return [];
  const isOfEgress = sweep.knobs.some(({ path }) => /(?:^|\.)egress$/.test(path));
  const named = (of: (name: string) => boolean): readonly string[] =>
    sweep.figures.flatMap(({ name }) => (of(name) ? [name] : []));
  const stops = named(isStopFigure);
  const all: readonly SweepQuestion[] = [
    {
      question: isOfEgress ? "What egress is needed?" : "Which values will do?",
      answers: [...neededAnswers(sweep), ...egressAnswers(sweep, sweep.scenario.isModelled ?? isOfEgress)],
      figures: ["peak.egress"],
    },
    {
      question: "When are 95 % done, from the job's start on?",
      answers: doneAnswers(sweep),
      figures: named((name) => DONE.test(name)),
    },
    {
      question: "What happens if the image is bad?",
      answers: badImageAnswers(sweep),
      figures: named((name) => name === "failures" || stops.some((stop) => toldWith(stop).includes(name))),
    },
    { question: "What do nodes end on?", answers: endAnswers(sweep), figures: named((name) => ENDS.test(name)) },
  ];
  return all.filter(({ answers }) => answers.length > 0);
}

const DONE = /^completion(?:\{[^}]*\})?\.p\(95\)$/;
const ENDS = /^firmware(?:\.before|\{job:(.*)\})$/;

/** For each setting of the other knobs: with which values of the first one the thresholds are kept. */
function neededAnswers(sweep: SweepResult): readonly string[] {
  const [first] = sweep.knobs;
  if (first === undefined || !hasThresholds(sweep)) return [];
  const groups = groupsOf(sweep);
  const told = groups.slice(0, SETTINGS_TOLD_MAX).map(({ where, points }) => {
    return `${first.path}${where}: ${neededText(first, points)}.`;
  });
  const more = groups.length - told.length;
  return more > 0 ? [...told, `And ${counted(more, "more setting")} of the other knobs: see the table.`] : told;
}

interface Group {
  /** ` with autofetch.every 1h`; "" where there are no other knobs. */
  readonly where: string;
  readonly points: readonly SweepPoint[];
}

function groupsOf({ knobs, points }: SweepResult): readonly Group[] {
  const groups = new Map<string, SweepPoint[]>();
  for (const point of points) {
    const key = pointText(point.values.slice(1), knobs.slice(1));
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups].map(([key, own]) => ({ where: knobs.length < 2 ? "" : ` with ${key}`, points: own }));
}

function neededText(knob: SweepResult["knobs"][number], points: readonly SweepPoint[]): string {
  const listed = valuesBy(points);
  const edge = edgeOf(knob, points);
  if (edge === undefined) return listed;
  const { passing, failing } = edge;
  const because = failing === undefined ? "" : whyFailed(failing.point);
  const why = because === "" ? "" : `; at ${failing?.value ?? ""} ${because}`;
  return `${passing} (${listed}${why})`;
}

/** Where a knob of numbers has one edge, or none: the value that will do, and the nearest one that will not. */
function edgeOf(knob: SweepResult["knobs"][number], points: readonly SweepPoint[]) {
  const { sizes, values } = knob;
  if (sizes === undefined || points.some(({ verdict }) => verdict === "invalid" || verdict === "incomplete"))
    return undefined;
  const sorted = points
    .map((point) => ({ point, value: point.values[0] ?? "", size: sizes[values.indexOf(point.values[0] ?? "")] ?? 0 }))
    .toSorted((a, b) => a.size - b.size);
  const passed = sorted.map(({ point }) => point.verdict === "passed");
  const changes = passed.filter((one, at) => at > 0 && one !== passed[at - 1]).length;
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || changes > 1) return undefined;
  const edge = passed.findIndex((one, at) => at > 0 && one !== passed[at - 1]);
  if (changes === 0) {
    const passing = passed[0] === true ? "every value tried will do, --find looks beyond" : "no value tried will do";
    return sorted.length < 2 ? undefined : { passing, failing: passed[0] === true ? undefined : high };
  }
  const [below, from] = [sorted[edge - 1], sorted[edge]];
  return passed[0] === true
    ? { passing: `${below?.value ?? ""} at most`, failing: from }
    : { passing: `${from?.value ?? ""} at least`, failing: below };
}

/** The first promise that a combination breaks, with what came out. */
function whyFailed({ runs }: SweepPoint): string {
  const broken = runs.flatMap(({ thresholds }) => thresholds.filter(({ verdict }) => verdict !== "passed"));
  const [first] = broken;
  if (first === undefined) return "";
  const same = broken.filter(({ metric, expression }) => metric === first.metric && expression === first.expression);
  const came = [...new Set(same.map(actualText))].slice(0, VALUES_TOLD_MAX).join(", ");
  return `${first.metric} ${first.expression} ${same.every(({ actual }) => actual === null) ? "was" : "came to"} ${came}`;
}

function valuesBy(points: readonly SweepPoint[]): string {
  const words = [
    ["passed", "passes at"],
    ["failed", "fails at"],
    ["invalid", "gives no usable numbers at"],
    ["incomplete", "is not complete at"],
  ] as const;
  return words
    .flatMap(([verdict, says]) => {
      const own = points.filter((point) => point.verdict === verdict);
      const why = verdict === "invalid" ? whyInvalid(own) : "";
      return own.length === 0 ? [] : [`${says} ${own.map(({ values }) => values[0] ?? "").join(", ")}${why}`];
    })
    .join("; ");
}

/** ` (a fault was drawn and never fired)`: the weightiest reason of the first plan that is not to be used. */
function whyInvalid(points: readonly SweepPoint[]): string {
  const [run] = points.flatMap(({ runs }) => runs.filter(({ verdict }) => verdict === "invalid"));
  const reason = readableSentence(run?.reasons[0] ?? "").replace(/\.$/, "");
  return reason === "" ? "" : ` (${cutText(reason, REASON_UNITS_MAX)})`;
}

/** The JSON has the rest. */
const REASON_UNITS_MAX = 200;

/** What the image servers sent at most: what a line must carry that shall not be the limit. */
function egressAnswers(sweep: SweepResult, isModelled: boolean): readonly string[] {
  const place = sweep.figures.findIndex(({ name }) => name === "peak.egress");
  const note = isModelled
    ? ""
    : " (where there is no model, on average over a step of the timeline: single seconds have more)";
  return place < 0 ? [] : [`The image servers sent at most ${byFirstKnob(sweep, place)}${note}.`];
}

function doneAnswers(sweep: SweepResult): readonly string[] {
  return sweep.figures.flatMap((figure, place) => {
    if (!DONE.test(figure.name) || !hasValues(sweep, place)) return [];
    const spreadAt = (point: SweepPoint): FigureSpread | null => point.figures[place] ?? null;
    const reached = sweep.points.filter((point) => typeof spreadAt(point)?.median === "number");
    const others = sweep.points.filter((point) => spreadAt(point)?.median === "not reached");
    if (reached.length === 0 || others.length === 0) return [`${figure.title}: ${byFirstKnob(sweep, place)}.`];
    const rangeOver = (points: readonly SweepPoint[]): string => byFirstKnob({ ...sweep, points }, place, true);
    return [
      `${figure.title}: ${rangeOver(reached)}${where(sweep, reached)}; not reached${where(sweep, others)}: ${rangeOver(others)}.`,
    ];
  });
}

/** Which share of the nodes runs what at the end. */
function endAnswers(sweep: SweepResult): readonly string[] {
  return sweep.figures.flatMap(({ name }, place) => {
    const ends = ENDS.exec(name);
    if (ends === null || !hasValues(sweep, place)) return [];
    const what = ends[1] === undefined ? "What they ran before" : `The image of ${ends[1]}`;
    return [`${what}: ${byFirstKnob(sweep, place)}.`];
  });
}

function hasValues({ points }: SweepResult, place: number): boolean {
  return points.some(({ figures }) => sizeOf(figures[place]?.median ?? "not told") !== undefined);
}

/**
 * `62.9 min with egress 10Mbit/s, 21.2 min with 30Mbit/s`; where there are many, from where to where.
 *
 * @param isRange from the least to the most, and nothing of where they are
 */
function byFirstKnob(sweep: SweepResult, place: number, isRange = false): string {
  const [first, ...others] = sweep.knobs;
  const figure = sweep.figures[place];
  const [range] = figureRanges({ ...sweep, figures: [figure as FigureName] }, onlyFigure(sweep, place));
  if (range === undefined || figure === undefined) return "not told";
  if (isRange) return range.range === "" ? range.least : range.range;
  if (range.range === "") return `${range.told} ${range.where === "everywhere" ? "in every combination" : range.where}`;
  if (first === undefined || others.length > 0 || sweep.points.length > VALUES_TOLD_MAX)
    return `${range.told}, the most with ${range.mostAt}`;
  const format = formatOf(figure, sweep);
  const told = sweep.points.map(({ values, figures }, at) => {
    const spread = figures[place] ?? null;
    return `${medianText(spread, format)} with ${at === 0 ? `${first.path} ` : ""}${values[0] ?? ""}`;
  });
  return `${range.isNever ? "never; " : ""}${told.join(", ")}`;
}

function onlyFigure({ points }: SweepResult, place: number): readonly SweepPoint[] {
  return points.map((point) => ({ ...point, figures: [point.figures[place] ?? null] }));
}

/** What a stop rule saves, or that there is none. */
function badImageAnswers(sweep: SweepResult): readonly string[] {
  const stops = sweep.figures.flatMap((figure, place) => (isStopFigure(figure.name) ? [{ figure, place }] : []));
  const told = stops.flatMap(({ figure, place }) => stopAnswers(sweep, figure, place));
  const failures = sweep.figures.findIndex(({ name }) => name === "failures");
  const ended =
    failures < 0 || !hasValues(sweep, failures)
      ? []
      : [`Updates that ended rolled back, rejected, failed or bricked: ${byFirstKnob(sweep, failures)}.`];
  const { jobs } = sweep.scenario;
  // Where the scenarios have no job in common, nobody knows.
  const hasNoRule = jobs !== undefined && jobs.length > 0 && jobs.every(({ release }) => release !== "stoppable");
  const free = hasNoRule
    ? ["No job has a stop rule (rollout.stop), so nothing keeps a bad image from any target that can take it."]
    : [];
  return told.length + free.length === 0 ? [] : [...told, ...free, ...ended];
}

/** A figure of when a rule fired, and of who had been released, been hit and been spared by then: one sentence tells all. */
function toldWith(stop: string): readonly [stop: string, released: string, hit: string, wouldHit: string] {
  const tag = /\{job:.*\}$/.exec(stop)?.[0] ?? "";
  return [stop, `rollout.released${tag}.rate`, `rollout.hit${tag}.count`, `${WOULD_HIT_FIGURE}${tag}`];
}

function stopAnswers(sweep: SweepResult, stop: FigureName, place: number): readonly string[] {
  const job = /\{job:(.*)\}$/.exec(stop.name)?.[1];
  const rule = job === undefined ? "The stop rule" : `The stop rule of ${job}`;
  const among = (name: string): number => sweep.figures.findIndex((figure) => figure.name === name);
  const [, released, hit, would] = toldWith(stop.name).map(among) as [number, number, number, number];
  const nodesHit = (points: readonly SweepPoint[]): string =>
    `${extremes(sweep, hit, points)} nodes`.replace(/^1 nodes$/, "1 node");
  const told = (points: readonly SweepPoint[]): string => {
    const share = released < 0 ? [] : [`${extremes(sweep, released, points)} of its targets had been released`];
    const isKnown = would >= 0 && hasValues({ ...sweep, points }, would);
    const of = isKnown ? ` (of ${extremes(sweep, would, points)} if nothing stopped it)` : "";
    const whom = hit < 0 ? [] : [`${nodesHit(points)}${share.length === 0 ? " had been" : ""} hit${of}`];
    return share.length + whom.length === 0 ? "" : `, when ${[...share, ...whom].join(" and ")}`;
  };
  const spreadAt = ({ figures }: SweepPoint): FigureSpread | null => figures[place] ?? null;
  const known = sweep.points.filter((point) => sizeOf(spreadAt(point)?.median ?? "not told") !== undefined);
  const always = known.filter((point) => typeof spreadAt(point)?.most === "number");
  const never = known.filter((point) => spreadAt(point)?.least === "not reached");
  const sometimes = known.filter((point) => !always.includes(point) && !never.includes(point));
  const hits = (points: readonly SweepPoint[]): string =>
    hit < 0 ? "" : `: ${nodesHit(points)} ${nodesHit(points) === "1 node" ? "was" : "were"} hit`;
  const of = (points: readonly SweepPoint[], text: string): readonly string[] => (points.length === 0 ? [] : [text]);
  const nowhere = where(sweep, never).replace(" in every", " in any");
  return [
    ...of(
      always,
      `${rule} fires ${extremes(sweep, place, always)} after the first batch${where(sweep, always)}${told(always)}.`,
    ),
    ...of(sometimes, `${rule} fires under some seeds alone${where(sweep, sometimes)}${hits(sometimes)}.`),
    ...of(never, `${rule} never fires${nowhere}${hits(never)}.`),
    ...(known.length > 0 && never.length === known.length
      ? ["To see a rule at work, give the image a defect: image.make.defects=[{ fault: boot-loop, share: 10% }]."]
      : []),
  ];
}

/** ` with egress 1Gbit/s`, ` in 7 of 9 combinations`; "" = in all. */
function where({ knobs, points }: SweepResult, some: readonly SweepPoint[]): string {
  if (some.length === points.length) return points.length === 1 ? "" : " in every combination";
  const [only] = some;
  if (some.length === 1 && only !== undefined) return ` with ${pointText(only.values, knobs)}`;
  const [first, ...others] = knobs;
  if (first !== undefined && others.length === 0 && some.length <= VALUES_TOLD_MAX)
    return ` with ${first.path} ${some.map(({ values }) => values[0] ?? "").join(", ")}`;
  return ` in ${some.length} of ${counted(points.length, "combination")}`;
}

/** From the least to the most of a figure, over combinations and seeds. */
function extremes(sweep: SweepResult, place: number, points: readonly SweepPoint[]): string {
  const figure = sweep.figures[place];
  const spreads = points.flatMap(({ figures }) => figures[place] ?? []);
  const [first] = spreads;
  if (figure === undefined || first === undefined) return "?";
  const format = formatOf(figure, sweep);
  const size = (spread: FigureSpread, part: "least" | "most"): number => sizeOf(spread[part]) ?? Infinity;
  const low = spreads.reduce((a, b) => (size(b, "least") < size(a, "least") ? b : a), first);
  const high = spreads.reduce((a, b) => (size(b, "most") > size(a, "most") ? b : a), first);
  const range = rangeText(spreadPart(low, "least"), spreadPart(high, "most"), format);
  if (range !== "") return range;
  return typeof low.least === "number" ? numberText(low.least, format) : low.least;
}
