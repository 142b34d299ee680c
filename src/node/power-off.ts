/**
 * Power off: a reset forgets RAM (timers, outbox, connection); power loss forgets the clock as well. What is in flash
 * and NVS stays. Sources: ESP-IDF's bootloader; esp_rainmaker src/ota.
 */
import { MILLISECOND_US, NEVER, type InstantUs } from "../base/instant.ts";
import { draw } from "../base/random.ts";
import type { Carrier } from "./carrier.ts";
import { forgetFetches } from "./fetching.ts";
import { dropLink } from "./link.ts";
import type { NodeRow } from "./node-row.ts";
import { loseAll } from "./outbox.ts";
import { DRAW } from "./purposes.ts";
import { keepAtPowerLoss, keptBytes } from "./resume.ts";
import { breakOff } from "./transfer-notes.ts";

/** The application dies before it can do anything: as far as flash and clock go, a reset. */
export function crash(node: NodeRow, now: InstantUs, io: Carrier): void {
  turnOff(node, "crash", now + bootUs(node), io);
}

/** The firmware resets itself: the clock goes on. */
export function restart(node: NodeRow, why: "restart" | "rollback", now: InstantUs, io: Carrier): void {
  // An offer in the seconds before the reboot has begun another download; what of it arrived, only the books know.
  breakOff(node, keptBytes(node), io);
  if (io.hearsDetails) io.note({ kind: "reboots", why });
  turnOff(node, "restart", now + bootUs(node), io);
}

/**
 * Power fails, at a byte of the running download if there is one.
 *
 * @param outageUs how long it stays away; NEVER = until somebody boots the node
 */
export function losePower(node: NodeRow, gotBytes: number, outageUs: number, now: InstantUs, io: Carrier): void {
  if (!node.power.isOn) {
    // It was about to boot: without power nothing boots, and its clock does not outlast the outage.
    if (outageUs !== NEVER) node.power.bootedAtUs = Math.max(node.power.bootedAtUs, now + outageUs + bootUs(node));
    node.power.isClockSet = false;
    return;
  }
  keepAtPowerLoss(node, gotBytes);
  breakOff(node, gotBytes, io);
  turnOff(node, "power loss", now + outageUs + bootUs(node), io);
  node.power.isClockSet = false;
}

function turnOff(node: NodeRow, why: "restart" | "power loss" | "crash", bootAtUs: InstantUs, io: Carrier): void {
  const { power, update } = node;
  io.note({ kind: "powered off", why });
  if (update.offer !== 0) io.release(update.offer);
  forgetUpdate(node);
  forgetFetches(node);
  dropLink(node, "power", io);
  loseAll(node, "power", io);
  io.powerOff();
  power.isOn = false;
  power.bootedAtUs = bootAtUs;
}

function forgetUpdate(node: NodeRow): void {
  const { update } = node;
  update.step = "idle";
  update.offer = 0;
  update.image = 0;
  update.attempt = 0;
  update.rebootAtUs = NEVER;
  update.verdictAtUs = NEVER;
  update.isRollbackPaused = false;
}

function bootUs(node: NodeRow): number {
  const { settings, cohort, power } = node;
  const us = cohort.bootUs(draw(settings.seed, node.index, DRAW.bootTime, power.boots));
  return us === NEVER ? NEVER : Math.max(MILLISECOND_US, Math.round(us));
}
