/**
 * The node's side of RainMaker: typed wishes to MQTT messages and back. The firmware writes its JSON into buffers of
 * fixed size and never looks whether it fitted, so long ids and texts arrive cut and unreadable; so they do here.
 * Source: esp_rainmaker src/ota/esp_rmaker_ota_using_topics.c, core/esp_rmaker_node_config.c.
 */
import type { Generation } from "../../node/generation.ts";
import type { OutboxEntry } from "../../node/report.ts";
import type {
  Heard,
  HttpReply,
  HttpRequest,
  ImageHead,
  MqttConnectOptions,
  MqttMessage,
  NodeHalf,
  NodeIdentity,
} from "../adapter.ts";
import { hasBasicIngest } from "./generations.ts";
import { imageHead, imageRequest } from "./image-request.ts";
import { readOffer } from "./offer-message.ts";
import { statusText, type TextStyle } from "./status-texts.ts";
import { connectivityTopic, offerTopic, paramsTopic, upTopic } from "./topics.ts";

/** Bytes of a status that reach the wire: a buffer of 200 with its NUL. */
const STATUS_BYTES = 199;
const FETCH_BYTES = 149;
const KEEP_ALIVE_SECONDS = 120;

export interface RainmakerNodeOptions {
  readonly generation: Generation;
  /** Since November 2022 firmware is built so; a backend must take both. */
  readonly isBasicIngest: boolean;
  /** The Connectivity service: a last will that says so when the node is gone. Off in the firmware's defaults. */
  readonly hasWill: boolean;
}

export class RainmakerNodeHalf implements NodeHalf {
  readonly link = "mqtt";
  readonly #isBasicIngest: boolean;
  readonly #hasWill: boolean;
  readonly #style: TextStyle;
  readonly #hasTime: boolean;

  constructor({ generation, isBasicIngest, hasWill }: RainmakerNodeOptions) {
    this.#isBasicIngest = isBasicIngest && hasBasicIngest(generation);
    this.#hasWill = hasWill;
    this.#style = styleOf(generation);
    this.#hasTime = this.#style !== "plain";
  }

  connect(who: NodeIdentity): MqttConnectOptions {
    return {
      clientId: who.id,
      username: who.secret === "" ? `?Platform=APN3|A0|RM|EX00|RMDev|1x0|${who.id.slice(-12)}` : who.id,
      password: who.secret === "" ? undefined : who.secret,
      keepAliveSeconds: KEEP_ALIVE_SECONDS,
      will: this.#hasWill
        ? { topic: connectivityTopic(who.id), payload: '{"Connectivity":{"Connected":false}}' }
        : undefined,
    };
  }

  offerTopics(who: NodeIdentity): readonly string[] {
    return [offerTopic(who.id)];
  }

  greetingTopics(who: NodeIdentity): readonly string[] {
    return [paramsTopic(who.id)];
  }

  greeting(who: NodeIdentity): readonly MqttMessage[] {
    return [
      this.#up("config", who, nodeConfig(who)),
      this.#up("params/local/init", who, JSON.stringify({ [who.name]: { Name: who.name, Power: true } })),
    ];
  }

  encode(who: NodeIdentity, entry: OutboxEntry, jobId: string | undefined): MqttMessage {
    if (entry.kind === "fetch") {
      const network = who.networkId === undefined ? "" : `,"network_id":"${who.networkId}"`;
      return this.#up(
        "otafetch",
        who,
        cut(`{"node_id":"${who.id}","fw_version":"${who.version}"${network}}`, FETCH_BYTES),
      );
    }
    return this.#up("otastatus", who, cut(this.#status(who, entry, jobId), STATUS_BYTES));
  }

  hear(who: NodeIdentity, topic: string, payload: Uint8Array): Heard {
    if (topic !== offerTopic(who.id)) return { kind: "ignored", cause: "no topic of offers" };
    return { kind: "offer", offer: readOffer(new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload)) };
  }

  hearReply(_who: NodeIdentity, _entry: OutboxEntry, reply: HttpReply): Heard {
    return { kind: "ignored", cause: `HTTP ${reply.status} where nothing was asked` };
  }

  imageRequest(url: string, fromBytes: number, isRanged: boolean): HttpRequest {
    return imageRequest(url, fromBytes, isRanged);
  }

  imageHead(reply: Omit<HttpReply, "body">, fromBytes: number, isRanged: boolean): ImageHead {
    return imageHead(reply, fromBytes, isRanged);
  }

  /** Ids and texts go out as they are, without escaping: the firmware never took an escape apart either. */
  #status(who: NodeIdentity, entry: OutboxEntry, jobId: string | undefined): string {
    const job = jobId === undefined ? "" : `"ota_job_id":"${jobId}",`;
    const network = who.networkId === undefined ? "" : `"network_id":"${who.networkId}",`;
    // A 32-bit int: negative from 2038 on.
    const time = this.#hasTime ? `,"ts":${entry.clockSeconds | 0}` : "";
    const info = statusText(entry, this.#style);
    return `{${job}"status":"${entry.status}",${network}"additional_info":"${info}"${time}}`;
  }

  #up(suffix: Parameters<typeof upTopic>[0], who: NodeIdentity, payload: string | Uint8Array): MqttMessage {
    return { via: "mqtt", topic: upTopic(suffix, who.id, this.#isBasicIngest), payload };
  }
}

function styleOf({ name }: Generation): TextStyle {
  if (/-(2022|2023|1\.5)/.test(name)) return "plain";
  return /-1\.6\.[0-3]$/.test(name) ? "counted" : "named";
}

/** A text that fits, as it is; of a longer one the first bytes, where a character may be torn. */
function cut(text: string, bytesMax: number): string | Uint8Array {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  return Buffer.from(text).subarray(0, bytesMax);
}

function nodeConfig(who: NodeIdentity): string {
  return JSON.stringify({
    node_id: who.id,
    config_version: "2020-03-20",
    info: {
      name: who.name,
      fw_version: who.version,
      type: who.type ?? who.project,
      model: who.model ?? who.project,
      project_name: who.project,
      platform: "esp32",
    },
    attributes: [],
    devices: [],
    services: [],
  });
}
