/** What `inspect` says to people: what to know first, then the numbers, then the scenario with its defaults. */
import Table from "cli-table3";
import { SECOND_US } from "../base/instant.ts";
import { describeMistake } from "../base/user-error.ts";
import { defectText } from "../image/image-defects.ts";
import { bytesText, counted, countText, percentText, shareText, significantText } from "../report/count-text.ts";
import { durationText, instantText } from "../report/duration-text.ts";
import type { Painter } from "../report/painter.ts";
import { harmlessLine, visible } from "../report/text-cleaning.ts";
import { wrapped } from "../report/text-wrapping.ts";
import type { ExpectedLoad } from "../scenario/expected-load.ts";
import type { Herd } from "../scenario/herds.ts";
import { imagesOf } from "../scenario/job-images.ts";
import { rolloutOrder } from "../scenario/rollout-order.ts";
import type { RolloutPlan } from "../scenario/rollout.ts";
import type { JobScenario, Scenario } from "../scenario/scenario.ts";
import { BANDWIDTH } from "../scenario/units.ts";
import { fleetFileLines } from "./fleet-file-text.ts";
import type { Inspection } from "./inspect.ts";

/** RainMaker's, where a job says nothing. */
const PRIORITY_DEFAULT = 5;

/** Zones and herds beyond these are in `--json`: a fleet of the world has hundreds. */
export const ROWS_SHOWN_MAX = 12;

