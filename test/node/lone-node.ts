/** One node and nothing else: the test is its world, tells it what happens, and sees what it wishes. */
import { rainmaker } from "../../src/adapters/rainmaker/adapter.ts";
import { assert } from "../../src/base/assert.ts";
import { Book, TextBook } from "../../src/base/book.ts";
import { NEVER, SECOND_US, type InstantUs } from "../../src/base/instant.ts";
import { FAULTS } from "../../src/faults/faults.ts";
import type { FaultName } from "../../src/faults/fault-names.ts";
import type { Carrier } from "../../src/node/carrier.ts";
import { DEFAULT_BUILD, type BuildOptions, type Generation } from "../../src/node/generation.ts";
import type { ImageIdentity } from "../../src/node/image-identity.ts";
import type { NodeInput } from "../../src/node/inputs.ts";
import type { NodeNote } from "../../src/node/notes.ts";
import type { Offer } from "../../src/node/offer.ts";
import { parsePosixZone } from "../../src/node/posix-zone.ts";
import type { OutboxEntry } from "../../src/node/report.ts";
import type { CohortSettings, NodeSettings } from "../../src/node/settings.ts";
import { VirtualNode, type Birth } from "../../src/node/virtual-node.ts";

/** A wish of the node, its arguments as they were. */
export type Wish = readonly [atUs: InstantUs, wish: string, ...details: readonly unknown[]];

export interface LoneNodeOptions {
  /** A release of RainMaker's: `1.16`. */
  readonly release?: string;
  readonly generation?: Generation;
  readonly build?: Partial<BuildOptions>;
  readonly cohort?: Partial<CohortSettings>;
  readonly faults?: readonly FaultName[];
  readonly birth?: Partial<Birth>;
  readonly startUtc?: string;
  readonly zone?: string;
  readonly fleetPerWall?: number;
  readonly leapsUnheardTimers?: boolean;
  /** What lies in the row before the birth. */
  readonly fill?: number;
}

export const IMAGE_BYTES = 100_000;
export const BOOT_US = 3 * SECOND_US;
const OLD: ImageIdentity = image({ version: "1.4.2" });

export class LoneNode implements Carrier {
  readonly hearsDetails = true;
  readonly node: VirtualNode;
  readonly settings: NodeSettings;
  readonly wishes: Wish[] = [];
  readonly notes: (NodeNote & { readonly atUs: InstantUs })[] = [];
  /** All that it was told. */
  readonly trace: (readonly [atUs: InstantUs, input: NodeInput])[] = [];
  nowUs: InstantUs = 0;

  constructor(options: LoneNodeOptions = {}) {
    const generation = options.generation ?? rainmaker.generations[`rainmaker-${options.release ?? "1.16"}`];
    assert(generation !== undefined, "there is such a release");
    const zone = parsePosixZone(options.zone ?? "UTC0");
    assert(zone !== undefined, "the zone is a POSIX rule");
    const images = new Book<ImageIdentity>();
    images.add(OLD);
    this.settings = {
      seed: 1,
      firstNode: 0,
      startEpochUs: Date.parse(options.startUtc ?? "2026-05-01T00:00:00Z") * 1_000,
      fleetPerWall: options.fleetPerWall ?? 1,
      leapsUnheardTimers: options.leapsUnheardTimers ?? false,
      cohorts: [{ ...COHORT, generation, build: { ...DEFAULT_BUILD, ...options.build }, ...options.cohort }],
      zones: [zone],
      faults: FAULTS.map(({ touch }) => touch),
      books: { offers: new Book(), outbox: new Book(), texts: new TextBook(), images, laterFetches: new Map() },
    };
    const rows = new Uint8Array(VirtualNode.bytes).fill(options.fill ?? 0);
    this.node = new VirtualNode(rows.buffer, this.settings);
    const faults = (options.faults ?? []).map((name) => 1 << FAULTS.findIndex((fault) => fault.name === name));
    this.node.born({ ...BIRTH, faults: faults.reduce((mask, bit) => mask | bit, 0), ...options.birth });
  }

  /** Tells it now what happened. */
  tell(...inputs: readonly NodeInput[]): this {
    for (const input of inputs) {
      this.trace.push([this.nowUs, input]);
      this.node.handle(input, this.nowUs, this);
    }
    return this;
  }

  /** Lets time pass; it is woken at each of its deadlines. */
  wait(us: number): this {
    const untilUs = this.nowUs + us;
    while (this.node.deadlineUs <= untilUs) {
      this.nowUs = Math.max(this.nowUs, this.node.deadlineUs);
      this.tell({ kind: "deadline reached" });
    }
    this.nowUs = untilUs;
    return this;
  }

  /** Brings it onto its link: released, connected, started. */
  online(): this {
    this.tell({ kind: "released" }, { kind: "connected" });
    return this.node.power.isStarted ? this : this.tell({ kind: "started" });
  }

