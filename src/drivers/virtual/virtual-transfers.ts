/**
 * Downloads in virtual time, from request to end, in one place in spite of its length. From a server without limits
 * only the node's own pace and latency count: one entry in the queue a download, at the next byte that somebody wants
 * to hear of. Where downloads share a link (`models/`), the link says when the next of them has its bytes, and the
 * queue has one entry for all.
 */
import { assert } from "../../base/assert.ts";
import { NEVER, SECOND_US } from "../../base/instant.ts";
import { breakPlace, wrongPlace } from "../../faults/backend/body-place.ts";
import type { DrawnFault } from "../../faults/backend/fault-draws.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import type { NodeInput } from "../../node/inputs.ts";
import { brokenTransfer } from "../live/transfer-error.ts";
import type { VirtualCdn } from "./models/virtual-cdn.ts";
import { FLIGHT } from "./in-flight.ts";
import { answerToImage, type ImageAnswer, type ImageWish, type ImageWorld } from "./image-answer.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualOutages } from "./virtual-outages.ts";
import { type Transfer, TransferTable } from "./transfer-table.ts";
import type { VirtualRoster } from "./virtual-roster.ts";
import type { VirtualWorld } from "./virtual-world.ts";

const FIRST_BYTE = kindNumber("first byte");
/** newlib's ECONNABORTED: what a socket says when the network goes away under it. */
const NO_NETWORK_ERRNO = 113;
/** Bytes before the app description ends: a body that ends before has no head. */
const HEAD_BYTES = 288;

/** What a node asks for. */
export interface TransferWish extends ImageWish {
  readonly job: number;
  readonly untilBytes: number;
  /** Bytes a second of fleet time. */
  readonly pace: number;
}

/** What the transfers need of the nodes. */
export interface TransferHost {
  readonly roster: VirtualRoster;
  deliver(node: number, input: NodeInput): void;
}

export class VirtualTransfers {
  readonly #world: VirtualWorld;
  readonly #backend: VirtualBackend;
  readonly #host: TransferHost;
  readonly #outages: VirtualOutages;
  readonly #cdn: VirtualCdn | undefined;
  readonly #imageParts: ImageWorld;
  /** The shared link's entry in the queue; -1 = none. */
  #linkSlot = -1;
  readonly #nodeOfFlow: number[] = [];
  readonly #transfers: TransferTable;
  /** Wrong bits in the slots of nodes, from downloads that passed them: a resumed attempt keeps them. */
  readonly #wrongBits = new Map<number, number>();

  /** @param cdn undefined = a server without limits */
  constructor(
    world: VirtualWorld,
    backend: VirtualBackend,
    outages: VirtualOutages,
    host: TransferHost,
    cdn: VirtualCdn | undefined,
  ) {
    this.#world = world;
    this.#transfers = new TransferTable(world.nodes);
    this.#backend = backend;
    this.#outages = outages;
    this.#host = host;
    this.#cdn = cdn;
    this.#imageParts = { world, backend, outages, host: host.roster, cdn };
  }

  has(node: number): boolean {
    return this.#transfers.has(node);
  }