/** The whole text, with a line end behind its last line. */
export function inspectionText(inspection: Inspection, paint: Painter): string {
  const { load, yaml } = inspection;
  const blocks = [
    head(inspection, paint),
    warningLines(inspection, paint),
    [paint.strong("Jobs"), ...jobLines(inspection)],
    ...inspection.fleetFiles.map((file) => fleetFileLines(file, paint)),
    [paint.strong("When targets are done, from their job's start"), ...doneLines(inspection)],
    [paint.strong("Nodes by cohort"), ...cohortLines(load), ...awayLines(load)],
    [paint.strong("Nodes by zone"), ...zoneLines(load)],
    [paint.strong("Expected load"), ...loadLines(inspection, paint)],
    [paint.strong("Nodes that start together"), ...herdLines(load.herds)],
    [paint.strong("Race-free"), ...raceLines(inspection, paint)],
    [
      paint.strong("The scenario, defaults filled in"),
      ...yaml
        .trimEnd()
        .split("\n")
        .map((line) => indented(visible(line))),
    ],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function head({ scenario, load }: Inspection, paint: Painter): string[] {
  const { clock, backend, end } = scenario;
  const where =
    backend.urls.length === 0
      ? `embedded${backend.broker === undefined ? "" : `, broker ${backend.broker.url}`}`
      : backend.urls.join(" ");
  const speed = clock.speed === 1 ? "in real time" : `${significantText(clock.speed)} times as fast as real time`;
  return [
    `${paint.strong(harmlessLine(scenario.name, 60))}  ${counted(load.nodes, "node")}, ${counted(load.targets, "target")}, seed ${scenario.seed}`,
    ...(scenario.about === "" ? [] : wrapped(harmlessLine(scenario.about), "")),
    ...imagesOf(scenario).flatMap((image) => [
      `  image    ${harmlessLine(`${image.project} ${image.version}`)} for ${image.chip}, ${bytesText(image.sizeBytes)}${image.from === "file" ? ` (${harmlessLine(image.path)})` : ", made"}`,
      ...(image.defects ?? []).map((defect) => `           defect: ${defectText(defect)}`),
    ]),
    `  backend  ${harmlessLine(`${backend.adapter}, ${where}`)}`,
    `  clock    from ${instantText(clock.startUtcMs)}, ${speed}, ${end.when === "time" ? "" : "at most "}${durationText(end.afterUs)} of fleet time`,
  ];
}

function warningLines({ warnings }: Inspection, paint: Painter): string[] {
  if (warnings.length === 0) return [];
  const lines = warnings.flatMap((warning) => wrapped(harmlessLine(describeMistake(warning)), "  ", "! "));
  return [paint.strong("Warnings"), ...lines.map(paint.warn)];
}

function jobLines({ scenario, load }: Inspection): string[] {
  return scenario.jobs.flatMap((job, number) => {
    const counts = load.jobs[number];
    if (counts === undefined) return [];
    const { approving, targets, startsUs, cancelledAtUs, image } = counts;
    const parts = [
      `${harmlessLine(image, 80)} to ${counted(targets, "target")}${job.targets.kind === "dynamic" ? ", and whoever else comes to match" : ""}`,
      job.trigger === "user-approved" ? `user-approved: ${countText(approving)} of them sooner or later` : job.trigger,
      `priority ${job.priority ?? PRIORITY_DEFAULT}`,
      beginText(job, startsUs),
      ...(job.rollout === undefined ? [] : [stagesText(scenario, number, job.rollout)]),
      ...(cancelledAtUs === null ? [] : [`cancelled at ${durationText(cancelledAtUs)}`]),
      ...(job.timeoutUs === undefined ? [] : [`timeout ${durationText(job.timeoutUs)}`]),
    ];
    return wrapped(`${harmlessLine(job.name, 40)}: ${parts.join("; ")}`, "  ");
  });
}

function doneLines({ scenario, load }: Inspection): string[] {
  const done = (us: number | null | undefined): string =>
    us === undefined ? "not known" : us === null ? "not in the run" : durationText(us);
  const rows = load.jobs.map(({ name, typical, worstUs }) => [
    harmlessLine(name, 20),
    done(typical?.p50Us),
    done(typical?.p95Us),
    typical === null ? "" : percentText(typical.reachable),
    durationText(worstUs),
  ]);
  const limits = [
    ...(scenario.model?.cdn?.egressBytesPerSecond === undefined ? [] : ["with the egress of model:, as in a plan"]),
    ...(scenario.jobs.some(({ rollout }) => rollout !== undefined) ? ["stages as if all went at once"] : []),
    "faults and later spells offline left out; at worst: the slowest 1 % of links, boots and spells offline, one after the other",
  ];
  return [
    ...tableLines(["job", "50 % of the reachable", "95 %", "reachable", "at worst"], rows),
    ...wrapped(limits.join("; "), "  "),
  ];
}

function beginText({ startsBy }: JobScenario, startsUs: number): string {
  const from = startsUs === 0 ? "" : `, not before ${durationText(startsUs)}`;
  if (startsBy === "timeline") return `started by the timeline${from}`;
  return startsUs === 0 ? "from the begin" : `from ${durationText(startsUs)} on`;
}

function stagesText(scenario: Scenario, job: number, rollout: RolloutPlan): string {
  const { ends } = rolloutOrder(scenario, job, rollout);
  const sizes = ends.map((end, stage) => countText(end - (ends[stage - 1] ?? 0)));
  return `in ${counted(sizes.length, "stage")} of ${sizes.join(", ")} targets; the load below is as if all went at once`;
}

function cohortLines({ cohorts }: ExpectedLoad): string[] {
  const rows = cohorts.map(({ name, nodes, targets, startsOffline, faults }) => [
    harmlessLine(name, 30),
    countText(nodes),
    countText(targets),
    countText(startsOffline),
    faults.map((each) => `${each.fault} ${countText(each.nodes)}`).join(", ") || "none",
  ]);
  const narrow = tableLines(["cohort", "nodes", "targets", "offline at first", "faults drawn"], rows);
  if (narrow.every((line) => line.length <= 80)) return narrow;
  // Many faults make a wide column; they go below their cohort.
  return rows.flatMap(([name = "", nodes, targets, offline, faults = ""]) => [
    indented(`${name}: nodes ${nodes}, targets ${targets}, offline at first ${offline}`),
    ...wrapped(`faults drawn: ${faults}`, "    "),
  ]);
}

/** In a short run of few nodes the default's rare long spells look like a fault of the backend. */
function awayLines({ cohorts, nodes }: ExpectedLoad): string[] {
  const away = cohorts.reduce((sum, { startsOffline }) => sum + startsOffline, 0);
  if (away === 0) return [];
  const toTheEnd = cohorts.reduce((sum, { awayToTheEnd }) => sum + awayToTheEnd, 0);
  const rest = toTheEnd === 0 ? "all back before it ends" : `${countText(toTheEnd)} of them until it ends`;
  const text = `${countText(away)} of ${counted(nodes, "node")} (${shareText(away, nodes)}) are offline when the run begins, ${rest}, as offline: of their cohorts has it (its default is the field's, with rare spells of days). "offline: none" in a cohort, or --set offline=none, has all online.`;
  return wrapped(text, "  ");
}

function zoneLines({ zones, nodes }: ExpectedLoad): string[] {
  const shown = zones.slice(0, ROWS_SHOWN_MAX);
  const rows = shown.map((each) => [each.zone, countText(each.nodes), shareText(each.nodes, nodes)]);
  const more = zones.length - shown.length;
  return [
    ...tableLines(["zone", "nodes", "share"], rows),
    ...(more > 0 ? [`  and ${counted(more, "more zone")}, all of them in --json`] : []),
  ];
}

function loadLines({ scenario, load, room }: Inspection, paint: Painter): string[] {
  const { speed } = scenario.clock;
  const { honestSpeed, busiestWallSecond: busiest, busiestFleetSecond: planned } = load;
  const honest = `highest honest speed for completion ${countText(honestSpeed.speed)}: ${honestSpeed.because}; short steps need less`;
  const isTooFast = speed > honestSpeed.speed;
  const verdict = isTooFast ? paint.warn(`; clock.speed ${significantText(speed)} is above it`) : "";
  return [
    `connects   ${rate(load.connectsPerWallSecond)} a wall second along the ramp`,
    `fetches    ${rate(load.fetchesPerFleetSecond)} a fleet second, ${rate(load.fetchesPerWallSecond)} a wall second`,
    `downloads  ${bytesText(load.downloadBytes)} if every target draws its image once`,
    `peak       ${peak(planned.connects, "connect")}, ${peak(planned.fetches, "fetch", "fetches")} and ${peak(planned.downloadsStarted, "download start")} in the busiest fleet second of a plan, ${bytesText(planned.bytes)}`,
    `           ${rate(busiest.handshakes)} TLS handshakes and ${bytesText(busiest.bytes)} in the busiest wall second of a run`,
    ...modelLines(scenario, load),
    `clock      ${honest}${verdict}`,
    roomText(room, load.nodes, paint),
  ].map(indented);
}

function modelLines({ fleet }: Scenario, { modelled, downloadBytes }: ExpectedLoad): string[] {
  if (modelled === null) return [];
  const { egressBytesPerSecond, allBytesUs, connectsPerSecond, allConnectsUs, fetchesPerSecond } = modelled;
  const limits = [
    ...(egressBytesPerSecond === null || allBytesUs === null
      ? []
      : [
          `egress ${BANDWIDTH.print(egressBytesPerSecond)}: all ${bytesText(downloadBytes)} take at least ${durationText(allBytesUs)}`,
        ]),
    ...(connectsPerSecond === null || allConnectsUs === null
      ? []
      : [
          `${significantText(connectsPerSecond)} connects a second: all ${counted(fleet.nodes, "node")} need at least ${durationText(allConnectsUs)} to come back`,
        ]),
    ...(fetchesPerSecond === null ? [] : [`${significantText(fetchesPerSecond)} questions answered a second`]),
    "limits of a plan: a run ignores model:, its servers are real",
  ];
  return limits.map((limit, line) => (line === 0 ? "model" : "").padEnd(11) + limit);
}

function roomText(
  { nodesMax, because, downloadsAtOnceMax }: Inspection["room"],
  nodes: number,
  paint: Painter,
): string {
  const crowd = `at most ${countText(downloadsAtOnceMax)} downloads at once`;
  if (nodesMax === Infinity) return `room       ${crowd}; this system tells no limit`;
  const text = `room       for ${countText(nodesMax)} nodes here, with ${crowd}: ${because}`;
  return nodes <= nodesMax ? text : paint.warn(`${text}; a run of ${countText(nodes)} will be refused`);
}

function herdLines(herds: readonly Herd[]): string[] {
  if (herds.length === 0) return ["  none: nodes start as they ask"];
  const shown = herds.slice(0, ROWS_SHOWN_MAX);
  const rows = shown.map(({ does, because, job, atUs, nodes, times, overUs, zones, isInPlanOnly }) => [
    atUs === 0 ? "at once" : `after ${durationText(atUs)}`,
    countText(nodes),
    `${does}${times > 1 ? ` ${times} times` : ""}`,
    job === null ? "" : harmlessLine(job, 20),
    `${because}${isInPlanOnly ? " (plan)" : ""}`,
    overUs < SECOND_US ? "at one instant" : `within ${durationText(overUs)}`,
    `${zones.slice(0, 2).join(", ")}${zones.length > 2 ? ` and ${zones.length - 2} more` : ""}`,
  ]);
  const more = herds.length - shown.length;
  return [
    ...tableLines(["when", "nodes", "do", "job", "because", "over", "zones"], rows),
    ...(shown.some(({ isInPlanOnly }) => isInPlanOnly)
      ? ["  (plan): model: is the plan's alone; a run has real servers"]
      : []),
    ...(more > 0 ? [`  and ${counted(more, "more herd")}, all of them in --json`] : []),
  ];
}

function raceLines({ raceFree }: Inspection, paint: Painter): string[] {
  if (raceFree.raceFree)
    return wrapped("yes: every run gives each node the same outcome and final version, live or planned", "  ");
  return [
    `  ${paint.warn("no: two runs may end differently for some nodes")}`,
    ...raceFree.reasons.flatMap((reason) => wrapped(harmlessLine(reason), "  ", "- ")),
  ];
}

/** Of single nodes there is one in some second. */
function peak(perSecond: number, one: string, many?: string): string {
  return counted(perSecond === 0 ? 0 : Math.max(1, Math.round(perSecond)), one, many);
}

/** Three digits are all that an estimate is good for. */
function rate(perSecond: number): string {
  return significantText(perSecond);
}

function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d,.]+( %)?$/.test(row[column] ?? "")));
  const table = new Table({
    head: [...head],
    colAligns: isNumber.map((right) => (right ? "right" : "left")),
    style: { head: [], border: [], "padding-left": 1, "padding-right": 1 },
    chars: NO_LINES,
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => ` ${line.trimEnd()}`);
}

// Without rules the columns need no more than their words, and screen readers read no dashes.
const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
} as const;

function indented(line: string): string {
  return `  ${line}`;
}
