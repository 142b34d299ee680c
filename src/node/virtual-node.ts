/**
 * The face of the virtual node: it is told what happened, wishes for what it wants, and names when to wake it next.
 * No clock, no socket, no randomness of its own: the same inputs at the same times give the same node, under every
 * driver.
 */
import { assert, unreachable } from "../base/assert.ts";
import { NEVER, type InstantUs } from "../base/instant.ts";

import { boot } from "./boot.ts";
import type { Carrier } from "./carrier.ts";
import {
  bytesReached,
  headRead,
  rangeRefused,
  transferBegun,
  transferEnded,
  transferFailed,
  verified,
} from "./download.ts";
import {
  autofetchDue,
  autofetchPeriodUs,
  catchUpFetches,
  delayedFetchDue,
  fetch,
  fetchAcknowledged,
  fetchFailed,
  fetchLapsed,
} from "./fetching.ts";
import { lateCrashUs, paceOf } from "./faulting.ts";
import type { NodeInput } from "./inputs.ts";
import { crashLate } from "./late-crash.ts";
import { connected, connectionLost, dialDue, dialFailed, networkChanges, started, wakeLink } from "./network.ts";
import { NodeRow } from "./node-row.ts";
import { takeOffer } from "./offers.ts";
import { settle, tendOutbox } from "./outbox.ts";
import { losePower, restart } from "./power-off.ts";

import { condemn, confirm, validateOnContact } from "./validation.ts";

/** What a node is born with. */
export interface Birth {
  readonly cohort: number;
  readonly zone: number;
  readonly throughputBytesPerSecond: number;
  readonly flashBytesPerSecond: number;
  /** Bit mask over the settings' faults. */
  readonly faults: number;
  /** Image that it runs, as a number of the image book. */
  readonly image: number;
  readonly imageState: "valid" | "new";
  readonly secureVersion: number;
  /** `running`: booted long ago, waits for "released" to dial. `off`: waits for `bootAtUs` or "booted". */
  readonly begins: "running" | "off";
  /** When it boots (off), or when it had booted (running, in the past). */
  readonly bootAtUs: InstantUs;
  /** In [0, 1): how far the autofetch period has run (running). */
  readonly autofetchPhase: number;
  /** Whether it has network at the start, and when that changes next; NEVER = never. */
  readonly isUp: boolean;
  readonly networkChangesAtUs: InstantUs;
}

/** Deadlines that one awakening serves at most: a generator that was late by hours serves them one after the other. */
const ROUNDS_MAX = 10_000;

export class VirtualNode extends NodeRow {
  /** The row of a node to which nothing has happened; made by the first birth. */
  #blank: Uint8Array | undefined;

  /** Sets every field of the row: a fresh buffer of zeros would be a node with all its timers due. */
  born(birth: Birth): void {
    const { traits, power, link, agent, flash, settings } = this;
    // Of a million nodes most fields are alike: copied, they take a third of the time.
    if (this.#blank !== undefined) this.paste(this.#blank);
    else {
      this.#beBlank();
      this.#blank = this.copied();
    }
    traits.cohort = birth.cohort;
    traits.zone = birth.zone;
    const { throughputBytesPerSecond, flashBytesPerSecond, faults } = birth;
    traits.paceBytesPerSecond = paceOf(throughputBytesPerSecond, flashBytesPerSecond, faults, settings.faults);
    traits.faults = birth.faults;
    if (birth.imageState !== "valid") power.state = birth.imageState;
    power.bootedAtUs = birth.bootAtUs;
    link.isUp = birth.isUp;
    link.changesAtUs = birth.networkChangesAtUs;
    flash.born(birth.image, settings.books.images.get(birth.image).sizeBytes, birth.imageState, birth.secureVersion);
    if (birth.begins === "off") return;
    power.isOn = true;
    power.boots = 1;
    power.isClockSet = true;
    power.isStarted = true;
    const { build } = this.cohort;
    if (build.autofetch && build.autofetchPeriodMs > 0) {
      agent.autofetchAtUs = Math.max(1, Math.round((1 - birth.autofetchPhase) * autofetchPeriodUs(this)));
    }
  }

  #beBlank(): void {
    const { power, link, agent, update, nvs, outbox } = this;
    power.isOn = false;
    power.isBricked = false;
    power.slot = 0;
    power.state = "valid";
    power.boots = 0;
    power.isClockSet = false;
    power.isStarted = false;
    power.wasRolledBack = false;
    power.spentFaults = 0;
    link.isDialling = false;
    link.isConnected = false;
    link.isListening = false;
    link.spells = 0;
    link.dialAtUs = NEVER;
    agent.openFetch = 0;
    agent.retries = 0;
    agent.autofetches = 0;
    agent.isStray = false;
    agent.hasLater = false;
    agent.fetchAtUs = NEVER;
    agent.ackBeforeUs = NEVER;
    agent.autofetchAtUs = NEVER;
    update.step = "idle";
    update.offer = 0;
    update.attempt = 0;
    update.fromBytes = 0;
    update.isResumed = false;
    update.isDamaged = false;
    update.percent = 0;
    update.image = 0;
    update.rebootAtUs = NEVER;
    update.verdictAtUs = NEVER;
    update.isRollbackPaused = false;
    nvs.job = 0;
    nvs.updateFlag = false;
    nvs.hasWritten = false;
    nvs.writtenBytes = 0;
    nvs.md5 = 0;
    nvs.failedJob = 0;
    nvs.failure = "none";
    outbox.first = 0;
    outbox.refusals = 0;
    outbox.dueAtUs = NEVER;
  }

