/** What is asked for in the busiest second, of fleet time as a plan counts it, and of wall time as a machine feels it. */
import { SECOND_US } from "../base/instant.ts";
import { type Herd, perFleetSecond } from "./herds.ts";
import { imagesOf } from "./job-images.ts";
import { typicalBytesPerSecond } from "./race-free.ts";
import type { Scenario } from "./scenario.ts";

/**
 * What a plan counts in its busiest second of fleet time, with the limits of its model. Averages: chance makes it a few
 * more. Not counted: the dials after the reboots of nodes that began together, unless they share a line.
 */
export interface BusiestFleetSecond {
  readonly connects: number;
  readonly fetches: number;
  readonly downloadsStarted: number;
  readonly bytes: number;
}

/** What a run asks for in its busiest second of wall time, were backend and machine without limit: it has no `model:`. */
export interface BusiestWallSecond {
  /** Full TLS handshakes. */
  readonly handshakes: number;
  readonly bytes: number;
}

export function busiestFleetSecond(
  scenario: Scenario,
  ofBoth: readonly Herd[],
  fetchesPerFleetSecond: number,
  targets: number,
): BusiestFleetSecond {
  const { broker, cdn } = scenario.model ?? {};
  const herds = ofBoth.filter(({ isInRunOnly }) => isInRunOnly !== true);
  const sizeBytes = largestImageBytes(scenario);
  const paceMax = cdn?.perConnectionBytesPerSecond ?? Infinity;
  const downloadS = Math.max(slowestDownloadUs(scenario) / SECOND_US, sizeBytes / paceMax);
  const bytesOf = ({ nodes, overUs }: Herd): number => (nodes * sizeBytes) / Math.max(1, downloadS, overUs / SECOND_US);
  const bytes = Math.max(
    Math.min(targets, fetchesPerFleetSecond) * sizeBytes,
    // Of a few nodes one is under way in some second.
    sizeBytes / Math.max(1, downloadS),
    ...herds.filter(drawsBytes).map(bytesOf),
  );
  // Connects beyond the broker's rate wait or are refused: the second after a quiet moment takes the burst too.
  const connectsMax =
    broker?.connectsPerSecond === undefined ? Infinity : broker.connectsPerSecond + broker.connectBurst;
  const most = (does: Herd["does"]): number =>
    Math.max(0, ...herds.filter((herd) => herd.does === does).map(perFleetSecond));
  const starting = Math.min(targets, fetchesPerFleetSecond);
  return {
    // Each update ends with a reboot and a dial.
    connects: Math.min(connectsMax, Math.max(starting, most("connect"))),
    fetches: Math.max(fetchesPerFleetSecond, most("ask")),
    downloadsStarted: Math.max(starting, most("download")),
    bytes: Math.min(cdn?.egressBytesPerSecond ?? Infinity, bytes),
  };
}

/** Herds of the plan alone are none of a run. */
export function busiestWallSecond(
  scenario: Scenario,
  herds: readonly Herd[],
  fetchesPerFleetSecond: number,
): BusiestWallSecond {
  const { clock, backend, fleet } = scenario;
  const live = herds.filter(({ isInPlanOnly }) => !isInPlanOnly);
  const downloads = live.filter(drawsBytes);
  const shaking = live.filter((herd) => handshakesOf(scenario, herd) > 0);
  const sizeBytes = largestImageBytes(scenario);
  const downloadUs = slowestDownloadUs(scenario);
  // What takes less than a second of wall time falls into one.
  const perWallSecond = (nodes: number, overUs: number): number =>
    nodes / Math.max(1, overUs / SECOND_US / clock.speed);
  const ramp = dialsByTls(backend) ? perWallSecond(fleet.nodes, fleet.connectOverMs * 1000 * clock.speed) : 0;
  const asking = fetchesPerFleetSecond * clock.speed;
  return {
    handshakes: Math.max(
      ramp,
      asking,
      ...shaking.map(({ nodes, times, overUs }) => perWallSecond(nodes * times, overUs)),
    ),
    bytes: Math.max(
      asking * sizeBytes,
      perWallSecond(sizeBytes, downloadUs),
      ...downloads.map(({ nodes, overUs }) => perWallSecond(nodes, Math.max(overUs, downloadUs)) * sizeBytes),
    ),
  };
}

/** A server that goes away refuses those who try again: no byte comes. */
function drawsBytes({ does, because }: Herd): boolean {
  return does === "download" && because !== "backend goes away";
}

/** Full TLS handshakes that a herd's nodes cost, each: images are served by HTTPS, and a question goes by what is open. */
export function handshakesOf({ backend }: Scenario, { does }: Herd): number {
  // A node dials again after its reboot: with TLS on that link too, each update costs two handshakes.
  if (does === "download") return dialsByTls(backend) ? 2 : 1;
  return does === "connect" && dialsByTls(backend) ? 1 : 0;
}

/** Whether links are TLS: the embedded broker's, or a foreign one's. */
export function dialsByTls({ tls, broker }: Scenario["backend"]): boolean {
  return broker === undefined ? tls : broker.url.startsWith("mqtts:");
}

/** Of all jobs. */
export function largestImageBytes(scenario: Scenario): number {
  return Math.max(...imagesOf(scenario).map(({ sizeBytes }) => sizeBytes));
}

/** Fleet time for which a typical node of the slowest cohort draws the largest image. */
export function slowestDownloadUs(scenario: Scenario): number {
  const sizeBytes = largestImageBytes(scenario);
  return Math.max(
    0,
    ...scenario.fleet.cohorts.map((cohort) => (sizeBytes / typicalBytesPerSecond(cohort)) * SECOND_US),
  );
}
