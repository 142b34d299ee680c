/**
 * What a person reads in the terminal when the run is over: the verdict, how far off each threshold was, outcomes,
 * when so many were done, truth, generator health, and where the report lies; in full, cohorts and zones too. Lines fit into the terminal, at
 * most 80 columns; colours are the caller's.
 */
import { COMPRESSION_MAX } from "../measure/composed-time.ts";
import { UNFINISHED } from "../measure/outcome-class.ts";
import type {
  GroupResult,
  JobResult,
  OutcomeCounts,
  RunResult,
  ThresholdResult,
  Verdict,
} from "../measure/run-result.ts";
import { consoleCompletion } from "./console-completion.ts";
import { consoleCost } from "./console-cost.ts";
import { consoleFirmware } from "./console-firmware.ts";
import { consoleGroups } from "./console-groups.ts";
import { consoleModel } from "./console-model.ts";
import { consoleTruth } from "./console-truth.ts";
import { countText, counted, shareText, significantText } from "./count-text.ts";
import { durationText, percentileText, readableSentence } from "./duration-text.ts";
import { endReasonText, reasonsOf } from "./end-reason-words.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS, UNFINISHED_WORDS, VERDICT_WORDS, verdictMeaning } from "./outcome-words.ts";
import { nextSteps } from "./next-steps.ts";
import type { Painter, Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { actText, jobsInStages, releaseText, rolloutSentence, stopSentences } from "./rollout-words.ts";
import { tagsText } from "./tags-text.ts";
import { cutText, harmlessLine } from "./text-cleaning.ts";
import { actualText, distanceText } from "./threshold-distance.ts";
import { wrapped } from "./text-wrapping.ts";
import { compressedMetrics, unusableMetricsText } from "./unusable-metrics.ts";
import { isOverJobs, reachableText, sizesText, unseenText } from "./update-words.ts";

export interface SummaryInput {
  readonly result: RunResult;
  /** Files that were written, with what each is: `["report", "reports/x/report.html"]`. */
  readonly paths: readonly (readonly [name: string, path: string])[];
}

/** How much is told: `none` is the verdict alone, and where the report is. */
export type SummaryExtent = "compact" | "full" | "none";

/** Reasons beyond these are in the report, and in the full summary. */
export const REASONS_SHOWN_MAX = 8;

/** Things that the timeline did, beyond which the report tells. */
const ACTS_SHOWN_MAX = 12;

export function consoleSummary(
  { result, paths }: SummaryInput,
  extent: SummaryExtent,
  terminal: Terminal,
): readonly string[] {
  const { paint } = terminal;
  if (extent === "none") return [title(result, paint), ...pathLines(paths, paint)];
  const isFull = extent === "full";
  const blocks = [
    verdict(result, isFull ? Infinity : REASONS_SHOWN_MAX, terminal),
    thresholds(result.thresholds, terminal),
    outcomes(result, terminal),
    consoleFirmware(result, terminal),
    consoleCompletion(result, terminal),
    rollouts(result, terminal),
    ...(isFull
      ? [
          consoleGroups("cohort", result.cohorts, isOverJobs(result), terminal),
          consoleGroups(
            "zone",
            result.zones.filter(({ nodes }) => nodes > 0),
            isOverJobs(result),
            terminal,
          ),
          consoleGroups("job", isOverJobs(result) ? result.jobs.map(asGroup) : [], true, terminal),
        ]
      : []),
    consoleTruth(result.truth, terminal),
    consoleModel(result.model, terminal),
    generator(result, terminal),
    consoleCost(result.cost, result.clock.endedAtUs, terminal),
    next(result, terminal),
    pathLines(paths, paint),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block) => ["", ...block]);
}

/** A job's group are its targets. */
function asGroup({ name, outcomes, completion }: JobResult): GroupResult {
  return { name, nodes: outcomes.targeted, outcomes, completion };
}

const VERDICT_PAINT: Readonly<Record<Verdict, keyof Painter>> = {
  passed: "good",
  failed: "bad",
  invalid: "warn",
  incomplete: "warn",
};

function title({ verdict: word, scenario }: RunResult, paint: Painter): string {
  const label = VERDICT_WORDS[word].label.toUpperCase();
  return `${paint.strong(paint[VERDICT_PAINT[word]](label))}  ${paint.strong(cutText(harmlessLine(scenario.name), 40))}`;
}

