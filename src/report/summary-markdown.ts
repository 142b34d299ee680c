/**
 * `summary.md`: the run on a page of GitHub's Markdown, for the summary of a CI job (`>> $GITHUB_STEP_SUMMARY`) or a
 * comment on a pull request. Verdict and reasons first; short enough for a comment, which may have 65,536 characters.
 */
import { BELIEFS } from "../base/belief.ts";
import { UNFINISHED } from "../measure/outcome-class.ts";
import type { GroupResult, MetricResult, RunResult, Verdict } from "../measure/run-result.ts";
import { countText, counted, shareText } from "./count-text.ts";
import { durationText, percentileText, readableSentence } from "./duration-text.ts";
import { endReasonTexts } from "./end-reason-words.ts";
import { firmwareText } from "./firmware-words.ts";
import { groupColumns } from "./group-columns.ts";
import { markdownCode, markdownText } from "./markdown-text.ts";
import { calibrationSentence, downloadsSentence, MODEL_COLUMNS, serverName } from "./model-words.ts";
import { nextSteps } from "./next-steps.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS, UNFINISHED_WORDS, VERDICT_WORDS, verdictMeaning } from "./outcome-words.ts";
import type { Reporter, ReportInput } from "./reporter.ts";
import { actText, doneText, jobsInStages, releaseText, rolloutSentence, stopSentences } from "./rollout-words.ts";
import { actualText, distanceText } from "./threshold-distance.ts";
import { isAnyBeliefKnown } from "./truth-cell.ts";
import { unusableMetricsText } from "./unusable-metrics.ts";
import { isOverJobs, reachableText, sizesText, unseenText } from "./update-words.ts";

/** Rows of each table and items of each list beyond these are in the report. */
export const ROWS_SHOWN_MAX = 20;

/** Units of a text of someone else's; a page of twenty of them in every list stays a comment. */
const TEXT_UNITS_MAX = 200;

export const summaryMarkdown: Reporter = {
  name: "summary",
  fileName: "summary.md",
  render(input) {
    const { result } = input;
    const blocks = [
      verdict(result),
      thresholds(result),
      outcomes(result),
      truth(result),
      percentiles(result),
      model(result),
      jobs(result),
      ...stages(result),
      acts(result),
      groups("Cohorts", "Cohort", result.cohorts, isOverJobs(result)),
      groups(
        "Zones",
        "Zone",
        result.zones.filter(({ nodes }) => nodes > 0),
        isOverJobs(result),
      ),
      ending(input),
    ];
    return `${blocks
      .filter((block) => block.length > 0)
      .map((block) => block.join("\n"))
      .join("\n\n")}\n`;
  },
};

const SIGNS: Readonly<Record<Verdict, string>> = { passed: "✅", failed: "❌", invalid: "⚠️", incomplete: "🚧" };

function verdict(result: RunResult): string[] {
  const { verdict: word, reasons, remarks, scenario, clock, populations, seed, tags } = result;
  const { label } = VERDICT_WORDS[word];
  const speed = clock.speed === 1 ? "in real time" : `at ${countText(clock.speed)} × real time`;
  const wall = clock.wallMs === null ? "" : ` in ${durationText(clock.wallMs * 1000)}`;
  const facts = [
    counted(populations.nodes, "node"),
    clock.driver === "live" ? `live, ${speed}` : "in virtual time",
    `${durationText(clock.endedAtUs)} of fleet time${wall}`,
    `seed ${seed}`,
    ...Object.entries(tags).map(([name, value]) => shown(`${name}=${value}`)),
  ];
  const unusable = unusableMetricsText(result);
  return [
    `## ${SIGNS[word]} ${label}: ${shown(scenario.name)}`,
    "",
    verdictMeaning(result),
    ...stopSentences(result.jobs).flatMap((stop) => ["", `**Stopped:** ${shown(stop, 512)}`]),
    ...(reasons.length === 0 ? [] : ["", ...items(reasons.map((reason) => shown(readableSentence(reason), 512)))]),
    ...(unusable === undefined ? [] : ["", `**Beware:** ${shown(unusable, 1_000)}`]),
    ...remarks.flatMap((remark) => ["", `**Note:** ${shown(readableSentence(remark), 512)}`]),
    ...nextSteps(result).flatMap((step) => ["", `**Next:** ${shown(step, 512)}`]),
    "",
    facts.join(" · "),
  ];
}

