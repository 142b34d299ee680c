/**
 * Downloads in virtual time: a server without limits, so that only the node's own pace and latency count. One entry in
 * the queue a download, at the next byte that somebody wants to hear of.
 */
import { SECOND_US, type InstantUs } from "../../base/instant.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import type { NodeInput } from "../../node/inputs.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualWorld } from "./virtual-world.ts";

const FIRST_BYTE = kindNumber("first byte");
/** One-way trips: TCP, TLS 1.2 as the firmware has it (two round trips), and the request. */
const FIRST_BYTE_TRIPS = 8;
/** newlib's ECONNABORTED: what a socket says when the network goes away under it. */
const NO_NETWORK_ERRNO = 113;

interface Transfer {
  readonly job: number;
  /** Of the whole image. */
  readonly sizeBytes: number;
  readonly fromBytes: number;
  /** Bytes a second of fleet time. */
  readonly pace: number;
  readonly dueUs: InstantUs;
  /** -1 before the first byte. */
  begunUs: InstantUs;
  untilBytes: number;
  /** What the node was told of, so that a cut never leaves it with less. */
  toldBytes: number;
  /** Its entry in the queue; -1 = none. */
  slot: number;
}

/** What the transfers need of the nodes. */
export interface TransferHost {
  deliver(node: number, input: NodeInput): void;
  /** Number of the job's image as this node is served it: one that suits its chip, or not. */
  imageFor(node: number, job: number): number;
}

export class VirtualTransfers {
  readonly #world: VirtualWorld;
  readonly #backend: VirtualBackend;
  readonly #host: TransferHost;
  readonly #transfers = new Map<number, Transfer>();

  constructor(world: VirtualWorld, backend: VirtualBackend, host: TransferHost) {
    this.#world = world;
    this.#backend = backend;
    this.#host = host;
  }

  start(node: number, job: number, fromBytes: number, untilBytes: number, pace: number): void {
    const world = this.#world;
    this.#backend.counters.imageRequests++;
    const atUs = world.nowUs + world.trips(node, FIRST_BYTE_TRIPS);
    const slot = world.fly("transfer begun", node, 0, undefined, atUs);
    this.#transfers.set(node, {
      job,
      sizeBytes: this.#backend.sizeOf(job),
      fromBytes,
      pace,
      dueUs: world.nowUs,
      begunUs: -1,
      untilBytes,
      toldBytes: fromBytes,
      slot,
    });
  }

  awaitBytes(node: number, untilBytes: number): void {
    const transfer = this.#transfers.get(node);
    if (transfer === undefined) return;
    transfer.untilBytes = untilBytes;
    if (transfer.slot === -1) return;
    this.#world.recall(transfer.slot);
    this.#plan(node, transfer);
  }

  /** Ends the node's download, if there is one; answers the bytes that are there. */
  stop(node: number): number | undefined {
    const transfer = this.#transfers.get(node);
    if (transfer === undefined) return undefined;
    this.#transfers.delete(node);
    if (transfer.slot !== -1) this.#world.recall(transfer.slot);
    const gotBytes = this.#gotBytes(transfer);
    this.#backend.counters.imageRequestsCut++;
    this.#backend.counters.imageBytesServed += gotBytes - transfer.fromBytes;
    return gotBytes;
  }

  /** Bytes of the node's download that are there by now; 0 where it has none. */
  gotBytesOf(node: number): number {
    const transfer = this.#transfers.get(node);
    return transfer === undefined ? 0 : this.#gotBytes(transfer);
  }

  /** The network goes away: the node hears how far it had come. */
  cut(node: number): void {
    const gotBytes = this.stop(node);
    if (gotBytes !== undefined) this.#world.fly("transfer cut", node, gotBytes, undefined, this.#world.nowUs);
  }

  /** The cut is noticed, at the step that the node was in. */
  cutNoticed(node: number, step: string, gotBytes: number): void {
    if (step === "idle" || step === "verifying") return;
    const at = step === "writing" ? "body" : step === "reading head" ? "head" : "begin";
    this.#host.deliver(node, { kind: "transfer failed", step: at, gotBytes, err: "ESP_FAIL", errno: NO_NETWORK_ERRNO });
  }

  begins(node: number): void {
    const transfer = this.#transfers.get(node);
    if (transfer === undefined) return;
    const { nowUs } = this.#world;
    transfer.begunUs = nowUs;
    transfer.slot = -1;
    this.#world.record(FIRST_BYTE, node, 0, transfer.job, nowUs - transfer.dueUs, 0);
    this.#host.deliver(node, { kind: "transfer begun" });
    if (!this.#isOn(node, transfer)) return;
    this.#host.deliver(node, { kind: "image head read", image: this.#host.imageFor(node, transfer.job) });
    if (this.#isOn(node, transfer)) this.#plan(node, transfer);
  }

  goesOn(node: number): void {
    const transfer = this.#transfers.get(node);
    if (transfer === undefined) return;
    transfer.slot = -1;
    if (transfer.untilBytes < transfer.sizeBytes) {
      const gotBytes = transfer.untilBytes;
      transfer.untilBytes = Infinity;
      transfer.toldBytes = gotBytes;
      this.#host.deliver(node, { kind: "bytes reached", gotBytes });
      if (this.#isOn(node, transfer) && transfer.slot === -1) this.#plan(node, transfer);
      return;
    }
    this.#transfers.delete(node);
    this.#backend.counters.imageBytesServed += transfer.sizeBytes - transfer.fromBytes;
    this.#host.deliver(node, {
      kind: "transfer ended",
      gotBytes: transfer.sizeBytes,
      isComplete: true,
      isIntact: true,
    });
  }

  #plan(node: number, transfer: Transfer): void {
    const goal = Math.min(transfer.untilBytes, transfer.sizeBytes);
    const atUs = transfer.begunUs + ((goal - transfer.fromBytes) / transfer.pace) * SECOND_US;
    transfer.slot = this.#world.fly("transfer goes on", node, 0, undefined, atUs);
  }

  /** Whether this is still the node's download. */
  #isOn(node: number, transfer: Transfer): boolean {
    return this.#transfers.get(node) === transfer;
  }

  #gotBytes(transfer: Transfer): number {
    if (transfer.begunUs === -1) return transfer.fromBytes;
    const bytes = Math.floor(((this.#world.nowUs - transfer.begunUs) / SECOND_US) * transfer.pace);
    return Math.max(transfer.toldBytes, Math.min(transfer.sizeBytes, transfer.fromBytes + bytes));
  }
}