function verdict(result: RunResult, reasonsMax: number, { paint, columns }: Terminal): string[] {
  const { reasons, remarks, clock, lost, tags } = result;
  // A live run that was killed left no wall time.
  const live = clock.wallMs === null ? "" : ` in ${durationText(clock.wallMs * 1000)}`;
  const wall = clock.driver === "virtual" ? " in virtual time" : live;
  const unusable = unusableMetricsText(result);
  const shown = reasons.slice(0, reasonsMax);
  const more = reasons.length - shown.length;
  const line = (text: string, bullet: string): string[] => wrapped(text, "  ", bullet, columns);
  return [
    title(result, paint),
    ...wrapped(verdictMeaning(result), "", "", columns),
    paint.quiet(`${durationText(clock.endedAtUs)} of fleet time${wall}`),
    ...(Object.keys(tags).length === 0 ? [] : wrapped(tagsText(tags), "", "", columns).map(paint.quiet)),
    ...stopSentences(result.jobs).flatMap((stop) => line(harmlessLine(stop, 1_000), "! ").map(paint.warn)),
    ...(unusable === undefined ? [] : line(unusable, "! ").map(paint.warn)),
    ...remarks.flatMap((remark) => line(harmlessLine(readableSentence(remark)), "! ").map(paint.warn)),
    ...shown.flatMap((reason) => line(harmlessLine(readableSentence(reason)), "- ")),
    ...(more > 0 ? [`  and ${counted(more, "more reason")}, see the report`] : []),
    ...(lost.nodes > 0
      ? line(harmlessLine(`Lost with a worker: ${counted(lost.nodes, "node")}, index ${ranges(lost)}`), "")
      : []),
  ];
}

function ranges({ nodeRanges }: RunResult["lost"]): string {
  return nodeRanges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}

function thresholds(all: readonly ThresholdResult[], terminal: Terminal): string[] {
  if (all.length === 0) return [];
  const kept = all.filter((threshold) => threshold.verdict === "passed").length;
  return [
    `${terminal.paint.strong("Thresholds")}  ${kept} of ${all.length} passed`,
    ...all.flatMap((threshold) => thresholdLines(threshold, terminal)),
  ];
}

function thresholdLines(threshold: ThresholdResult, { paint, columns }: Terminal): string[] {
  const { verdict: word, metric, expression, because } = threshold;
  const sign = word === "passed" ? paint.good("✓") : word === "failed" ? paint.bad("✕") : paint.warn("!");
  const name = harmlessLine(`${metric} ${expression}`, 200);
  const far = threshold.difference === null ? "" : `, ${distanceText(threshold)}`;
  const came = `${actualText(threshold)}${far}`;
  const why = threshold.difference === null ? harmlessLine(readableSentence(because)) : "";
  const oneLine = `${name.padEnd(32)}  ${came}`;
  const lines =
    oneLine.length <= columns - 4
      ? [`    ${oneLine}`]
      : [...wrapped(name, "    ", "", columns), ...wrapped(came, "      ", "", columns)];
  const [first = "", ...rest] = lines;
  return [`  ${sign} ${first.slice(4)}`, ...rest, ...(why === "" ? [] : wrapped(why, "      ", "", columns))];
}

function outcomes(result: RunResult, { paint, columns }: Terminal): string[] {
  const counts: OutcomeCounts = result.outcomes;
  const present = OUTCOME_ORDER.filter((outcome) => counts[outcome] > 0);
  // What stands before the bar is 38 columns wide.
  const barCells = Math.max(1, Math.min(30, columns - 38));
  const lines = present.map((outcome) => {
    const share = counts[outcome] / Math.max(1, counts.targeted);
    const bar = "█".repeat(Math.round(share * barCells)) || "▏";
    const number = countText(counts[outcome]).padStart(11);
    const line = `  ${OUTCOME_WORDS[outcome].label.padEnd(12)}${number}  ${shareText(counts[outcome], counts.targeted).padStart(9)}  `;
    const shown =
      outcome === "success" ? paint.good(bar) : outcome === "unfinished" ? paint.quiet(bar) : paint.bad(bar);
    const why = reasonsOf(result, outcome).flatMap((row) =>
      wrapped(harmlessLine(endReasonText(row)), "    ", "", columns),
    );
    return [`${line}${shown}`, ...why.map(paint.quiet)];
  });
  const open = UNFINISHED.filter((state) => counts.unfinishedBy[state].online + counts.unfinishedBy[state].offline > 0);
  const states = open.map((state) => {
    const { online, offline } = counts.unfinishedBy[state];
    return `    ${UNFINISHED_WORDS[state]}: ${countText(online)} online, ${countText(offline)} offline`;
  });
  const [sizes, ofReachable, unseen] = [sizesText(result), reachableText(result), unseenText(result)];
  return [
    ...(sizes.length + 10 <= columns
      ? [`${paint.strong("Outcomes")}  ${sizes}`]
      : [paint.strong("Outcomes"), ...wrapped(sizes, "  ", "", columns)]),
    ...(ofReachable === "" ? [] : wrapped(ofReachable, "  ", "", columns).map(paint.quiet)),
    ...lines.flat(),
    ...states.map(paint.quiet),
    ...(unseen === "" ? [] : wrapped(`of all targets ${unseen}`, "  ", "", columns).map(paint.quiet)),
  ];
}