function thresholds({ thresholds: all }: RunResult): string[] {
  if (all.length === 0) return [];
  const kept = all.filter((threshold) => threshold.verdict === "passed").length;
  const signs = { passed: "✅", failed: "❌", "cannot pass": "⚠️ cannot pass" } as const;
  const rows = all.map((threshold) => [
    signs[threshold.verdict],
    markdownCode(`${threshold.metric} ${threshold.expression}`, TEXT_UNITS_MAX),
    actualText(threshold),
    threshold.difference === null ? shown(readableSentence(threshold.because)) : distanceText(threshold),
  ]);
  return [
    `### Thresholds: ${kept} of ${all.length} passed`,
    "",
    ...table(["", "Threshold", "Came out", "How far off"], rows),
  ];
}

function outcomes(result: RunResult): string[] {
  const counts = result.outcomes;
  const present = OUTCOME_ORDER.filter((outcome) => counts[outcome] > 0);
  const { targeted, unfinishedBy } = counts;
  const rows = present.map((outcome) => [
    OUTCOME_WORDS[outcome].label,
    countText(counts[outcome]),
    shareText(counts[outcome], targeted),
  ]);
  const open = UNFINISHED.filter((state) => unfinishedBy[state].online + unfinishedBy[state].offline > 0).map(
    (state) =>
      `${UNFINISHED_WORDS[state]} ${countText(unfinishedBy[state].online)} online and ${countText(unfinishedBy[state].offline)} offline`,
  );
  const why = endReasonTexts(result);
  const [ofReachable, unseen] = [reachableText(result), unseenText(result)];
  return [
    "### Outcomes",
    "",
    `${sizesText(result)}.${isOverJobs(result) ? ` At the end: ${shown(firmwareText(result), 1_000)}.` : ""}`,
    ...(rows.length === 0
      ? []
      : ["", ...table(["Outcome", isOverJobs(result) ? "Updates" : "Nodes", "Share"], rows, 1)]),
    ...(why.length === 0 ? [] : ["", ...items(why.map((text) => shown(text, 1_000)))]),
    ...(ofReachable === "" ? [] : ["", `Shares ${ofReachable}.`]),
    ...(open.length === 0 ? [] : ["", `Unfinished: ${open.join("; ")}.`]),
    ...(unseen === "" ? [] : ["", `Of all targets ${unseen}.`]),
  ];
}

function truth({
  truth: { matrix, falseSuccess, misled, disbelieved, unreported, installedAfterCancel },
}: RunResult): string[] {
  const rows = OUTCOME_ORDER.filter((outcome) => BELIEFS.some((belief) => matrix[outcome][belief] > 0));
  const beliefs = BELIEFS.filter((belief) => OUTCOME_ORDER.some((outcome) => matrix[outcome][belief] > 0));
  if (rows.length === 0) return [];
  const head = !isAnyBeliefKnown(matrix)
    ? "What the backend believes is not known: a false success would not be seen."
    : falseSuccess === 0
      ? "No false success."
      : `**${counted(falseSuccess, "false success", "false successes")}**: on record as success, but the image does not run and the node never said so.`;
  const asides = [
    [misled, "misled: the node said success and does not run the image"],
    [disbelieved, "disbelieved: said success and were acknowledged, and the backend has something else on record"],
    [unreported, "unreported: run the image, their last word was lost"],
    [installedAfterCancel, "installed after the cancel"],
  ] as const;
  const told = asides.filter(([count]) => count > 0).map(([count, words]) => `${countText(count)} ${words}`);
  return [
    "### Truth and belief",
    "",
    [head, ...told.map((text) => `${text}.`)].join(" "),
    "",
    ...table(
      ["Node \\\\ backend", ...beliefs],
      rows.map((outcome) => [
        OUTCOME_WORDS[outcome].label,
        ...beliefs.map((belief) => countText(matrix[outcome][belief])),
      ]),
      1,
    ),
  ];
}