  /**
   * The only way in. `now` never goes backwards. Wishes are calls on `io`, which return nothing and call nothing back.
   * Answers when to wake it next if nothing else happens.
   */
  handle(input: NodeInput, now: InstantUs, io: Carrier): InstantUs {
    catchUpFetches(this, now, io);
    if (input.kind === "deadline reached") return this.#wake(now, io);
    this.#hear(input, now, io);
    return this.deadlineUs;
  }

  #hear(input: Exclude<NodeInput, { kind: "deadline reached" }>, now: InstantUs, io: Carrier): void {
    const { power, update } = this;
    switch (input.kind) {
      case "released":
        if (power.isOn) wakeLink(this, now, io);
        return;
      case "booted":
        boot(this, now, io);
        return;
      case "started":
        started(this, now, io);
        return;
      case "power lost":
        losePower(this, input.gotBytes, (input.backAtUs ?? NEVER) - now, now, io);
        return;
      case "clock set":
        power.isClockSet = true;
        return;
      case "zone changed":
        this.traits.zone = input.zone;
        return;
      case "app called":
        this.#appCalled(input.call, now, io);
        return;
      case "connected":
        connected(this, now, io);
        return;
      case "connection refused":
        dialFailed(this, now);
        return;
      case "connection lost":
        connectionLost(this, now, io);
        return;
      case "acknowledged":
      case "nothing offered":
        this.#acknowledged(input.message, now, io);
        return;
      case "publishes refused":
        this.outbox.refusals = input.count;
        return;
      case "message failed":
        if (settle(this, input.message)?.kind === "fetch") fetchFailed(this, input.message, now, io);
        return;
      case "offered":
        if (power.isOn) takeOffer(this, input.offer, now, io);
        else io.release(input.offer);
        return;
      case "transfer begun":
        if (update.step === "beginning") transferBegun(this);
        return;
      case "range refused":
        if (update.step === "beginning") rangeRefused(this, io);
        return;
      case "image head read":
        if (update.step === "reading head") headRead(this, input.image, now, io);
        return;
      case "bytes reached":
        if (update.step === "writing") bytesReached(this, input.gotBytes, now, io);
        return;
      case "transfer ended":
        if (update.step === "writing") transferEnded(this, input, now, io);
        return;
      case "transfer failed":
        if (update.step !== "idle" && update.step !== "verifying") transferFailed(this, input, now, io);
        return;
      case "image verified":
        if (update.step === "verifying") verified(this, input.err, input.errno, now, io);
        return;
      default:
        unreachable(input);
    }
  }

  #acknowledged(message: number, now: InstantUs, io: Carrier): void {
    const entry = settle(this, message);
    if (entry?.kind === "fetch") fetchAcknowledged(this, message, now, io);
    // Where no connection tells that the backend is there, its first answer does.
    if (entry !== undefined && this.isValidating && this.generation.confirmsOn === "first answer") {
      validateOnContact(this, now, io);
    }
  }

  #appCalled(call: "fetch" | "mark valid" | "mark invalid", now: InstantUs, io: Carrier): void {
    if (!this.power.isOn) return;
    if (call === "fetch") fetch(this, now, now, io);
    else if (call === "mark valid") confirm(this, now, io);
    else condemn(this, undefined, now, io);
  }

  /** Serves what is due, the earliest first, until what is next lies ahead; answers when that is. */
  #wake(now: InstantUs, io: Carrier): InstantUs {
    const { power, link, agent, update, outbox } = this;
    // Each service pushes its deadline ahead; a node that is due for ever would make time stand still.
    let rounds = 0;
    let due = this.deadlineUs;
    for (; due <= now; due = this.deadlineUs) {
      if (rounds++ > ROUNDS_MAX)
        assert(false, `node ${this.index} is due again and again at ${now}: ${this.deadlineReason}`);
      if (!power.isOn) {
        if (link.changesAtUs === due) networkChanges(this, now, io);
        else boot(this, now, io);
      } else if (link.changesAtUs === due) networkChanges(this, now, io);
      else if (update.rebootAtUs === due) this.#restart(due, now, io);
      else if (!update.isRollbackPaused && update.verdictAtUs === due) {
        if (this.isValidating) condemn(this, "no connection in time", now, io);
        else verified(this, undefined, 0, now, io);
      } else if (agent.ackBeforeUs === due) fetchLapsed(this, now, io);
      else if (agent.fetchAtUs === due) delayedFetchDue(this, now, io);
      else if (agent.autofetchAtUs === due) autofetchDue(this, now, io);
      else if (outbox.dueAtUs === due) tendOutbox(this, now, io);
      else dialDue(this, now, io);
    }
    return due;
  }

  /** By its own will after an update, or by a fault of the image that it runs. */
  #restart(due: InstantUs, now: InstantUs, io: Carrier): void {
    if (lateCrashUs(this) === due) crashLate(this, now, io);
    else restart(this, "restart", now, io);
  }

  /** Whose deadline is the next: the reason of a wait, for traces. */
  get deadlineReason(): string {
    const due = this.deadlineUs;
    if (due === NEVER) return "nothing";
    if (!this.power.isOn) return this.link.changesAtUs === due ? "network" : "boot";
    const reasons: readonly (readonly [string, InstantUs])[] = [
      ["network", this.link.changesAtUs],
      ["reboot", this.update.rebootAtUs],
      [this.isValidating ? "rollback" : "verification", this.update.verdictAtUs],
      ["fetch acknowledgement", this.agent.ackBeforeUs],
      ["fetch", this.agent.fetchAtUs],
      ["autofetch", this.agent.autofetchAtUs],
      ["outbox", this.outbox.dueAtUs],
      ["dial", this.link.dialAtUs],
    ];
    return reasons.find(([, at]) => at === due)?.[0] ?? "unknown";
  }
}