  start(node: number, wish: TransferWish): void {
    const world = this.#world;
    const { job, fromBytes, untilBytes } = wish;
    const cdn = this.#cdn;
    const pace = cdn?.paceOf(wish.pace) ?? wish.pace;
    const isOpen = cdn !== undefined && !this.#outages.isDead("cdn", world.nowUs) && cdn.open();
    const isCrowdedOut = cdn !== undefined && !isOpen;
    const answer = answerToImage(node, wish, isCrowdedOut, this.#imageParts);
    const sizeBytes = this.#backend.sizeOf(job);
    const effect = answer.fault?.effect;
    const place = answer.fault?.place ?? 0;
    const breaks = effect === "truncated" || effect === "stalled";
    const wrongAt = effect === "damaged" ? wrongPlace(fromBytes, sizeBytes, place) : undefined;
    const isDamaged = (this.#wrongBits.get(node) ?? Infinity) < fromBytes;
    if (!isDamaged) this.#wrongBits.delete(node);
    const transfer = this.#transfers.open(node, answer);
    transfer.job = job;
    transfer.sizeBytes = sizeBytes;
    transfer.fromBytes = fromBytes;
    transfer.pace = pace;
    transfer.dueUs = world.nowUs;
    transfer.breakAt = breaks ? breakPlace(fromBytes, sizeBytes, place) : Infinity;
    transfer.wrongAt = wrongAt ?? Infinity;
    transfer.isDamaged = isDamaged;
    transfer.flowsFromUs = -1;
    transfer.isStalled = false;
    transfer.untilBytes = untilBytes;
    transfer.toldBytes = fromBytes;
    transfer.slot = world.fly(FLIGHT.transferBegun, node, 0, undefined, answer.atUs);
    transfer.flow = -1;
    transfer.beforeBytes = fromBytes;
    transfer.goalBytes = fromBytes;
    transfer.isOpen = isOpen;
  }

  awaitBytes(node: number, untilBytes: number): void {
    const transfer = this.#transfers.of(node);
    if (transfer === undefined) return;
    transfer.untilBytes = untilBytes;
    if (transfer.flow !== -1) {
      this.#leaveLink(transfer);
      this.#plan(node, transfer);
      return;
    }
    if (transfer.slot === -1 || transfer.flowsFromUs === -1 || transfer.isStalled || this.#isShared) return;
    this.#world.recall(transfer.slot);
    this.#plan(node, transfer);
  }

  /** Ends the node's download, if there is one; answers the bytes that are there. */
  stop(node: number): number | undefined {
    const transfer = this.#transfers.of(node);
    if (transfer === undefined) return undefined;
    const gotBytes = this.#gotBytes(transfer);
    const { refusal, fault } = this.#forget(node, transfer);
    if (transfer.slot !== -1) this.#world.recall(transfer.slot);
    if (refusal?.by !== "nobody") this.#backend.counters.imageRequestsCut++;
    this.#account(node, transfer, gotBytes, fault);
    return gotBytes;
  }

  /** Bytes of the node's download that are there by now; 0 where it has none. */
  gotBytesOf(node: number): number {
    const transfer = this.#transfers.of(node);
    return transfer === undefined ? 0 : this.#gotBytes(transfer);
  }

  /** The network goes away: the node hears how far it had come. */
  cut(node: number): void {
    const gotBytes = this.stop(node);
    if (gotBytes !== undefined) this.#world.fly(FLIGHT.transferCut, node, gotBytes, undefined, this.#world.nowUs);
  }

  /** The server dies: every connection to it is reset. */
  breakAll(): void {
    for (const node of this.#transfers.nodes()) {
      this.#world.fly(FLIGHT.transferBroken, node, this.stop(node) ?? 0, undefined, this.#world.nowUs);
    }
  }

  /** The end of a connection is noticed, at the step that the node was in. */
  cutNoticed(
    kind: typeof FLIGHT.transferCut | typeof FLIGHT.transferBroken,
    node: number,
    step: string,
    gotBytes: number,
  ): void {
    if (step === "idle" || step === "verifying" || this.#transfers.has(node)) return;
    const at = step === "writing" ? "body" : step === "reading head" ? "head" : "begin";
    const error = kind === FLIGHT.transferCut ? { err: "ESP_FAIL", errno: NO_NETWORK_ERRNO } : brokenTransfer("reset");
    this.#host.deliver(node, { kind: "transfer failed", step: at, gotBytes, ...error });
  }

  begins(node: number): void {
    const transfer = this.#transfers.of(node);
    if (transfer === undefined) return;
    const { nowUs } = this.#world;
    transfer.slot = -1;
    const { refusal, fault } = this.#transfers.answerOf(node);
    if (refusal !== undefined) {
      this.#refused(node, transfer, refusal);
      return;
    }
    this.#flow(transfer);
    const { job, serial } = transfer;
    if (fault?.effect === "truncated") {
      const { breakAt, fromBytes } = transfer;
      if (breakAt === fromBytes || breakAt < HEAD_BYTES) {
        // A head of HTTP, and no byte of a body behind it, or too few for a head of an image.
        if (breakAt !== fromBytes) this.#world.record(FIRST_BYTE, node, 0, job, nowUs - transfer.dueUs, 0);
        this.#host.deliver(node, { kind: "transfer begun" });
        const cut = this.#still(node, serial);
        if (cut !== undefined) this.#truncate(node, cut);
        return;
      }
    }
    this.#world.record(FIRST_BYTE, node, 0, job, nowUs - transfer.dueUs, 0);
    this.#host.deliver(node, { kind: "transfer begun" });
    if (this.#still(node, serial) === undefined) return;
    this.#host.deliver(node, { kind: "image head read", image: this.#host.roster.images.imageFor(node, job) });
    const left = this.#still(node, serial);
    if (left !== undefined) this.#plan(node, left);
  }

  goesOn(node: number): void {
    const transfer = this.#transfers.of(node);
    if (transfer === undefined) return;
    transfer.slot = -1;
    if (transfer.breakAt <= Math.min(transfer.untilBytes, transfer.sizeBytes)) {
      const { fault } = this.#transfers.answerOf(node);
      if (fault?.effect === "truncated") this.#truncate(node, transfer);
      else this.#stall(node, transfer, fault);
      return;
    }
    if (transfer.untilBytes < transfer.sizeBytes) {
      const { untilBytes: gotBytes, serial } = transfer;
      transfer.untilBytes = Infinity;
      transfer.toldBytes = gotBytes;
      this.#host.deliver(node, { kind: "bytes reached", gotBytes });
      const left = this.#still(node, serial);
      if (left?.slot === -1) this.#plan(node, left);
      return;
    }
    const { fault } = this.#forget(node, transfer);
    this.#account(node, transfer, transfer.sizeBytes, fault);
    this.#host.deliver(node, {
      kind: "transfer ended",
      gotBytes: transfer.sizeBytes,
      isComplete: true,
      isIntact: !transfer.isDamaged && transfer.wrongAt === Infinity,
    });
  }

  #refused(node: number, transfer: Transfer, refusal: NonNullable<ImageAnswer["refusal"]>): void {
    const { fromBytes } = transfer;
    this.#forget(node, transfer);
    if (refusal.by === "silence") this.#backend.counters.imageRequestsCut++;
    if (refusal.error === "range refused") this.#host.deliver(node, { kind: "range refused" });
    else this.#host.deliver(node, { kind: "transfer failed", step: "begin", gotBytes: fromBytes, ...refusal.error });
  }

  /** The server closes in mid-body. */
  #truncate(node: number, transfer: Transfer): void {
    const gotBytes = transfer.breakAt;
    const { fault } = this.#forget(node, transfer);
    this.#backend.counters.imageRequestsCut++;
    this.#account(node, transfer, gotBytes, fault);
    this.#fired(fault);
    const step = transfer.fromBytes === 0 && gotBytes < HEAD_BYTES ? "head" : "body";
    this.#host.deliver(node, { kind: "transfer failed", step, gotBytes, ...brokenTransfer("closed") });
  }

  /** The server stands still, its link alive: nothing comes, and nobody is told. */
  #stall(node: number, transfer: Transfer, fault: DrawnFault | undefined): void {
    transfer.toldBytes = Math.max(transfer.toldBytes, transfer.breakAt);
    transfer.beforeBytes = transfer.breakAt;
    transfer.breakAt = Infinity;
    this.#ebb(transfer);
    transfer.isStalled = true;
    const standsUs = (fault?.forMs ?? 0) * 1_000;
    this.#fired(fault);
    transfer.slot = this.#world.fly(FLIGHT.transferResumes, node, 0, undefined, this.#world.nowUs + standsUs);
  }