  offer(changes: Partial<Offer> = {}): this {
    return this.tell({ kind: "offered", offer: this.settings.books.offers.add({ ...OFFER, ...changes }) });
  }

  image(changes: Partial<ImageIdentity> = {}): number {
    return this.settings.books.images.add(image(changes));
  }

  /** From the offer to the last byte, in one instant. */
  fetchWhole(of: number = this.image()): this {
    this.offer().tell({ kind: "transfer begun" }, { kind: "image head read", image: of });
    return this.tell({ kind: "transfer ended", gotBytes: IMAGE_BYTES, isComplete: true, isIntact: true });
  }

  /** From the offer to the first boot of the new image. */
  install(of: number = this.image()): this {
    return this.fetchWhole(of)
      .wait(SECOND_US)
      .wait(10 * SECOND_US)
      .wait(BOOT_US);
  }

  /** Acknowledges everything that lies in the outbox. */
  acknowledge(): this {
    for (let message = this.node.outbox.first; message !== 0; message = this.node.outbox.first) {
      this.tell({ kind: "acknowledged", message });
    }
    return this;
  }

  /** Names of the wishes since the last look, in order. */
  wished(...names: readonly string[]): Wish[] {
    return this.wishes.filter(([, name]) => names.includes(name));
  }

  noted<K extends NodeNote["kind"]>(kind: K): (Extract<NodeNote, { kind: K }> & { readonly atUs: InstantUs })[] {
    return this.notes.filter((note) => note.kind === kind) as never;
  }

  /** Status and reason of every report that it made, in order. */
  get said(): string[] {
    return this.wishes.flatMap(([, name, entry]) => {
      const { kind, status, reason } = (entry ?? {}) as Partial<OutboxEntry>;
      return name === "send" && kind === "report" ? [`${status}: ${reason}`] : [];
    });
  }

  /** When it sent fetches, seconds. */
  get fetchesAtSeconds(): number[] {
    return this.wishes.flatMap(([atUs, name, entry]) =>
      name === "send" && (entry as OutboxEntry).kind === "fetch" ? [atUs / SECOND_US] : [],
    );
  }

  get row(): Uint8Array {
    return this.node.copied();
  }

  connect = (): void => this.#wish("connect");
  disconnect = (): void => this.#wish("disconnect");
  listen = (): void => this.#wish("listen");
  greet = (): void => this.#wish("greet");
  send = (message: number): void => this.#wish("send", { ...this.settings.books.outbox.get(message) }, message);
  stopDownload = (): void => this.#wish("stop download");
  cutDownload = (): void => this.#wish("cut download");
  powerOff = (): void => this.#wish("power off");
  awaitBytes = (untilBytes: number): void => this.#wish("await bytes", untilBytes);
  download = (offer: number, from: number, isRanged: boolean, until: number, pace: number): void =>
    this.#wish("download", offer, from, isRanged, until, pace);

  release(offer: number): void {
    this.settings.books.offers.release(offer);
    this.#wish("release", offer);
  }

  note(what: NodeNote): void {
    this.notes.push({ ...what, atUs: this.nowUs });
  }

  #wish(name: string, ...details: readonly unknown[]): void {
    this.wishes.push([this.nowUs, name, ...details]);
  }
}

function image(changes: Partial<ImageIdentity>): ImageIdentity {
  return {
    project: "thermostat",
    version: "2.0.0",
    secureVersion: 0,
    suitsChip: true,
    sizeBytes: IMAGE_BYTES,
    sha256: "",
    ...changes,
  };
}

const OFFER: Offer = {
  flaw: undefined,
  jobId: "job-1",
  url: "https://images/2.bin",
  fileMd5: "0123456789abcdef0123456789abcdef",
  streamId: undefined,
  sizeBytes: IMAGE_BYTES,
  version: "2.0.0",
  validity: undefined,
  window: undefined,
  metadata: undefined,
};

const COHORT: Omit<CohortSettings, "generation" | "build"> = {
  hardware: "",
  selfTestAtBoot: "none",
  selfTestAfterConnect: "none",
  spellGapUs: () => NEVER,
  spellLengthUs: () => NEVER,
  autofetchJitterUs: () => 0,
  bootUs: () => BOOT_US,
  verifyUs: () => SECOND_US / 2,
  syncsClock: true,
  dialsItself: true,
  slotBytes: 2_000_000,
};

export const BIRTH: Birth = {
  cohort: 0,
  zone: 0,
  throughputBytesPerSecond: 50_000,
  flashBytesPerSecond: 75_000,
  faults: 0,
  image: 1,
  imageState: "valid",
  secureVersion: 0,
  begins: "running",
  bootAtUs: -SECOND_US,
  autofetchPhase: 1,
  isUp: true,
  networkChangesAtUs: NEVER,
};
