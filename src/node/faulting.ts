/**
 * Where the node asks whether a fault strikes: one of its own, drawn at its birth, or one that the running image
 * carries. A node without faults, whose image has none, pays two comparisons.
 */
import { NEVER, type InstantUs } from "../base/instant.ts";
import { draw } from "../base/random.ts";
import type { Carrier } from "./carrier.ts";
import type { FaultTouch } from "./fault-touch.ts";
import { type ImageFault, strikingFault } from "./image-fault.ts";
import type { NodeRow } from "./node-row.ts";
import { DRAW } from "./purposes.ts";

type Point = FaultTouch["point"];
type EffectOf<P extends Point> = Extract<FaultTouch, { point: P; effect: string }>["effect"];

/** True where a fault has this effect here; the event log hears that it fired. */
export function fires<P extends Exclude<Point, "flash speed">>(
  node: NodeRow,
  point: P,
  effect: EffectOf<P>,
  io: Carrier,
): boolean {
  const isMeant = (touch: FaultTouch): boolean => touch.point === point && "effect" in touch && touch.effect === effect;
  const drawn = drawnFault(node, isMeant);
  const fault = drawn === -1 ? ofRunningImage(node, isMeant) : drawn;
  if (fault === -1) return false;
  io.note({ kind: "fault fired", fault, image: drawn === -1 ? node.runningImage : 0 });
  return true;
}

/** A new image boots: the event log hears of a fault in it that will strike at this boot. */
export function noteImageFault(node: NodeRow, io: Carrier): void {
  const striking = faultOfRunningImage(node);
  if (striking === undefined || striking.afterUs > 0) return;
  io.note({ kind: "fault drawn", fault: striking.fault, image: node.runningImage });
}

/** When the running image crashes by itself, if nothing restarts it before; NEVER = it does not. */
export function lateCrashUs(node: NodeRow): InstantUs {
  const striking = faultOfRunningImage(node);
  return striking === undefined || striking.afterUs === 0 ? NEVER : node.power.bootedAtUs + striking.afterUs;
}

/** The late crash has come: drawn and fired are one, as any restart before would have put it off. */
export function noteLateCrash(node: NodeRow, io: Carrier): void {
  const striking = faultOfRunningImage(node);
  if (striking === undefined) return;
  io.note({ kind: "fault drawn", fault: striking.fault, image: node.runningImage });
  io.note({ kind: "fault fired", fault: striking.fault, image: node.runningImage });
}

/** A fault that strikes once at a drawn byte of a download of so many bytes; undefined = none is left. */
export function writeFault(
  node: NodeRow,
  sizeBytes: number,
):
  | { readonly fault: number; readonly atBytes: number; readonly touch: Extract<FaultTouch, { point: "write" }> }
  | undefined {
  const fault = drawnFault(node, (touch) => touch.point === "write");
  if (fault === -1 || sizeBytes === 0) return undefined;
  const touch = node.settings.faults[fault] as Extract<FaultTouch, { point: "write" }>;
  const share = draw(node.settings.seed, node.index, DRAW.faultByte, fault);
  // Beyond the head, which is read before the first write, and short of the end.
  const atBytes = Math.min(sizeBytes - 1, 1_024 + Math.floor(share * Math.max(0, sizeBytes - 1_024)));
  return { fault, atBytes, touch };
}

/** The fault has struck and will not strike this node again. */
export function spend(node: NodeRow, fault: number, io: Carrier): void {
  node.power.spentFaults = node.power.spentFaults | (1 << fault);
  io.note({ kind: "fault fired", fault, image: 0 });
}

/** A download at the pace of a flash that a fault slows: its share of the pace was settled at the node's birth. */
export function slowsFlash(node: NodeRow, io: Carrier): void {
  const fault = drawnFault(node, (touch) => touch.point === "flash speed");
  if (fault !== -1) io.note({ kind: "fault fired", fault, image: 0 });
}

/** What a node writes, by its link and its flash, bytes a second of fleet time. */
export function paceOf(throughput: number, flash: number, faults: number, touches: readonly FaultTouch[]): number {
  const slow = touches.find((touch, bit) => touch.point === "flash speed" && (faults & (1 << bit)) !== 0);
  return Math.min(throughput, slow?.point === "flash speed" ? flash * slow.factor : flash);
}

function drawnFault(node: NodeRow, matches: (touch: FaultTouch) => boolean): number {
  const mask = node.traits.faults & ~node.power.spentFaults;
  if (mask === 0) return -1;
  const { faults } = node.settings;
  for (let bit = 0; bit < faults.length; bit++) {
    if ((mask & (1 << bit)) !== 0 && matches(faults[bit] as FaultTouch)) return bit;
  }
  return -1;
}

function ofRunningImage(node: NodeRow, matches: (touch: FaultTouch) => boolean): number {
  const striking = faultOfRunningImage(node);
  if (striking === undefined || striking.afterUs > 0) return -1;
  const touch = node.settings.faults[striking.fault];
  return touch !== undefined && matches(touch) ? striking.fault : -1;
}

function faultOfRunningImage(node: NodeRow): ImageFault | undefined {
  const { power, settings, runningImage } = node;
  if (!power.isOn || runningImage === 0) return undefined;
  const { faults, version } = settings.books.images.get(runningImage);
  if (faults === undefined) return undefined;
  return strikingFault(faults, version, { seed: settings.seed, node: node.index, hardware: node.cohort.hardware });
}
