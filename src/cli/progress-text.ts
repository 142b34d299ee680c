/** A moment of a run as lines for people. Pure: the live view decides when and where they appear. */
import { SECOND_US } from "../base/instant.ts";
import type { ConclusionView, LiveView, PlanPace } from "../engine/run-options.ts";
import type { StandingName } from "../measure/standing.ts";
import { bytesText, countText, counted, shareText } from "../report/count-text.ts";
import { durationText, instantText } from "../report/duration-text.ts";
import { OUTCOME_WORDS } from "../report/outcome-words.ts";
import type { Painter } from "../report/painter.ts";

const BAR_CELLS = 30;
const LABEL_COLUMNS = 12;

/** Classes that are told while a run goes on, what one hopes for first. */
const TOLD = ["success", "rolledBack", "rejected", "failed", "bricked", "expired"] as const satisfies readonly Exclude<
  StandingName,
  "open"
>[];

/** The block of a terminal, rewritten as the run goes on. */
export function progressBlock(live: LiveView, paint: Painter): readonly string[] {
  const label = (text: string): string => paint.quiet(text.padEnd(LABEL_COLUMNS));
  if (live.pace !== undefined && live.pace.born < live.nodes) {
    return [
      `${label("birth")}${bar(live.pace.born, live.nodes, paint)}  ${[bornText(live.pace, live.nodes), ...leftText(live.pace)].join(", ")}`,
    ];
  }
  if (isRamp(live)) {
    return [
      `${label("connecting")}${bar(live.online, live.nodes, paint)}  ${countText(live.online)} of ${counted(live.nodes, "node")}`,
    ];
  }
  const { byClass } = live;
  const outcomes = TOLD.filter((name) => byClass[name] > 0).map((name) => {
    const text = `${countText(byClass[name])} ${OUTCOME_WORDS[name].label}`;
    return name === "success" ? paint.good(text) : paint.bad(text);
  });
  return [
    `${label("fleet time")}${instantText(live.fleetEpochMs)}, ${fleetTimeText(live)}; wall ${secondsText(live.wallMs)}`,
    `${label("settled")}${bar(live.reachableSettled, live.reachable, paint)}  ${settledText(live)}`,
    ...(live.pace === undefined ? [] : [`${label("pace")}${paceParts(live.pace).join(", ")} of memory`]),
    `${label("online")}${countText(live.online)} of ${counted(live.nodes, "node")}; ${fetchesText(live)}`,
    `${label("downloads")}${countText(live.downloadsInFlight)} in flight, ${bytesText(live.imageBytesReceived)} received`,
    `${label("outcomes")}${outcomes.length === 0 ? paint.quiet("none yet") : outcomes.join(", ")}`,
  ];
}

/** One line, for whatever is no terminal. */
export function progressLine(live: LiveView): string {
  const { pace } = live;
  if (pace !== undefined && pace.born < live.nodes) {
    return `birth: ${[bornText(pace, live.nodes), ...leftText(pace), bytesText(pace.memoryBytes)].join(", ")}`;
  }
  if (isRamp(live)) return `connecting: ${countText(live.online)} of ${counted(live.nodes, "node")} online`;
  const outcomes = TOLD.filter((name) => live.byClass[name] > 0).map(
    (name) => `${countText(live.byClass[name])} ${OUTCOME_WORDS[name].label}`,
  );
  return [
    `${secondsText(live.wallMs)} (${instantText(live.fleetEpochMs)})`,
    ...(pace === undefined ? [] : [fleetTimeText(live), ...paceParts(pace)]),
    live.reachable === 0 ? settledText(live) : `${settledText(live)} settled`,
    `${countText(live.online)} online`,
    ...(pace === undefined ? [rateText(live)] : []),
    `${countText(live.downloadsInFlight)} downloading`,
    ...outcomes,
  ].join(", ");
}

/** The block of a terminal while result and reports are made. */
export function conclusionBlock({ step, part, nodes }: ConclusionView, paint: Painter): readonly string[] {
  const label = (text: string): string => paint.quiet(text.padEnd(LABEL_COLUMNS));
  if (nodes === undefined) return [`${label(step === "writing" ? step : "computing")}${part}`];
  return [`${label(part)}${bar(nodes.done, nodes.all, paint)}  ${nodesText(nodes)}`];
}

/** The same in one line. */
export function conclusionLine({ step, part, nodes }: ConclusionView): string {
  const named = step === "writing" ? `${step} ${part}` : `${step}: ${part}`;
  return nodes === undefined ? named : `${named}: ${nodesText(nodes)}`;
}

function nodesText({ done, all }: { readonly done: number; readonly all: number }): string {
  return `${countText(done)} of ${counted(all, "node")}`;
}

/** Fleet time stands at 0 while nodes connect. */
function isRamp({ fleetUs }: LiveView): boolean {
  return fleetUs <= 0;
}

function settledText({ reachable, reachableSettled }: LiveView): string {
  if (reachable === 0) return "nobody reached yet";
  return `${countText(reachableSettled)} of ${countText(reachable)} reachable (${shareText(reachableSettled, reachable)})`;
}

function fleetTimeText({ fleetUs, endUs }: LiveView): string {
  return `${durationText(roundedUs(fleetUs))} of at most ${durationText(endUs)}`;
}

/** A plan's questions come as fast as this machine goes, so only a run has a rate of them. */
function fetchesText(live: LiveView): string {
  const total = counted(live.fetches, "fetch", "fetches");
  return live.pace === undefined ? `${total}, ${rateText(live)}` : total;
}

function paceParts(pace: PlanPace): readonly string[] {
  return [`${countText(Math.round(pace.eventsPerSecond))} events/s`, ...leftText(pace), bytesText(pace.memoryBytes)];
}

function leftText({ leftMs }: PlanPace): readonly string[] {
  return leftMs === undefined ? [] : [`about ${durationText(Math.ceil(leftMs / 1_000) * SECOND_US)} left`];
}

function bornText({ born }: PlanPace, nodes: number): string {
  return `${countText(born)} of ${counted(nodes, "node")}`;
}

/** Reports tell rates of fleet time, which are other numbers wherever the clock is compressed. */
function rateText({ fetchesPerSecond }: LiveView): string {
  return `${countText(Math.round(fetchesPerSecond))} fetches/s of wall time`;
}

function bar(part: number, whole: number, paint: Painter): string {
  const cells = whole > 0 ? Math.min(BAR_CELLS, Math.floor((part / whole) * BAR_CELLS)) : 0;
  return `${paint.good("█".repeat(cells))}${paint.quiet("░".repeat(BAR_CELLS - cells))}`;
}

/** Whole seconds: digits that nobody can read would flicker. */
function roundedUs(us: number): number {
  return Math.floor(us / SECOND_US) * SECOND_US;
}

/** Wall time to a tenth of a second, in a width that hardly changes: `6.4 s`. */
function secondsText(wallMs: number): string {
  return `${(wallMs / 1000).toFixed(1)} s`;
}
