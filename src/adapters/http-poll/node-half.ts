/**
 * A node that asks a URL. `GET <base>/poll/<node>?version=V`: 204, or JSON with version, url, size, checksum (hex
 * SHA-256) and optionally job and metadata. `POST <base>/poll/<node>/status`: what became of it, as JSON. Nothing
 * else: the smallest backend that a team can have.
 */
import type { Offer } from "../../node/offer.ts";
import type { OutboxEntry } from "../../node/report.ts";
import type {
  Heard,
  HttpReply,
  HttpRequest,
  ImageHead,
  MqttConnectOptions,
  NodeHalf,
  NodeIdentity,
} from "../adapter.ts";

export class HttpPollNodeHalf implements NodeHalf {
  readonly link = "none";
  readonly #base: string;

  constructor(baseUrl: string) {
    this.#base = baseUrl.replace(/\/+$/, "");
  }

  connect(who: NodeIdentity): MqttConnectOptions {
    return { clientId: who.id, username: undefined, password: undefined, keepAliveSeconds: 0, will: undefined };
  }

  offerTopics(): readonly string[] {
    return [];
  }

  greetingTopics(): readonly string[] {
    return [];
  }

  greeting(): readonly HttpRequest[] {
    return [];
  }

  encode(who: NodeIdentity, entry: OutboxEntry, jobId: string | undefined): HttpRequest {
    const node = `${this.#base}/poll/${encodeURIComponent(who.id)}`;
    const headers = { authorization: `Bearer ${who.secret}` };
    if (entry.kind === "fetch") {
      return {
        via: "http",
        method: "GET",
        url: `${node}?version=${encodeURIComponent(who.version)}`,
        headers,
        body: undefined,
      };
    }
    return {
      via: "http",
      method: "POST",
      url: `${node}/status`,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({
        job: jobId,
        status: entry.status,
        reason: entry.reason,
        attempt: entry.attempt === 0 ? undefined : entry.attempt,
        error: entry.err === "" ? undefined : entry.err,
        percent: entry.reason === "progress" ? entry.percent : undefined,
        time: entry.clockSeconds,
      }),
    };
  }

  hear(): Heard {
    return { kind: "ignored", cause: "this kind of backend has no messages of its own" };
  }

  hearReply(_who: NodeIdentity, entry: OutboxEntry, reply: HttpReply): Heard {
    if (reply.status < 200 || reply.status > 299) return { kind: "failed", cause: `HTTP ${reply.status}` };
    if (entry.kind === "report") return { kind: "acknowledged" };
    if (reply.status === 204) return { kind: "nothing offered" };
    const offer = offerOf(reply.body);
    return typeof offer === "string" ? { kind: "failed", cause: offer } : { kind: "offer", offer };
  }

  imageRequest(url: string, fromBytes: number, isRanged: boolean): HttpRequest {
    return {
      via: "http",
      method: "GET",
      url: this.#absolute(url),
      headers: isRanged ? { range: `bytes=${fromBytes}-` } : {},
      body: undefined,
    };
  }

  /** A manifest may name its image beside itself. What is no URL in either way is left to fail as one. */
  #absolute(url: string): string {
    const base = `${this.#base}/`;
    return URL.canParse(url) || !URL.canParse(url, base) ? url : new URL(url, base).href;
  }

  imageHead(reply: Omit<HttpReply, "body">, fromBytes: number, isRanged: boolean): ImageHead {
    const length = Number(reply.headers["content-length"]);
    const lengthBytes = Number.isSafeInteger(length) && length >= 0 ? length : undefined;
    if (!isRanged && reply.status === 200) return { kind: "begun", fromBytes: 0, lengthBytes };
    if (isRanged && reply.status === 206) {
      const start = /^bytes (\d+)-/.exec(reply.headers["content-range"] ?? "")?.[1];
      return Number(start) === fromBytes ? { kind: "begun", fromBytes, lengthBytes } : { kind: "range refused" };
    }
    if (isRanged && (reply.status === 200 || reply.status === 416)) return { kind: "range refused" };
    return { kind: "failed", err: "ESP_FAIL", errno: 0 };
  }
}

/** The answer as an offer, or what is wrong with it. The job's id may be the version: then that is the id. */
function offerOf(body: Uint8Array): Offer | string {
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return "the answer is not JSON";
  }
  if (answer === null || typeof answer !== "object" || Array.isArray(answer)) return "the answer is no JSON object";
  const fields = answer as Record<string, unknown>;
  const text = (key: string): string | undefined => (typeof fields[key] === "string" ? fields[key] : undefined);
  const whole = (of: unknown, key: string): number | undefined => {
    const value = of !== null && typeof of === "object" ? (of as Record<string, unknown>)[key] : undefined;
    return Number.isSafeInteger(value) ? (value as number) : undefined;
  };
  const url = text("url");
  const version = text("version");
  const jobId = text("job") ?? version;
  const { validity, window, metadata } = fields;
  return {
    flaw: jobId === undefined ? "no job id" : url === undefined ? "no url" : undefined,
    jobId,
    url,
    fileMd5: text("checksum"),
    streamId: undefined,
    sizeBytes: Math.max(0, whole(fields, "size") ?? 0),
    version,
    validity: isObject(validity)
      ? { startSeconds: whole(validity, "start"), endSeconds: whole(validity, "end") }
      : undefined,
    window: isObject(window) ? { startMinute: whole(window, "start"), endMinute: whole(window, "end") } : undefined,
    metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
  };
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
