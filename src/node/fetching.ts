/**
 * The periodic question "is there an update for me?", its acknowledgement and its retry chains. All chains of a boot
 * share one counter, and a timer that runs is never stopped: it fires one more fetch. They stand in one place, as long
 * as it is: each chain is read beside the one that it feeds.
 *
 * So a node that is offline for days keeps a chain for each period that passes, not one: `esp_rmaker_ota_fetch` without
 * a connection arms a new one-shot timer (`ota_fetch_schedule_retry`, `esp_rmaker_ota_fetch_with_delay`: xTimerCreate, no
 * handle kept), its callback does the same again, and neither a connect, a PUBACK (`ota_fetch_cleanup`) nor an update
 * stops one; only a reset does. The first chain of a spell grows by 30, 60, 120, 240 s and then rings 30 s before those
 * that begin at 480 s, wherever the period is whole times 480 s. Back online each asks once: those of one moment are
 * skipped while the first is open, the others are answered each, and an answer in the 10 s between an update and its
 * reboot is taken, as the update in progress is over by then. What a callback's console output delays is left out: some
 * 20 ms each, by which chains of a long spell drift apart by seconds a day.
 * Source: esp_rainmaker src/ota/esp_rmaker_ota_using_topics.c and esp_rmaker_ota.c at 1.16.0, and their answers when run
 * (vectors fetch-offline-thrice, fetch-period-offline, busy-before-reboot).
 */
import { NEVER, type InstantUs } from "../base/instant.ts";
import { draw } from "../base/random.ts";
import { unreachable } from "../base/assert.ts";
import type { Carrier } from "./carrier.ts";
import type { NodeRow } from "./node-row.ts";
import { handOver } from "./outbox.ts";
import { DRAW } from "./purposes.ts";
import type { LaterFetch } from "./settings.ts";
import { pauseValidation, resumeValidation } from "./validation-wait.ts";

/**
 * Timers for a fetch that run at once at most; one more cannot be made, as the node's heap is spent. 1.6.0 makes two of
 * one where its questions meet, so without a limit they would grow without end. The number is a model's: a timer of
 * FreeRTOS takes some 50 bytes, so that a chip has room for more, but of those of one moment only the first counts.
 */
export const LATER_FETCHES_MAX = 64;

/** The firmware's timers count ticks of this length. */
const TICK_MS = 10;

/** Asks, unless a question is open. `dueUs`: when the firmware's timer wanted it. */
export function fetch(node: NodeRow, dueUs: InstantUs, now: InstantUs, io: Carrier): void {
  const { agent, generation, link } = node;
  if (agent.openFetch !== 0) {
    switch (generation.openFetch) {
      case "skipped":
        return;
      case "counts as failure":
        // The open one is forgotten; the timer that watches it is not, and counts as one more failure later.
        keepForLater(node, agent.ackBeforeUs, true);
        agent.openFetch = 0;
        agent.ackBeforeUs = NEVER;
        retryFetch(node, "not sent", now, io);
        return;
      case "sent again":
        break;
      default:
        unreachable(generation.openFetch);
    }
  }
  if (!link.isConnected && !generation.fetchesOffline) {
    retryFetch(node, "not sent", now, io);
    return;
  }
  const message = handOver(
    node,
    {
      kind: "fetch",
      slot: node.slot,
      job: 0,
      status: "in-progress",
      reason: "attempt begins",
      attempt: 0,
      attemptsMax: 0,
      err: "",
      errno: 0,
      percent: 0,
      waitSeconds: 0,
      clockSeconds: node.clockSeconds(now),
      dueUs,
      madeAtUs: now,
      agesFromUs: now,
      sentAtUs: -1,
      next: 0,
    },
    now,
    io,
  );
  const waitMs = generation.fetchAckWaitMs;
  if (waitMs === undefined) return;
  if (message === 0) {
    retryFetch(node, "no answer", now, io);
    return;
  }
  agent.openFetch = message;
  if (generation.confirmsOn === "first answer") pauseValidation(node, now);
  agent.ackBeforeUs = now + node.wallMs(waitMs);
  if (io.hearsDetails) io.note({ kind: "timer armed", timer: "fetch-puback", ms: waitMs, repeats: false });
}

/** The backend has the question. */
export function fetchAcknowledged(node: NodeRow, message: number, now: InstantUs, io: Carrier): void {
  const { agent } = node;
  if (agent.openFetch !== message) return;
  resumeValidation(node, now);
  agent.openFetch = 0;
  agent.ackBeforeUs = NEVER;
  agent.retries = 0;
  if (io.hearsDetails) io.note({ kind: "timer stopped", timer: "fetch-puback" });
}

