/**
 * Plays a vector: one node with its adapter under a virtual clock, told what the vector tells, its downloads answered
 * as the vector says. What comes out are effects in the vector's words. Its length is that of the vectors' own format,
 * which is read here and nowhere else.
 */
import { DEFAULT_BUILD, type BuildOptions } from "../../node/generation.ts";
import { Book, TextBook } from "../../base/book.ts";
import { MILLISECOND_US, NEVER } from "../../base/instant.ts";
import type { NodeHalf, NodeIdentity } from "../../adapters/adapter.ts";
import { generationOfRelease } from "../../adapters/rainmaker/generations.ts";
import { RainmakerNodeHalf } from "../../adapters/rainmaker/node-half.ts";
import type { ImageIdentity } from "../../node/image-identity.ts";
import type { NodeInput } from "../../node/inputs.ts";
import { parsePosixZone, type PosixZone } from "../../node/posix-zone.ts";
import type { CohortSettings, NodeSettings } from "../../node/settings.ts";
import { VirtualNode } from "../../node/virtual-node.ts";
import { EffectRecorder, type RecorderHost } from "./effect-recorder.ts";
import type { Attempt, Effect, Given, GivenImage, Vector, VectorInput } from "./vector.ts";

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

export function play(vector: Vector): readonly Effect[] {
  return new Player(vector).run();
}

class Player implements RecorderHost {
  readonly node: VirtualNode;
  readonly half: NodeHalf;
  atMs = 0;
  readonly #vector: Vector;
  readonly #recorder = new EffectRecorder(this);
  readonly #zones: PosixZone[] = [];
  readonly #settings: { -readonly [K in keyof NodeSettings]: NodeSettings[K] };
  #pending: Pending[] = [];
  #order = 0;
  #pubackAfterMs: number | null;
  #attempts = 0;
  /** Counts up when a transfer is cut: what it had under way falls away. */
  #transfer = 0;
  #connection = 0;

  constructor(vector: Vector) {
    this.#vector = vector;
    const { given } = vector;
    const generation = generationOfRelease(given.generation);
    this.half = new RainmakerNodeHalf({
      generation,
      isBasicIngest: given.options["MQTT_USE_BASIC_INGEST_TOPICS"] !== false,
      hasWill: false,
    });
    this.#pubackAfterMs = given.pubackAfterMs;
    this.#zones.push(zoneOf(given.clock.posix));
    const images = new Book<ImageIdentity>();
    this.#settings = {
      seed: 1,
      firstNode: 0,
      startEpochUs: given.clock.utc === null ? 0 : Date.parse(given.clock.utc) * 1_000,
      fleetPerWall: 1,
      cohorts: [cohortOf(given, generation)],
      zones: this.#zones,
      faults: [],
      books: { offers: new Book(), outbox: new Book(), texts: new TextBook(), images, laterFetches: new Map() },
    };
    this.node = new VirtualNode(new ArrayBuffer(VirtualNode.bytes), this.#settings);
    this.#birth(given, images);
  }

