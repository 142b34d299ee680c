/**
 * What a node is: its row. Each part declares its fields once; the rules that move them stand in the files named
 * after what they do (boot, link, fetching, offers, download, validation, outbox). No part keeps anything elsewhere.
 */
import { NEVER, SECOND_US, type InstantUs } from "../base/instant.ts";
import { bool, f32, instant, oneOf, row, struct, u8, u16, u32 } from "../base/row.ts";
import { Flash } from "./flash.ts";
import type { Generation } from "./generation.ts";
import type { CohortSettings, NodeSettings } from "./settings.ts";

/** Drawn at birth and never changed, but for the time zone. */
export class Traits extends struct({
  cohort: u16,
  zone: u16,
  /** Of fleet time. */
  paceBytesPerSecond: f32,
  faults: u16,
}) {}

/** What runs, since when, and what this boot has found out. */
export class Power extends struct({
  isOn: bool,
  isBricked: bool,
  /** OTA slot that runs. */
  slot: u8,
  state: oneOf(["valid", "pending-verify", "undefined", "new", "invalid", "aborted"]),
  boots: u16,
  isClockSet: bool,
  /** The application's start is over: config and params are out. */
  isStarted: bool,
  /** This boot found the flag of an update that did not last: to be reported after the start. */
  wasRolledBack: bool,
  /** While on: when it booted. While off: when it will (NEVER = somebody else decides). */
  bootedAtUs: instant,
  /** Faults that fired and fire but once. */
  spentFaults: u16,
}) {}

/** The way to the backend, with its offline spells. */
export class Link extends struct({
  isUp: bool,
  isDialling: bool,
  isConnected: bool,
  isListening: bool,
  spells: u16,
  /** When the network changes next: down if it is up, and the reverse. */
  changesAtUs: instant,
  /** While dialling: when the dial lapses. Else: when to dial. */
  dialAtUs: instant,
}) {}

/** The periodic question. */
export class Agent extends struct({
  /** Number of the open fetch in the outbox; 0 = none. */
  openFetch: u32,
  retries: u8,
  autofetches: u16,
  /** The earliest delayed fetch is no fetch but a forgotten one's watch. */
  isStray: bool,
  hasLater: bool,
  /** The earliest delayed fetch; more of them lie in the book of later fetches. */
  fetchAtUs: instant,
  ackBeforeUs: instant,
  autofetchAtUs: instant,
}) {}

export const UPDATE_STEPS = ["idle", "beginning", "reading head", "writing", "verifying"] as const;
export type UpdateStep = (typeof UPDATE_STEPS)[number];

/** The update under way, its attempt, and the deadlines behind it. */
export class Update extends struct({
  step: oneOf(UPDATE_STEPS),
  offer: u32,
  attempt: u8,
  /** Where this attempt began. */
  fromBytes: u32,
  isResumed: bool,
  isDamaged: bool,
  /** The last progress report, percent. */
  percent: u16,
  /** The image that is being written; 0 = its head was not read yet. */
  image: u16,
  /** After an update; or when the running image crashes by itself, if that comes first. */
  rebootAtUs: instant,
  /**
   * Of an unconfirmed image: when it is given up; while a dial is outstanding, how long is left. Else: when the slot
   * that was written has been verified. The two cannot meet, as an unconfirmed image takes no offer.
   */
  verdictAtUs: instant,
  isRollbackPaused: bool,
}) {}

/** The firmware's own store: survives power loss. */
export class Nvs extends struct({
  /** Number of a text; 0 = absent. */
  job: u32,
  updateFlag: bool,
  hasWritten: bool,
  writtenBytes: u32,
  md5: u32,
  failedJob: u32,
  failure: oneOf(["none", "no connection in time", "self-test failed"]),
}) {}

/** Messages not yet acknowledged: a list in the outbox book, oldest first. */
export class Outbox extends struct({
  first: u32,
  /** How many of the next messages the MQTT client will not take. */
  refusals: u16,
  dueAtUs: instant,
}) {}

/** A node as its rules see it: the parts of its row, and what it shares with others. */
export class NodeRow extends row({
  traits: Traits,
  power: Power,
  link: Link,
  agent: Agent,
  update: Update,
  flash: Flash,
  nvs: Nvs,
  outbox: Outbox,
}) {
  readonly settings: NodeSettings;
  slot = 0;

  constructor(rows: ArrayBufferLike, settings: NodeSettings) {
    super(rows);
    this.settings = settings;
  }

  override moveTo(slot: number): void {
    super.moveTo(slot);
    this.slot = slot;
  }

  /** Index in the fleet: what draws hang from. */
  get index(): number {
    return this.settings.firstNode + this.slot;
  }

  get cohort(): CohortSettings {
    return this.settings.cohorts[this.traits.cohort] as CohortSettings;
  }

  get generation(): Generation {
    return this.cohort.generation;
  }

  /** A span on the wall clock, as fleet time. */
  wallMs(ms: number): number {
    return ms * 1_000 * this.settings.fleetPerWall;
  }

  /** What the node's own clock shows: whole seconds of UTC, or since boot where it was never set. */
  clockSeconds(now: InstantUs): number {
    const us = this.power.isClockSet ? this.settings.startEpochUs + now : now - this.power.bootedAtUs;
    return Math.floor(us / SECOND_US);
  }

  /** The image that runs; 0 while the node is off. */
  get runningImage(): number {
    return this.power.isOn ? this.flash.imageIn(this.power.slot as 0 | 1) : 0;
  }

  get isValidating(): boolean {
    return this.power.isOn && this.power.state === "pending-verify";
  }

  get isUpdating(): boolean {
    return this.update.step !== "idle";
  }

  /** Whether its timers for a fetch fire without anybody's hearing of it, and are made up for later. */
  get isUnheard(): boolean {
    return !this.link.isUp && this.settings.leapsUnheardTimers === true && !this.generation.fetchesOffline;
  }

  get deadlineUs(): InstantUs {
    const { link, power } = this;
    if (power.isBricked) return NEVER;
    if (!power.isOn) return Math.min(power.bootedAtUs, link.changesAtUs);
    const { agent, update, outbox } = this;
    let least = link.changesAtUs;
    if (link.dialAtUs < least) least = link.dialAtUs;
    if (agent.fetchAtUs < least && !this.isUnheard) least = agent.fetchAtUs;
    if (agent.ackBeforeUs < least) least = agent.ackBeforeUs;
    if (agent.autofetchAtUs < least) least = agent.autofetchAtUs;
    if (update.rebootAtUs < least) least = update.rebootAtUs;
    if (!update.isRollbackPaused && update.verdictAtUs < least) least = update.verdictAtUs;
    if (outbox.dueAtUs < least) least = outbox.dueAtUs;
    return least;
  }
}
