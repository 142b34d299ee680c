/**
 * RainMaker's HTTP API as its callers meet it: paths under `/v1/`, the bare token, JSON objects back, and refusals
 * with a number of their own. It has no socket: the engine hands HTTP in.
 */
import type { AdapterOperatorOptions, HttpPort, HttpReply } from "../adapter.ts";

/** The backend said no, or nothing that can be read. */
export class CloudRefusal extends Error {
  override readonly name = "CloudRefusal";
  /** RainMaker's number of the refusal, where it gave one. */
  readonly code: number | undefined;
  /** Of HTTP. */
  readonly status: number;

  constructor(words: string, code: number | undefined, status: number) {
    super(words);
    this.status = status;
    this.code = code;
  }
}

/** One backend, asked with one token. */
export class CloudApi {
  readonly #options: AdapterOperatorOptions;
  readonly #http: HttpPort;

  constructor(options: AdapterOperatorOptions, http: HttpPort) {
    this.#options = options;
    this.#http = http;
  }

  /** Sends an object, or asks without one. Throws a `CloudRefusal` with the backend's own words for anything but 200. */
  call(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<Record<string, unknown>> {
    return body === undefined
      ? this.#send(method, path, undefined, undefined)
      : this.#send(method, path, "application/json", JSON.stringify(body));
  }

  /** Sends raw bytes. */
  upload(path: string, bytes: Uint8Array): Promise<Record<string, unknown>> {
    return this.#send("POST", path, "application/octet-stream", bytes);
  }

  async #send(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    contentType: string | undefined,
    body: Uint8Array | string | undefined,
  ): Promise<Record<string, unknown>> {
    const { baseUrl, token } = this.#options;
    const reply = await this.#http({
      method,
      url: `${baseUrl.replace(/\/$/, "")}/v1/${path}`,
      // RainMaker takes the bare token, without "Bearer".
      headers: { Authorization: token, ...(contentType === undefined ? {} : { "Content-Type": contentType }) },
      body,
    });
    const fields = readObject(reply.body);
    if (reply.status === 200 && fields !== undefined) return fields;
    const code = fields?.["error_code"];
    throw new CloudRefusal(
      `the backend answered ${method} /v1/${path.replace(/\?.*/, "")} with ${wordsOf(reply, fields)}`,
      typeof code === "number" ? code : undefined,
      reply.status,
    );
  }
}

/** `?a=1&b=2`, without the empty ones; "" where nothing is left. */
export function queryOf(fields: Readonly<Record<string, string>>): string {
  const filled = Object.entries(fields).filter(([, value]) => value !== "");
  if (filled.length === 0) return "";
  return `?${filled.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}

/** A text of an answer; throws a sentence that names it and the question. */
export function textField(fields: Record<string, unknown>, name: string, question: string): string {
  const value = fields[name];
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`the backend answered ${question} without ${name}`);
}

/** Whether a value of an answer is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wordsOf(reply: HttpReply, fields: Record<string, unknown> | undefined): string {
  const description = fields?.["description"];
  const code = fields?.["error_code"];
  const words = typeof description === "string" ? `: ${description.slice(0, 500)}` : "";
  return `status ${reply.status}${typeof code === "number" ? ` (code ${code})` : ""}${words}`;
}

function readObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