  run(): readonly Effect[] {
    for (const input of this.#vector.inputs) this.#later(input.at, () => this.#input(input));
    for (;;) {
      const due = Math.ceil(this.node.deadlineUs / MILLISECOND_US);
      const next = this.#next();
      const at = Math.min(due, next?.atMs ?? Infinity);
      if (at > this.#vector.until) break;
      this.atMs = at;
      if (next !== undefined && next.atMs <= due) {
        this.#pending.splice(this.#pending.indexOf(next), 1);
        next.act();
      } else this.#tell({ kind: "deadline reached" });
    }
    return this.#recorder.effects;
  }

  who(): NodeIdentity {
    const { given } = this.#vector;
    const running =
      this.node.runningImage === 0 ? given.running : this.#settings.books.images.get(this.node.runningImage);
    return {
      id: given.node.id,
      secret: "",
      project: running.project,
      version: given.node.fwVersionInfo ?? running.version,
      name: given.node.id,
      networkId: given.node.networkId,
    };
  }

  published(message: number): void {
    const { kind } = this.#settings.books.outbox.get(message);
    if (kind !== "fetch" || this.#pubackAfterMs === null || !this.node.link.isConnected) return;
    const connection = this.#connection;
    this.#later(this.atMs + this.#pubackAfterMs, () => {
      if (connection === this.#connection) this.#tell({ kind: "acknowledged", message });
    });
  }

  stopDownload(): void {
    this.#transfer++;
  }

  download(_offer: number, fromBytes: number): void {
    const { attempts } = this.#vector.given;
    const attempt = attempts?.[Math.min(this.#attempts++, attempts.length - 1)];
    if (attempt !== undefined) this.#playAttempt(attempt, fromBytes);
  }

  #playAttempt(attempt: Attempt, fromBytes: number): void {
    const transfer = ++this.#transfer;
    const tell = (atMs: number, input: NodeInput): void => {
      this.#later(atMs, () => {
        if (transfer === this.#transfer) this.#tell(input);
      });
    };
    let at = this.atMs + attempt.connectMs;
    if (attempt.connect !== "ok") {
      tell(at, { kind: "transfer failed", step: "begin", gotBytes: 0, ...attempt.connect });
      return;
    }
    tell(at, { kind: "transfer begun" });
    at += attempt.headerMs ?? 0;
    if (attempt.header !== undefined && attempt.header !== "ok") {
      tell(at, { kind: "transfer failed", step: "head", gotBytes: 0, ...attempt.header });
      return;
    }
    const image = attempt.image as NonNullable<Attempt["image"]>;
    tell(at, { kind: "image head read", image: this.#settings.books.images.add(identityOf(image, image.size)) });
    at = this.#playReads(attempt, image.size, fromBytes, at, tell);
    const finish =
      attempt.finish ?? (attempt.complete === false ? { err: "ESP_ERR_OTA_VALIDATE_FAILED", errno: 0 } : "ok");
    const verdict = finish === "ok" ? { err: "ESP_OK", errno: 0 } : finish;
    if (attempt.fail === undefined) tell(at + (attempt.finishMs ?? FINISH_MS), { kind: "image verified", ...verdict });
  }

  /** Reads of a fixed size at a fixed pace; returns when the last one ended. */
  #playReads(
    attempt: Attempt,
    size: number,
    fromBytes: number,
    at: number,
    tell: (atMs: number, input: NodeInput) => void,
  ): number {
    const readBytes = attempt.readBytes ?? 1_024;
    const readMs = Math.floor((attempt.transferMs ?? 0) / Math.ceil(size / readBytes));
    const end = attempt.fail?.atBytes ?? size;
    for (let got = fromBytes; got < end;) {
      got = Math.min(got + readBytes, end);
      at += readMs;
      tell(at, { kind: "bytes reached", gotBytes: got });
    }
    if (attempt.fail !== undefined) {
      const { err, errno, atBytes } = attempt.fail;
      tell(at, { kind: "transfer failed", step: "body", gotBytes: atBytes, err, errno });
    } else tell(at, { kind: "transfer ended", gotBytes: size, isComplete: attempt.complete !== false, isIntact: true });
    return at;
  }

  #input(input: VectorInput): void {
    const { node } = this;
    if ("boot" in input) this.#tell({ kind: "booted" });
    else if ("powerCycle" in input) {
      this.#connection++;
      this.#tell({ kind: "power lost", gotBytes: 0 });
    } else if ("connected" in input) this.#tell({ kind: "connected" });
    else if ("disconnected" in input) {
      this.#connection++;
      this.#tell({ kind: "connection lost" });
    } else if ("started" in input) this.#tell({ kind: "started" });
    else if ("clock" in input) {
      this.#settings.startEpochUs = Date.parse(input["clock"] as string) * 1_000 - this.atMs * MILLISECOND_US;
      this.#tell({ kind: "clock set" });
    } else if ("posix" in input) {
      this.#tell({ kind: "zone changed", zone: this.#zones.push(zoneOf(input["posix"] as string)) - 1 });
    } else if ("pubackAfterMs" in input) this.#pubackAfterMs = input["pubackAfterMs"] as number | null;
    else if ("publishRefused" in input)
      this.#tell({ kind: "publishes refused", count: Number(input["publishRefused"]) });
    else if ("app" in input) {
      const call = (input["app"] as string).replace("-", " ") as "fetch" | "mark valid" | "mark invalid";
      this.#tell({ kind: "app called", call });
    } else if ("message" in input && node.power.isOn) this.#message(input["message"] as MessageInput);
  }

  #message(message: MessageInput): void {
    const payload =
      message.payload === undefined
        ? new Uint8Array(Buffer.from(message.payloadHex ?? "", "hex"))
        : new TextEncoder().encode(message.payload);
    const heard = this.half.hear(this.who(), message.topic, payload);
    if (heard.kind === "offer") this.#tell({ kind: "offered", offer: this.#settings.books.offers.add(heard.offer) });
  }

  #tell(input: NodeInput): void {
    this.node.handle(input, this.atMs * MILLISECOND_US, this.#recorder);
  }

  #later(atMs: number, act: () => void): void {
    this.#pending.push({ atMs, order: this.#order++, act });
  }

