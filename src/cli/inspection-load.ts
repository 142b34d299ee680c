/** What `inspect` says of the load: rates, peaks, limits of the model, and the nodes that start together. */
import { SECOND_US } from "../base/instant.ts";
import type { Room } from "../engine/preflight.ts";
import { bytesText, counted, countText, significantText } from "../report/count-text.ts";
import { durationText } from "../report/duration-text.ts";
import type { Painter } from "../report/painter.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import type { ExpectedLoad } from "../scenario/expected-load.ts";
import type { Herd } from "../scenario/herds.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { BANDWIDTH } from "../scenario/units.ts";
import { tableLines } from "./plain-table.ts";

/** Zones and herds beyond these are in `--json`: a fleet of the world has hundreds. */
export const ROWS_SHOWN_MAX = 12;

type RoomForRun = Room & { readonly downloadsAtOnceMax: number };

/** Rates, peaks and limits, a line each. */
export function loadLines(
  { scenario, load, room }: { readonly scenario: Scenario; readonly load: ExpectedLoad; readonly room: RoomForRun },
  paint: Painter,
): string[] {
  const { speed } = scenario.clock;
  const { honestSpeed, busiestWallSecond: busiest, busiestFleetSecond: planned } = load;
  const honest = `highest honest speed for completion ${countText(honestSpeed.speed)}: ${honestSpeed.because}; short steps need less`;
  const isTooFast = speed > honestSpeed.speed;
  const verdict = isTooFast ? paint.warn(`; clock.speed ${significantText(speed)} is above it`) : "";
  return [
    `connects   ${rate(load.connectsPerWallSecond, "wall")} along the ramp`,
    `fetches    ${rate(load.fetchesPerFleetSecond, "fleet")}, ${rate(load.fetchesPerWallSecond, "wall")}`,
    `downloads  ${bytesText(load.downloadBytes)} if every target draws its image once`,
    `peak       ${peak(planned.connects, "connect")}, ${peak(planned.fetches, "fetch", "fetches")} and ${peak(planned.downloadsStarted, "download start")} in the busiest fleet second of a plan, ${bytesText(planned.bytes)}`,
    `           ${peak(busiest.handshakes, "TLS handshake")} and ${bytesText(busiest.bytes)} in the busiest wall second of a run`,
    ...(load.herds.some(({ because }) => because === "push" || because === "window" || because === "validity")
      ? [
          "           (without the dials of those who were updated together and reboot together, unless they share a line)",
        ]
      : []),
    ...modelLines(scenario, load),
    `clock      ${honest}${verdict}`,
    roomText(room, load.nodes, paint),
  ].map((line) => `  ${line}`);
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

function roomText({ nodesMax, because, downloadsAtOnceMax }: RoomForRun, nodes: number, paint: Painter): string {
  const crowd = `at most ${countText(downloadsAtOnceMax)} downloads at once`;
  if (nodesMax === Infinity) return `room       ${crowd}; this system tells no limit`;
  const text = `room       for ${countText(nodesMax)} nodes here, with ${crowd}: ${because}`;
  return nodes <= nodesMax ? text : paint.warn(`${text}; a run of ${countText(nodes)} will be refused`);
}

/** Of single nodes there is one in some second. */
function peak(perSecond: number, one: string, many?: string): string {
  return counted(perSecond === 0 ? 0 : Math.max(1, Math.round(perSecond)), one, many);
}

/** Below this a rate is read more easily by how far its events lie apart. */
const RARE_PER_SECOND = 0.01;

/** Three digits are all that an estimate is good for. */
function rate(perSecond: number, clock: "fleet" | "wall"): string {
  if (perSecond === 0 || perSecond >= RARE_PER_SECOND) return `${significantText(perSecond)} a ${clock} second`;
  return `one in ${durationText(SECOND_US / perSecond)} of ${clock} time`;
}

/** Of a job that starts nobody knows when, the hours of its zones say little: its largest herd stands for all. */
function onceStarted(herds: readonly Herd[]): readonly Herd[] {
  const known = herds.filter(({ isOnceStarted }) => isOnceStarted !== true);
  const largest = new Map<string | null, Herd>();
  for (const herd of herds) {
    if (herd.isOnceStarted !== true) continue;
    const other = largest.get(herd.job);
    const zones = [...new Set([...(other?.zones ?? []), ...herd.zones])];
    largest.set(herd.job, { ...(other === undefined || herd.nodes > other.nodes ? herd : other), zones });
  }
  return [...known, ...largest.values()];
}

/** A table of herds, the earliest first. */
export function herdLines(herds: readonly Herd[]): string[] {
  if (herds.length === 0) return ["  none: nodes start as they ask"];
  const told = onceStarted(herds);
  const shown = told.slice(0, ROWS_SHOWN_MAX);
  const rows = shown.map(
    ({ does, because, job, atUs, nodes, times, overUs, zones, isInPlanOnly, isInRunOnly, isOnceStarted }) => [
      isOnceStarted === true ? "once started" : atUs === 0 ? "at once" : `after ${durationText(atUs)}`,
      `${isOnceStarted === true && because !== "push" ? "at most " : ""}${countText(nodes)}`,
      `${does}${times > 1 ? ` ${times} times` : ""}`,
      job === null ? "" : harmlessLine(job, 20),
      `${because}${isInPlanOnly ? " (plan)" : isInRunOnly === true ? " (run)" : ""}`,
      overUs < SECOND_US ? "at one instant" : `within ${durationText(overUs)}`,
      `${zones.slice(0, 2).join(", ")}${zones.length > 2 ? ` and ${zones.length - 2} more` : ""}`,
    ],
  );
  const more = told.length - shown.length;
  return [
    ...tableLines(["when", "nodes", "do", "job", "because", "over", "zones"], rows),
    ...(shown.some(({ isInPlanOnly }) => isInPlanOnly)
      ? ["  (plan): of a plan alone, whose servers are those of model: and whose clock has speed 1"]
      : []),
    ...(shown.some(({ isInRunOnly }) => isInRunOnly === true)
      ? [
          "  (run): outages are of wall time, so at this clock.speed they last longer for the nodes of a run than of a plan",
        ]
      : []),
    ...(more > 0 ? [`  and ${counted(more, "more herd")}, all of them in --json`] : []),
  ];
}
