/**
 * The node's link: offline spells, dialling, and what a connection starts. After a failed dial the firmware waits a
 * fixed 10 s, without growth or jitter; that makes herds, and nothing here softens it.
 * Source: esp-mqtt mqtt_client.c and mqtt_config.h; esp_rainmaker core and glue.
 */
import { NEVER, type InstantUs } from "../base/instant.ts";
import { draw } from "../base/random.ts";
import type { Carrier } from "./carrier.ts";
import { fires } from "./faulting.ts";
import { armAutofetch, changeWatch, delayFetch } from "./fetching.ts";
import { dropLink } from "./link.ts";
import type { NodeRow } from "./node-row.ts";
import { changeAgeing, planOutbox, resendAll } from "./outbox.ts";
import { DRAW } from "./purposes.ts";
import { chargeValidation, pauseValidation, resumeValidation } from "./validation-wait.ts";
import { reportRollback, validateOnContact } from "./validation.ts";

/** The network of the node's home comes or goes, whether the node is on or not. */
export function networkChanges(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { link, cohort, settings } = node;
  if (link.isUp) {
    link.isUp = false;
    const length = cohort.spellLengthUs(draw(settings.seed, node.index, DRAW.spellLength, link.spells));
    link.changesAtUs = link.changesAtUs + Math.max(1_000, Math.round(length));
    io.note({ kind: "network down" });
    resumeValidation(node, now);
    dropLink(node, "network down", io);
    changeAgeing(node, now);
    changeWatch(node, now);
    if (node.isUpdating && node.update.step !== "verifying") io.cutDownload();
    return;
  }
  link.isUp = true;
  if (link.spells < 65_535) link.spells++;
  link.changesAtUs = link.changesAtUs + spellGap(node);
  io.note({ kind: "network up" });
  changeAgeing(node, now);
  changeWatch(node, now);
  if (node.power.isOn) wakeLink(node, now, io);
}

/** Fleet microseconds from the end of a spell to the beginning of the next. */
function spellGap(node: NodeRow): number {
  const { settings, link, cohort } = node;
  const gap = cohort.spellGapUs(draw(settings.seed, node.index, DRAW.spellGap, link.spells));
  return gap === NEVER ? NEVER : Math.max(1_000, Math.round(gap));
}

/** Power is on and the network may be up: dial. */
export function wakeLink(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { link } = node;
  if (!link.isUp || link.isConnected || link.isDialling || !node.cohort.dialsItself) return;
  if (node.isValidating && fires(node, "first boot", "no network", io)) {
    // The new image cannot bring up its network: no dial, and the validation runs out.
    link.dialAtUs = NEVER;
    return;
  }
  dial(node, now, io);
}

function dial(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { link, cohort, power } = node;
  if (cohort.syncsClock) power.isClockSet = true;
  link.isDialling = true;
  link.dialAtUs = now + node.wallMs(node.generation.dialTimeoutMs);
  pauseValidation(node, now);
  if (io.hearsDetails) io.note({ kind: "dialled" });
  io.connect();
}

/** The dial's deadline, or the time for the next one. */
export function dialDue(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { link } = node;
  if (link.isDialling) {
    io.disconnect();
    dialFailed(node, now);
    return;
  }
  link.dialAtUs = NEVER;
  if (link.isUp && !link.isConnected) dial(node, now, io);
}

/** The backend refused the dial, or let it lapse: its affair, so the wait counts wall time. */
export function dialFailed(node: NodeRow, now: InstantUs): void {
  const { link } = node;
  if (!link.isDialling) return;
  link.isDialling = false;
  chargeValidation(node, node.generation.redialMs * 1_000, now);
  link.dialAtUs = link.isUp ? now + node.wallMs(node.generation.redialMs) : NEVER;
}

/** Dials that were all refused, one after the other: the first, how far they lie apart, and how many. */
export interface RefusedDials {
  readonly firstUs: InstantUs;
  readonly everyUs: number;
  readonly times: number;
}

/**
 * Dials of a node that is refused each time, taken at once: as many as begin and are answered before `untilUs` and
 * before anything else falls due for it. It then stands as if each had been an event of its own. Undefined = none.
 *
 * @param answerUs from each dial to its refusal
 */
export function refuseDials(node: NodeRow, answerUs: number, untilUs: InstantUs): RefusedDials | undefined {
  const { link, power, cohort, generation } = node;
  const firstUs = link.dialAtUs;
  const isWaiting = power.isOn && link.isUp && !link.isConnected && !link.isDialling && firstUs !== NEVER;
  // An image that is not confirmed counts its dials, and an update has news of its own.
  if (!isWaiting || node.isValidating || node.isUpdating || !cohort.dialsItself) return undefined;
  if (answerUs >= node.wallMs(generation.dialTimeoutMs)) return undefined;
  const everyUs = answerUs + node.wallMs(generation.redialMs);
  link.dialAtUs = NEVER;
  const beforeUs = Math.min(untilUs, node.deadlineUs);
  const times = Math.max(0, Math.ceil((beforeUs - firstUs - answerUs) / everyUs));
  link.dialAtUs = firstUs + times * everyUs;
  if (times === 0) return undefined;
  if (cohort.syncsClock) power.isClockSet = true;
  return { firstUs, everyUs, times };
}

/** Something happened to a node whose dials were taken at once: so it stands between two of them, or in one, again. */
export function standBetweenDials(node: NodeRow, dialledAtUs: InstantUs | undefined, nextUs: InstantUs): void {
  const { link, generation } = node;
  link.isDialling = dialledAtUs !== undefined;
  link.dialAtUs = dialledAtUs === undefined ? nextUs : dialledAtUs + node.wallMs(generation.dialTimeoutMs);
}

/** The backend took the connection. */
export function connected(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { link, power, generation } = node;
  if (!power.isOn || link.isConnected) return;
  link.isConnected = true;
  link.isDialling = false;
  link.dialAtUs = NEVER;
  resumeValidation(node, now);
  if (io.hearsDetails) io.note({ kind: "link established" });
  if (power.isStarted) listen(node, io);
  resendAll(node, now, io);
  // A question that was open is outstanding again.
  if (node.outbox.first !== 0 && generation.confirmsOn === "first answer") pauseValidation(node, now);
  if (node.isValidating && generation.confirmsOn === "connected") validateOnContact(node, now, io);
  // A condemned image has restarted by this line.
  if (node.power.isOn && !node.power.isStarted) io.greet();
}

/** The application's start is over: once in each boot. */
export function started(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { power, generation, cohort } = node;
  if (!power.isOn || power.isStarted) return;
  power.isStarted = true;
  if (power.wasRolledBack) reportRollback(node, now, io);
  listen(node, io);
  if (!cohort.build.autofetch) return;
  // With an image unconfirmed there is no fetch from the start; confirmation brings its own.
  if (!node.isValidating || generation.confirmsOn === "first answer")
    delayFetch(node, generation.firstFetchAfterMs, now, io);
  armAutofetch(node, now, io);
}

function listen(node: NodeRow, io: Carrier): void {
  node.link.isListening = true;
  if (io.hearsDetails) io.note({ kind: "subscribed" });
  io.listen();
}

/** The backend closed the connection: dial again after the firmware's fixed wait. */
export function connectionLost(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { link } = node;
  if (!link.isConnected) return;
  link.isConnected = false;
  link.isListening = false;
  link.dialAtUs = link.isUp && node.cohort.dialsItself ? now + node.generation.redialMs * 1_000 : NEVER;
  planOutbox(node);
  io.note({ kind: "link lost", why: "backend closed" });
}