/** The backend answered that it could not answer. */
export function fetchFailed(node: NodeRow, message: number, now: InstantUs, io: Carrier): void {
  const { agent } = node;
  if (agent.openFetch !== message) return;
  resumeValidation(node, now);
  agent.openFetch = 0;
  agent.ackBeforeUs = NEVER;
  if (io.hearsDetails) io.note({ kind: "timer stopped", timer: "fetch-puback" });
  retryFetch(node, "no answer", now, io);
}

/** Nobody acknowledged in time. */
export function fetchLapsed(node: NodeRow, now: InstantUs, io: Carrier): void {
  resumeValidation(node, now);
  node.agent.openFetch = 0;
  node.agent.ackBeforeUs = NEVER;
  retryFetch(node, "no answer", now, io);
}

/** The network came or went: what is left of the watch over an open question goes on by the other clock. */
export function changeWatch(node: NodeRow, now: InstantUs): void {
  const { agent, link, settings } = node;
  if (agent.ackBeforeUs === NEVER) return;
  const leftUs = Math.max(0, agent.ackBeforeUs - now);
  const factor = link.isUp ? settings.fleetPerWall : 1 / settings.fleetPerWall;
  agent.ackBeforeUs = now + Math.round(leftUs * factor);
}

function retryFetch(node: NodeRow, why: "not sent" | "no answer", now: InstantUs, io: Carrier): void {
  const { agent, generation } = node;
  const delays = why === "not sent" ? generation.unsentRetryDelaysMs : generation.retryDelaysMs;
  const delayMs = delays[Math.min(agent.retries, delays.length - 1)] as number;
  if (agent.retries < 255) agent.retries++;
  delayFetch(node, delayMs, now, io);
}

/** Arms one more timer for a fetch; earlier ones go on running. */
export function delayFetch(node: NodeRow, delayMs: number, now: InstantUs, io: Carrier): void {
  const ms = wrapped(delayMs, node.generation.waitWrapMs);
  if (io.hearsDetails) io.note({ kind: "timer armed", timer: "fetch", ms, repeats: false });
  keepForLater(node, now + ms * 1_000, false);
}

/** The earliest timer stands in the row, the others in the book. */
function keepForLater(node: NodeRow, atUs: InstantUs, isStray: boolean): void {
  const { agent } = node;
  if (agent.fetchAtUs === NEVER) {
    agent.fetchAtUs = atUs;
    agent.isStray = isStray;
    return;
  }
  const isFirst = atUs < agent.fetchAtUs;
  const later = isFirst ? { atUs: agent.fetchAtUs, isStray: agent.isStray } : { atUs, isStray };
  if (isFirst) {
    agent.fetchAtUs = atUs;
    agent.isStray = isStray;
  }
  const { laterFetches } = node.settings.books;
  const waiting = agent.hasLater ? laterFetches.get(node.slot) : undefined;
  agent.hasLater = true;
  if (waiting === undefined) laterFetches.set(node.slot, [later]);
  else if (waiting.length < LATER_FETCHES_MAX) waiting.push(later);
}

/** Makes up for timers that have fired unheard before this instant. Each arms its next by half a minute at least. */
export function catchUpFetches(node: NodeRow, now: InstantUs, io: Carrier): void {
  if (!node.isUnheard) return;
  const { agent } = node;
  while (agent.fetchAtUs < now && !leapFetches(node, now)) delayedFetchDue(node, agent.fetchAtUs, io);
}

/**
 * Once the delay grows no more, each timer without a network only arms itself anew, by the same delay for ever: the
 * next firing is a sum. Answers false where that is not yet so.
 */
function leapFetches(node: NodeRow, now: InstantUs): boolean {
  const { agent, generation } = node;
  const delays = generation.unsentRetryDelaysMs;
  if (agent.openFetch !== 0 || agent.retries < delays.length - 1) return false;
  const periodUs = wrapped(delays[delays.length - 1] as number, generation.waitWrapMs) * 1_000;
  let fired = leaps(agent.fetchAtUs, now, periodUs);
  agent.fetchAtUs += fired * periodUs;
  agent.isStray = false;
  if (agent.hasLater) {
    const waiting = node.settings.books.laterFetches.get(node.slot) as LaterFetch[];
    for (let i = 0; i < waiting.length; i++) {
      const { atUs } = waiting[i] as LaterFetch;
      const times = leaps(atUs, now, periodUs);
      if (times === 0) continue;
      fired += times;
      waiting[i] = { atUs: atUs + times * periodUs, isStray: false };
    }
    firstToRow(node, waiting);
  }
  agent.retries = Math.min(255, agent.retries + fired);
  return true;
}