  /** A download that stood still goes on. */
  resumes(node: number): void {
    const transfer = this.#transfers.of(node);
    if (transfer === undefined) return;
    transfer.slot = -1;
    transfer.isStalled = false;
    this.#flow(transfer);
    this.#plan(node, transfer);
  }

  /** Where nothing is shared, its bytes come at its pace from here on. */
  #flow(transfer: Transfer): void {
    transfer.flowsFromUs = this.#world.nowUs;
    if (transfer.isOpen && !this.#isShared) this.#cdn?.flows(transfer.pace, this.#world.nowUs);
  }

  /** Where nothing is shared, no more of its bytes come. */
  #ebb(transfer: Transfer): void {
    const isFlowing = transfer.flowsFromUs !== -1 && !transfer.isStalled;
    if (transfer.isOpen && isFlowing && !this.#isShared) this.#cdn?.flows(-transfer.pace, this.#world.nowUs);
  }

  /** The server's process stands still, or goes on. Answers whether that is to be told: of a modelled server. */
  stand(isStill: boolean): boolean {
    if (this.#cdn === undefined) return false;
    this.#cdn.stand(isStill, this.#world.nowUs);
    this.#watchLink();
    return true;
  }

  /** The shared link has done with those whose bytes are there. */
  linkMoves(): void {
    this.#linkSlot = -1;
    const { nowUs } = this.#world;
    for (let flow = this.#cdn?.doneBy(nowUs) ?? -1; flow !== -1; flow = this.#cdn?.doneBy(nowUs) ?? -1) {
      const node = this.#nodeOfFlow[flow] as number;
      const transfer = this.#transfers.of(node);
      assert(transfer?.flow === flow, "a flow is a download's");
      this.#cdn?.leave(flow, nowUs);
      transfer.flow = -1;
      transfer.beforeBytes = transfer.goalBytes;
      this.goesOn(node);
    }
    this.#watchLink();
  }

  /** So much of the image had been served when a transfer ended; a wrong bit among it lies in the slot. */
  #account(node: number, transfer: Transfer, gotBytes: number, fault: DrawnFault | undefined): void {
    this.#backend.counters.imageBytesServed += gotBytes - transfer.fromBytes;
    if (gotBytes <= transfer.wrongAt) return;
    this.#wrongBits.set(node, transfer.wrongAt);
    this.#fired(fault);
  }