  #next(): Pending | undefined {
    let least: Pending | undefined;
    for (const pending of this.#pending) {
      if (
        least === undefined ||
        pending.atMs < least.atMs ||
        (pending.atMs === least.atMs && pending.order < least.order)
      ) {
        least = pending;
      }
    }
    return least;
  }

  #birth(given: Given, images: Book<ImageIdentity>): void {
    const { node } = this;
    const { running, otherSlot, nvs } = given;
    const texts = this.#settings.books.texts;
    node.born({
      cohort: 0,
      zone: 0,
      throughputBytesPerSecond: Infinity,
      flashBytesPerSecond: Infinity,
      faults: 0,
      // An image that runs is at least as secure as the eFuse demands.
      image: images.add(identityOf({ secureVersion: running.eFuseSecureVersion ?? 0, ...running }, 0)),
      imageState: running.otaState === "pending-verify" ? "new" : "valid",
      secureVersion: running.eFuseSecureVersion ?? 0,
      begins: "off",
      bootAtUs: NEVER,
      autofetchPhase: 0,
      isUp: true,
      networkChangesAtUs: NEVER,
    });
    node.power.isClockSet = given.clock.utc !== null;
    if (otherSlot !== undefined) {
      node.flash.setSlot(1, images.add(identityOf(otherSlot, 0)), 0, false);
      node.flash.setCopy(0, 3, node.flash.stateOf(0));
      node.flash.setCopy(1, 2, "valid");
    }
    const text = (key: string): number => (nvs?.[key] === undefined ? 0 : texts.numberOf(String(nvs[key].value)));
    node.nvs.job = text("rmaker_ota_id");
    node.nvs.updateFlag = nvs?.["ota_update"] !== undefined;
    node.nvs.md5 = text("ota_file_md5");
    const kib = nvs?.["ota_written"];
    const bytes = nvs?.["ota_writen"];
    node.nvs.hasWritten = (kib ?? bytes) !== undefined;
    node.nvs.writtenBytes = kib === undefined ? Number(bytes?.value ?? 0) : Number(kib.value) * 1_024;
  }
}

interface MessageInput {
  readonly topic: string;
  readonly payload?: string;
  readonly payloadHex?: string;
}

/** Where a vector does not say how long the finish call takes. */
const FINISH_MS = 300;

function zoneOf(rule: string): PosixZone {
  const zone = parsePosixZone(rule);
  if (zone === undefined) throw new Error(`the vector's zone "${rule}" is no POSIX rule`);
  return zone;
}

function identityOf(image: GivenImage & { readonly chip?: string }, sizeBytes: number): ImageIdentity {
  return {
    project: image.project,
    version: image.version,
    secureVersion: image.secureVersion ?? 0,
    suitsChip: image.chip !== "other",
    sizeBytes,
    sha256: "",
  };
}

function cohortOf(given: Given, generation: CohortSettings["generation"]): CohortSettings {
  return {
    generation,
    hardware: "",
    build: buildOf(given.options),
    selfTestAtBoot: given.diag === undefined ? "none" : (given.diag.init ?? "success"),
    selfTestAfterConnect: given.diag === undefined ? "none" : (given.diag.postMqtt ?? "success"),
    spellGapUs: () => NEVER,
    spellLengthUs: () => NEVER,
    autofetchJitterUs: () => 0,
    bootUs: () => NEVER,
    verifyUs: () => NEVER,
    syncsClock: false,
    dialsItself: false,
    slotBytes: Infinity,
  };
}

function buildOf(options: Given["options"]): BuildOptions {
  const number = (key: string): number | undefined => (options[key] === undefined ? undefined : Number(options[key]));
  const scaled = (key: string, by: number): number | undefined => {
    const value = number(key);
    return value === undefined ? undefined : value * by;
  };
  return {
    ...DEFAULT_BUILD,
    autofetch: options["OTA_AUTOFETCH"] !== false,
    autofetchPeriodMs: scaled("OTA_AUTOFETCH_PERIOD", 3_600_000) ?? 0,
    attemptsMax: number("OTA_MAX_RETRIES"),
    refetchAfterMs: scaled("OTA_RETRY_DELAY_MINUTES", 60_000),
    rollback: options["BOOTLOADER_APP_ROLLBACK_ENABLE"] !== false,
    rollbackWaitMs: scaled("OTA_ROLLBACK_WAIT_PERIOD", 1_000),
    rollbackReportsFailed: options["OTA_ROLLBACK_REPORT_FAILED"] === true,
    timeLimits: options["OTA_TIME_SUPPORT"] !== false,
    resume: options["HTTP_OTA_RESUMPTION"] !== false,
    progressEvery: options["OTA_PROGRESS_SUPPORT"] === true ? (number("OTA_PROGRESS_INTERVAL") ?? 10) : 0,
    autoReboot: options["OTA_DISABLE_AUTO_REBOOT"] !== true,
    checkProject: options["SKIP_PROJECT_NAME_CHECK"] !== true,
    checkVersion: options["SKIP_VERSION_CHECK"] !== true,
    checkSecureVersion: options["SKIP_SECURE_VERSION_CHECK"] !== true,
  };
}