function percentiles({ metrics }: RunResult): string[] {
  const measured = Object.entries(metrics).filter(([, { count, size }]) => count + size > 0);
  if (measured.length === 0) return [];
  const rows = measured.map(([name, metric]) => [
    `${markdownCode(name, TEXT_UNITS_MAX)}${metric.isValid ? "" : " ⚠️"}`,
    samplesText(metric),
    ...(["p50", "p95", "p99"] as const).map((key) => struck(metric, percentileText(metric[key]))),
    struck(metric, metric.max === null ? "–" : durationText(metric.max)),
  ]);
  const isAnyInvalid = measured.some(([, { isValid }]) => !isValid);
  return [
    "### Percentiles",
    "",
    ...(isAnyInvalid ? ["What is struck out is not to be used.", ""] : []),
    ...table(["Metric", "Samples", "p50", "p95", "p99", "max"], rows, 1),
  ];
}

function model({ model: modelled }: RunResult): string[] {
  if (modelled === undefined) return [];
  const rows = modelled.servers.map((server) => [serverName(server), ...MODEL_COLUMNS.map(({ cell }) => cell(server))]);
  return [
    "### Servers of the model",
    "",
    ...(rows.length === 0
      ? []
      : [...table(["Server", ...MODEL_COLUMNS.map(({ head }) => capital(head))], rows, 1), ""]),
    `${downloadsSentence(modelled)} ${shown(calibrationSentence(modelled))}`,
  ];
}

function struck({ isValid }: MetricResult, text: string): string {
  return isValid ? text : `~~${text}~~`;
}

function samplesText({ count, size }: MetricResult): string {
  return count === size ? countText(count) : `${countText(count)} of ${countText(size)}`;
}

function jobs({ jobs: all }: RunResult): string[] {
  // A single job says what the whole says.
  if (all.length < 2) return [];
  const rows = all.map(({ name, outcomes: counts, createdAtUs, cancelledAtUs }) => [
    shown(name),
    countText(counts.targeted),
    shareText(counts.success, counts.targeted),
    countText(counts.targeted - counts.success),
    createdAtUs === null ? "never" : durationText(createdAtUs),
    cancelledAtUs === null ? "–" : durationText(cancelledAtUs),
  ]);
  const heads = ["Job", "Targeted", "Success", "Other outcomes", "Created after", "Cancelled after"];
  return ["### Jobs", "", ...table(heads, rows, 1)];
}

function stages({ jobs: all }: RunResult): string[][] {
  return jobsInStages(all).map((job) => [
    `### Stages of ${shown(job.name)}`,
    "",
    shown(rolloutSentence(job), 1_000),
    "",
    ...table(
      ["Stage", "Targets", "Released", "All at an end", "Confirmed", "Hit"],
      job.rollout.stages.map((stage) => [
        shown(stage.name),
        countText(stage.targets),
        releaseText(stage, job),
        doneText(stage, job),
        countText(stage.confirmed),
        countText(stage.hit),
      ]),
      1,
    ),
  ]);
}

function acts({ operator }: RunResult): string[] {
  if (operator === undefined) return [];
  return ["### Timeline", "", ...items(operator.map((act) => shown(actText(act))))];
}

function groups(title: string, one: string, all: readonly GroupResult[], areUpdates: boolean): string[] {
  // A single group says what the whole says.
  if (all.length < 2) return [];
  const columns = groupColumns(all, areUpdates ? "updates" : "nodes");
  const rows = all.map((group) => [shown(group.name), ...columns.map(({ cell }) => cell(group))]);
  return [
    `### ${title}`,
    "",
    ...table([one, ...columns.map(({ head, longHead }) => capital(longHead ?? head))], rows, 1),
  ];
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

function ending({ command }: ReportInput): string[] {
  return [`Repeat it with ${markdownCode(command)}. The whole report is \`report.html\` in the run's folder.`];
}

/** @param numbersFrom columns from this one on are flush right; left out: none is */
function table(heads: readonly string[], rows: readonly (readonly string[])[], numbersFrom = Infinity): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const more = rows.length - ROWS_SHOWN_MAX;
  return [
    line(heads),
    line(heads.map((_, place) => (place < numbersFrom ? "---" : "---:"))),
    ...rows.slice(0, ROWS_SHOWN_MAX).map(line),
    ...(more > 0 ? ["", `and ${countText(more)} more, see the report`] : []),
  ];
}

function items(all: readonly string[]): string[] {
  const more = all.length - ROWS_SHOWN_MAX;
  const last = more > 0 ? [`- and ${countText(more)} more, see the report`] : [];
  return [...all.slice(0, ROWS_SHOWN_MAX).map((item) => `- ${item}`), ...last];
}

function shown(text: string, unitsMax = TEXT_UNITS_MAX): string {
  return markdownText(text, unitsMax);
}