function rollouts({ jobs, operator }: RunResult, { paint, columns }: Terminal): string[] {
  const staged = jobsInStages(jobs);
  const acts = operator ?? [];
  if (staged.length === 0 && acts.length === 0) return [];
  const lines = staged.flatMap((job) => {
    const rows = job.rollout.stages.map((stage) => [
      harmlessLine(stage.name, 24),
      countText(stage.targets),
      releaseText(stage, job),
      countText(stage.hit),
    ]);
    const stages = plainTable(["", "targets", "released", "hit"], rows);
    const isNarrow = stages.some((line) => line.length > columns);
    return [
      ...wrapped(harmlessLine(`${job.name}: ${rolloutSentence(job)}`, 1_000), "  ", "", columns),
      ...(isNarrow ? rows.flatMap((row) => wrapped(row.join(", "), "    ", "", columns)) : stages),
    ];
  });
  const more = acts.length - ACTS_SHOWN_MAX;
  const done = acts.slice(0, ACTS_SHOWN_MAX).flatMap((act) => wrapped(harmlessLine(actText(act)), "  ", "- ", columns));
  return [
    paint.strong("Operator"),
    ...lines,
    ...done,
    ...(more > 0 ? [`  and ${counted(more, "more thing")} of the timeline, see the report`] : []),
  ];
}

function generator(result: RunResult, { paint, columns }: Terminal): string[] {
  const { verdict: word, reasons, workers, lateness } = result.generator;
  const delay = workers.reduce((worst, { loopDelayMaxMs }) => Math.max(worst, loopDelayMaxMs), 0);
  const tooLate = Object.entries(lateness).filter(([, { isValid }]) => !isValid);
  const loops =
    workers.length === 0
      ? ""
      : `; ${counted(workers.length, "worker")}, event loop at most ${durationText(delay * 1000)} late`;
  // What held up as a whole may have been late for what takes no time.
  const lateFor =
    tooLate.length === 0
      ? ""
      : `${word === "held up" ? ", but" : ", and"} late for ${counted(tooLate.length, "metric")}`;
  const heads = `${word}${lateFor}${loops}`;
  const colour = word !== "held up" ? paint.bad : tooLate.length > 0 ? paint.warn : paint.good;
  return [
    ...(heads.length + 11 <= columns
      ? [`${paint.strong("Generator")}  ${colour(heads)}`]
      : [paint.strong("Generator"), ...wrapped(heads, "  ", "", columns).map(colour)]),
    ...reasons.flatMap((reason) => wrapped(harmlessLine(readableSentence(reason)), "  ", "- ", columns)),
    ...tooLate.flatMap(([name, { p99Us, limitUs }]) => {
      const allowed = limitUs === null ? "" : `, ${durationText(limitUs)} allowed`;
      return wrapped(`${harmlessLine(name)}: ${percentileText(p99Us)} late at p99${allowed}`, "  ", "! ", columns).map(
        paint.warn,
      );
    }),
    ...compressedMetrics(result).flatMap(([name, compression]) => {
      const times = `${significantText(compression)} times as long by the fleet's clock at p95`;
      return wrapped(`${harmlessLine(name)}: ${times}, ${COMPRESSION_MAX} allowed`, "  ", "! ", columns).map(
        paint.warn,
      );
    }),
  ];
}

function next(result: RunResult, { paint, columns }: Terminal): string[] {
  const steps = nextSteps(result);
  if (steps.length === 0) return [];
  return [paint.strong("Next"), ...steps.flatMap((step) => wrapped(step, "  ", "- ", columns))];
}

function pathLines(paths: SummaryInput["paths"], paint: Painter): string[] {
  // A path is not wrapped, so that it can be copied and clicked.
  return paths.map(([name, path]) => `${paint.quiet(harmlessLine(name).padEnd(8))}  ${harmlessLine(path)}`);
}