  #fired(fault: DrawnFault | undefined): void {
    if (fault !== undefined) this.#backend.faults.fired(fault.name);
  }

  #plan(node: number, transfer: Transfer): void {
    const goal = Math.min(transfer.untilBytes, transfer.sizeBytes, transfer.breakAt);
    if (this.#isShared) {
      this.#joinLink(node, transfer, goal);
      return;
    }
    const lengthUs = ((goal - transfer.beforeBytes) / transfer.pace) * SECOND_US;
    const atUs = this.#outages.afterUs(transfer.flowsFromUs, lengthUs);
    transfer.slot = this.#world.fly(FLIGHT.transferGoesOn, node, 0, undefined, atUs);
  }

  get #isShared(): boolean {
    return this.#cdn?.isShared === true;
  }

  #joinLink(node: number, transfer: Transfer, goalBytes: number): void {
    transfer.goalBytes = goalBytes;
    const bytes = Math.max(0, goalBytes - transfer.beforeBytes);
    transfer.flow = this.#cdn?.join(transfer.pace, bytes, this.#world.nowUs) ?? -1;
    this.#nodeOfFlow[transfer.flow] = node;
    this.#watchLink();
  }

  #leaveLink(transfer: Transfer): void {
    transfer.beforeBytes += this.#cdn?.leave(transfer.flow, this.#world.nowUs) ?? 0;
    transfer.flow = -1;
    this.#watchLink();
  }

  /** Keeps the one entry of the shared link where its next flow is done. */
  #watchLink(): void {
    if (!this.#isShared || this.#cdn === undefined) return;
    const { lookAtUs } = this.#cdn;
    if (this.#linkSlot !== -1) this.#world.move(this.#linkSlot, lookAtUs);
    else if (lookAtUs !== NEVER) this.#linkSlot = this.#world.fly(FLIGHT.linkMoves, 0, 0, undefined, lookAtUs);
  }

  /** The node's download is over, whichever way. Answers how the server had answered it. */
  #forget(node: number, transfer: Transfer): Pick<ImageAnswer, "refusal" | "fault"> {
    const answer = this.#transfers.answerOf(node);
    this.#transfers.close(node);
    if (transfer.flow !== -1) this.#leaveLink(transfer);
    this.#ebb(transfer);
    if (transfer.isOpen) this.#cdn?.close();
    return answer;
  }

  /** The node's download, if it is still the same. */
  #still(node: number, serial: number): Transfer | undefined {
    const transfer = this.#transfers.of(node);
    return transfer?.serial === serial ? transfer : undefined;
  }

  #gotBytes(transfer: Transfer): number {
    if (transfer.flowsFromUs === -1) return transfer.fromBytes;
    return Math.max(transfer.toldBytes, Math.min(transfer.sizeBytes, Math.floor(this.#flownBytes(transfer))));
  }

  #flownBytes(transfer: Transfer): number {
    const { nowUs } = this.#world;
    if (this.#isShared) {
      const since = transfer.flow === -1 ? 0 : (this.#cdn?.gotBytes(transfer.flow, nowUs) ?? 0);
      return transfer.beforeBytes + since;
    }
    if (transfer.isStalled) return transfer.beforeBytes;
    const passedUs = this.#outages.betweenUs(transfer.flowsFromUs, nowUs);
    return transfer.beforeBytes + Math.floor((passedUs / SECOND_US) * transfer.pace);
  }
}
