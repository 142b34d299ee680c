/**
 * Writes down what a node wishes and notes, in the words of the vectors: the RainMaker names of topics, keys and
 * timers. A carrier of one node, which carries nothing itself.
 */
import type { NodeIdentity, NodeHalf } from "../../adapters/adapter.ts";
import type { Carrier } from "../../node/carrier.ts";
import type { NodeNote, NvsKey } from "../../node/notes.ts";
import type { OutboxEntry } from "../../node/report.ts";
import type { VirtualNode } from "../../node/virtual-node.ts";
import type { Effect } from "./vector.ts";

export interface RecorderHost {
  readonly node: VirtualNode;
  readonly half: NodeHalf;
  readonly atMs: number;
  who(): NodeIdentity;
  published(message: number): void;
  download(offer: number, fromBytes: number, isRanged: boolean): void;
  stopDownload(): void;
}

/** Bytes of the HTTP client's send buffer, which grows with the url. */
const TX_BUFFER_BYTES = 1_024;
const TX_BUFFER_MARGIN = 128;

export class EffectRecorder implements Carrier {
  readonly effects: Effect[] = [];
  readonly hearsDetails = true;
  readonly #host: RecorderHost;

  constructor(host: RecorderHost) {
    this.#host = host;
  }

  connect(): void {}
  disconnect(): void {}
  greet(): void {}
  send(): void {}
  awaitBytes(): void {}
  cutDownload(): void {}
  powerOff(): void {}

  listen(): void {
    for (const topic of this.#host.half.offerTopics(this.#host.who())) this.#add({ subscribe: topic, qos: 1 });
  }

  download(offer: number, fromBytes: number, isRanged: boolean): void {
    const { node } = this.#host;
    const url = node.settings.books.offers.get(offer).url as string;
    const bytes = new TextEncoder().encode(url).length;
    const txBuffer = bytes > TX_BUFFER_BYTES ? { txBuffer: bytes + TX_BUFFER_MARGIN } : {};
    this.#add({ download: { url, ...(isRanged ? { resumeFrom: fromBytes } : {}), ...txBuffer } });
    this.#host.download(offer, fromBytes, isRanged);
  }

  stopDownload(): void {
    this.#host.stopDownload();
  }

  release(offer: number): void {
    this.#host.node.settings.books.offers.release(offer);
  }

  note(what: NodeNote): void {
    switch (what.kind) {
      case "handed over":
        this.#handedOver(what.message, what.isOffline);
        break;
      case "not taken": {
        const wire = this.#encode(what.entry);
        if (wire.via === "mqtt") this.#add({ publishRefused: wire.topic });
        break;
      }
      case "runs": {
        const { project, version } = this.#host.node.settings.books.images.get(what.image);
        this.#add({ runs: { project, version, state: what.state } });
        break;
      }
      case "boot slot set":
        this.#add({ flash: "set-boot" });
        break;
      case "marked valid":
        this.#add({ flash: "mark-valid" });
        break;
      case "marked invalid":
        this.#add({ flash: "mark-invalid" });
        break;
      case "reboots":
        this.#add({ reboot: what.why });
        break;
      case "reboot requested":
        this.#add({ event: "RMAKER_OTA_EVENT_REQ_FOR_REBOOT" });
        break;
      case "self-test":
        this.#add({ diag: { state: what.when === "init" ? "init" : "post-mqtt", rmakerOta: true } });
        break;
      case "unheard":
        this.#add({ unheard: true });
        break;
      case "timer armed":
        this.#add({ timer: { name: what.timer, ms: what.ms, ...(what.repeats ? { repeat: true } : {}) } });
        break;
      case "timer stopped":
        this.#add({ timerStop: what.timer });
        break;
      case "nvs set":
        this.#nvsSet(what.key, what.value);
        break;
      case "nvs erased":
        this.#add({ nvs: { erase: this.#keyName(what.key) } });
        break;
      default:
        // What the firmware shows nobody outside.
        break;
    }
  }

  #handedOver(message: number, isOffline: boolean): void {
    const { node } = this.#host;
    const wire = this.#encode(node.settings.books.outbox.get(message));
    if (wire.via !== "mqtt") return;
    this.#add({
      publish: { topic: wire.topic, qos: 1, ...payloadOf(wire.payload), ...(isOffline ? { offline: true } : {}) },
    });
    this.#host.published(message);
  }

  #encode(entry: OutboxEntry): ReturnType<NodeHalf["encode"]> {
    const { node, half } = this.#host;
    return half.encode(this.#host.who(), entry, entry.job === 0 ? undefined : node.settings.books.texts.get(entry.job));
  }

  #nvsSet(key: NvsKey, value: string | number): void {
    const name = this.#keyName(key);
    if (key === "failure reason") {
      this.#add({ nvs: { set: name, type: "str", value: `MQTT did not connect within ${value} seconds` } });
      return;
    }
    const type =
      key === "bytes written"
        ? this.#host.node.generation.resume === "KiB"
          ? "u16"
          : "u32"
        : key === "image md5" || key === "failed job"
          ? "str"
          : "blob";
    this.#add({ nvs: { set: name, type, value } });
  }

  #keyName(key: NvsKey): string {
    if (key === "bytes written") return this.#host.node.generation.resume === "KiB" ? "ota_written" : "ota_writen";
    return NVS_NAMES[key];
  }

  #add(effect: Readonly<Record<string, unknown>>): void {
    this.effects.push({ at: this.#host.atMs, ...effect });
  }
}

const NVS_NAMES: Readonly<Record<Exclude<NvsKey, "bytes written">, string>> = {
  "job id": "rmaker_ota_id",
  "update flag": "ota_update",
  "image md5": "ota_file_md5",
  "failure reason": "ota_fail_rsn",
  "failed job": "ota_fail_jid",
  "stream offset": "mqtt_ota_off",
  "stream md5": "mqtt_ota_md5",
};

function payloadOf(payload: string | Uint8Array): { payload: string } | { payloadHex: string } {
  if (typeof payload === "string") return { payload };
  try {
    return { payload: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload) };
  } catch {
    return { payloadHex: Buffer.from(payload).toString("hex") };
  }
}
