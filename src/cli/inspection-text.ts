/** What `inspect` says to people: what to know first, then the numbers, then the scenario with its defaults. */
import { describeMistake } from "../base/user-error.ts";
import { defectText } from "../image/image-defects.ts";
import { bytesText, counted, countText, percentText, shareText, significantText } from "../report/count-text.ts";
import { durationText, instantText } from "../report/duration-text.ts";
import type { Painter } from "../report/painter.ts";
import { harmlessLine, visible } from "../report/text-cleaning.ts";
import { wrapped } from "../report/text-wrapping.ts";
import type { ExpectedLoad } from "../scenario/expected-load.ts";
import { imagesOf } from "../scenario/job-images.ts";
import type { RaceFreedom } from "../scenario/race-free.ts";
import { rolloutOrder } from "../scenario/rollout-order.ts";
import type { RolloutPlan } from "../scenario/rollout.ts";
import type { JobScenario, Scenario } from "../scenario/scenario.ts";
import { fleetFileLines } from "./fleet-file-text.ts";
import type { Inspection } from "./inspect.ts";
import { herdLines, loadLines, ROWS_SHOWN_MAX } from "./inspection-load.ts";
import { tableLines } from "./plain-table.ts";

/** RainMaker's, where a job says nothing. */
const PRIORITY_DEFAULT = 5;

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
  // Nobody gone for good is one of these: the make-up of the fleet file tells of them.
  const gone = cohorts.reduce((sum, each) => sum + each.gone, 0);
  const away = cohorts.reduce((sum, { startsOffline }) => sum + startsOffline, -gone);
  if (away === 0) return [];
  const toTheEnd = cohorts.reduce((sum, { awayToTheEnd }) => sum + awayToTheEnd, -gone);
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

/** One of them is a sentence among the reasons; several are one table. */
function secondOfferLines({ secondOffers }: RaceFreedom): string[] {
  if (secondOffers.length < 2) return [];
  const rows = secondOffers.map(({ cohort, job, share, rebootUs }) => [
    harmlessLine(cohort, 30),
    harmlessLine(job, 20),
    percentText(Number(share.toPrecision(2))),
    durationText(rebootUs),
  ]);
  return [
    ...wrapped(
      'nodes ask again between "applied" and the reboot: they begin a second update, and a slot that it is still writing then does not boot (plans come within a factor of 1.5 of these shares, and by chance)',
      "  ",
      "- ",
    ),
    ...tableLines(["cohort", "job", "about", "before the reboot"], rows),
  ];
}

function raceLines({ raceFree }: Inspection, paint: Painter): string[] {
  if (raceFree.raceFree)
    return wrapped("yes: every run gives each node the same outcome and final version, live or planned", "  ");
  const { reasons, secondOffers } = raceFree;
  const inTable = secondOffers.length < 2 ? [] : secondOffers.map(({ reason }) => reason);
  const others = reasons.filter((reason) => !inTable.includes(reason));
  return [
    `  ${paint.warn("no: two runs may end differently for some nodes")}`,
    ...secondOfferLines(raceFree),
    ...others.flatMap((reason) => wrapped(harmlessLine(reason), "  ", "- ")),
  ];
}

function indented(line: string): string {
  return `  ${line}`;
}