/** How often a timer fires before an instant. */
function leaps(atUs: InstantUs, beforeUs: InstantUs, periodUs: number): number {
  return atUs < beforeUs ? Math.ceil((beforeUs - atUs) / periodUs) : 0;
}

/** The earliest timer stands in the row. */
function firstToRow({ agent }: NodeRow, waiting: LaterFetch[]): void {
  for (let i = 0; i < waiting.length; i++) {
    const { atUs, isStray } = waiting[i] as LaterFetch;
    if (atUs >= agent.fetchAtUs) continue;
    waiting[i] = { atUs: agent.fetchAtUs, isStray: agent.isStray };
    agent.fetchAtUs = atUs;
    agent.isStray = isStray;
  }
}

/** The earliest delayed fetch is due: the next of them takes its place, and it asks. */
export function delayedFetchDue(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { agent } = node;
  const dueUs = agent.fetchAtUs;
  const { isStray } = agent;
  takeNext(node);
  if (isStray) retryFetch(node, "not sent", now, io);
  else fetch(node, dueUs, now, io);
}

function takeNext(node: NodeRow): void {
  const { agent } = node;
  agent.fetchAtUs = NEVER;
  agent.isStray = false;
  if (!agent.hasLater) return;
  const { laterFetches } = node.settings.books;
  const waiting = laterFetches.get(node.slot) as LaterFetch[];
  let least = 0;
  for (let i = 1; i < waiting.length; i++) {
    if ((waiting[i] as LaterFetch).atUs < (waiting[least] as LaterFetch).atUs) least = i;
  }
  const next = waiting[least] as LaterFetch;
  agent.fetchAtUs = next.atUs;
  agent.isStray = next.isStray;
  waiting.splice(least, 1);
  if (waiting.length > 0) return;
  laterFetches.delete(node.slot);
  agent.hasLater = false;
}

/** The period's timer: it repeats from its own firing, whatever became of the fetch. */
export function autofetchDue(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { agent } = node;
  const dueUs = agent.autofetchAtUs;
  if (agent.autofetches < 65_535) agent.autofetches++;
  agent.autofetchAtUs = dueUs + autofetchPeriodUs(node) + jitterUs(node);
  // A node that was behind by more than a period (a stalled generator) fires once, not once for each.
  if (agent.autofetchAtUs <= now) agent.autofetchAtUs = now + autofetchPeriodUs(node);
  fetch(node, dueUs, now, io);
  if (!node.generation.autofetchRepeats) noteAutofetch(node, io);
}

function noteAutofetch(node: NodeRow, io: Carrier): void {
  const { autofetchRepeats } = node.generation;
  if (io.hearsDetails)
    io.note({
      kind: "timer armed",
      timer: "autofetch",
      ms: autofetchPeriodUs(node) / 1_000,
      repeats: autofetchRepeats,
    });
}

/** Starts the period's timer; it runs from the start of the application, not from the first fetch. */
export function armAutofetch(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { build } = node.cohort;
  if (!build.autofetch || build.autofetchPeriodMs === 0) return;
  noteAutofetch(node, io);
  node.agent.autofetchAtUs = now + autofetchPeriodUs(node) + jitterUs(node);
}

/** A reset: timers lie in RAM. */
export function forgetFetches(node: NodeRow): void {
  const { agent } = node;
  agent.openFetch = 0;
  agent.retries = 0;
  agent.fetchAtUs = NEVER;
  agent.isStray = false;
  agent.ackBeforeUs = NEVER;
  agent.autofetchAtUs = NEVER;
  if (agent.hasLater) node.settings.books.laterFetches.delete(node.slot);
  agent.hasLater = false;
}

/** The period that the firmware's timer really has, fleet microseconds. */
export function autofetchPeriodUs(node: NodeRow): number {
  const { autofetchPeriodMs } = node.cohort.build;
  return (node.generation.autofetchWraps ? wrappedTicksMs(autofetchPeriodMs) : autofetchPeriodMs) * 1_000;
}

/** Milliseconds to ticks of 10 ms by a multiplication in 32 bits, which overflows from 12 h on. */
function wrappedTicksMs(ms: number): number {
  return Math.floor(((ms * 100) % 2 ** 32) / 1_000) * 10;
}

function jitterUs(node: NodeRow): number {
  const { settings, agent, cohort } = node;
  return Math.round(cohort.autofetchJitterUs(draw(settings.seed, node.index, DRAW.autofetchJitter, agent.autofetches)));
}

/** A timer that counts only so far starts again from nothing. */
function wrapped(ms: number, wrapMs: number): number {
  return ms < wrapMs ? ms : Math.floor((ms % wrapMs) / TICK_MS) * TICK_MS;
}
