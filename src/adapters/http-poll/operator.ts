/**
 * The operator's side of the plain HTTP backend: it enrols nodes, puts images, and writes the manifest that nodes
 * poll. Errors name the request and what was answered.
 *
 *     POST   <base>/admin/nodes              {"nodes":[{id, project, version}]}  -> {"secrets":[...]}
 *     PUT    <base>/admin/images/<name>      the bytes; ?project=&version=       -> {"image":"..."}
 *     PUT    <base>/admin/manifests/<name>   {image, targets, window, validity, metadata} -> {"job":"..."}
 *     DELETE <base>/admin/nodes?prefix=ota-1a2b3c4d-                             those of a run, at its end
 *     DELETE <base>/admin/manifests/<job>    no more answers with it; 404 = it was over before
 *     GET    <base>/admin/manifests/<job>/statuses?from=N -> {"statuses":[{node, status, info}], "next":N}
 *     GET    <base>/admin/counters           -> {"name": count}
 */
import { type Belief, BELIEFS } from "../../base/belief.ts";
import type {
  AdapterOperatorOptions,
  Approval,
  Cancellation,
  EnrolNode,
  HttpPort,
  HttpReply,
  JobPlan,
  OperatorHalf,
} from "../adapter.ts";

const ENROL_AT_ONCE = 500;
/** Pages of statuses that are asked for at most: ten million nodes at a thousand a page. */
const PAGES_MAX = 10_000;

export class HttpPollOperator implements OperatorHalf {
  readonly #base: string;
  readonly #token: string;
  readonly #http: HttpPort;

  constructor(options: AdapterOperatorOptions, http: HttpPort) {
    this.#base = `${options.baseUrl.replace(/\/+$/, "")}/admin`;
    this.#token = options.token;
    this.#http = http;
  }

  async enrol(nodes: readonly EnrolNode[]): Promise<readonly string[]> {
    const secrets: string[] = [];
    for (let from = 0; from < nodes.length; from += ENROL_AT_ONCE) {
      const part = nodes
        .slice(from, from + ENROL_AT_ONCE)
        .map(({ id, project, version }) => ({ id, project, version }));
      const answer = await this.#ask("POST", "/nodes", { nodes: part });
      const given = answer["secrets"];
      if (!Array.isArray(given) || given.length !== part.length) {
        throw new Error(`POST /admin/nodes answered no secret for each of ${part.length} nodes`);
      }
      secrets.push(...given.map(String));
    }
    return secrets;
  }

  async upload(image: { name: string; version: string; project: string; bytes: Uint8Array }): Promise<string> {
    const query = `project=${encodeURIComponent(image.project)}&version=${encodeURIComponent(image.version)}`;
    const answer = await this.#ask("PUT", `/images/${encodeURIComponent(image.name)}?${query}`, image.bytes);
    return textOf(answer, "image", "PUT /admin/images");
  }

  async createGroup(): Promise<string> {
    throw new Error("a plain HTTP backend knows no groups: name the nodes of a job");
  }

  async createJob(plan: JobPlan): Promise<string> {
    const { imageId, targets, validity, metadata } = plan;
    if (targets.kind !== "nodes") {
      throw new Error(`a plain HTTP backend knows no ${targets.kind} targets: name the nodes of the job ${plan.name}`);
    }
    if (plan.trigger !== "default") {
      throw new Error(`a plain HTTP backend knows no ${plan.trigger} jobs: its nodes ask for ${plan.name} themselves`);
    }
    if (plan.timeoutSeconds !== undefined) {
      throw new Error(`a plain HTTP backend knows no timeout: end the job ${plan.name} by a cancel`);
    }
    const window = plan.window && { start: plan.window.startMinute, end: plan.window.endMinute };
    const answer = await this.#ask("PUT", `/manifests/${encodeURIComponent(plan.name)}`, {
      image: imageId,
      targets: targets.ids,
      window,
      validity: validity && { start: validity.startSeconds, end: validity.endSeconds },
      metadata,
    });
    return textOf(answer, "job", "PUT /admin/manifests");
  }

  async removeGroup(): Promise<void> {
    throw new Error("a plain HTTP backend knows no groups");
  }

  async removeNodes(prefix: string): Promise<void> {
    const reply = await this.#send("DELETE", `/nodes?prefix=${encodeURIComponent(prefix)}`, undefined);
    if (reply.status !== 404 && reply.status !== 405) objectOf(reply, "DELETE /admin/nodes");
  }

  async cancelJob(jobId: string): Promise<Cancellation> {
    const reply = await this.#send("DELETE", `/manifests/${encodeURIComponent(jobId)}`, undefined);
    if (reply.status === 404) return "over before";
    objectOf(reply, `DELETE /admin/manifests/${encodeURIComponent(jobId)}`);
    return "cancelled";
  }

  async approve(): Promise<Approval> {
    throw new Error("a plain HTTP backend knows no approval by users: create the job with the trigger default");
  }

  async beliefs(jobId: string): Promise<ReadonlyMap<string, { readonly belief: Belief; readonly info: string }>> {
    const beliefs = new Map<string, { belief: Belief; info: string }>();
    let from = 0;
    for (let page = 0; page < PAGES_MAX; page++) {
      const answer = await this.#ask("GET", `/manifests/${encodeURIComponent(jobId)}/statuses?from=${from}`, undefined);
      const statuses = Array.isArray(answer["statuses"]) ? (answer["statuses"] as Record<string, unknown>[]) : [];
      for (const { node, status, info } of statuses) {
        const belief = BELIEFS.find((word) => word === status) ?? "unknown";
        if (typeof node === "string") beliefs.set(node, { belief, info: typeof info === "string" ? info : "" });
      }
      const next = Number(answer["next"]);
      if (!Number.isSafeInteger(next) || next <= from) return beliefs;
      from = next;
    }
    throw new Error(`GET /admin/manifests named a next page of statuses ${PAGES_MAX} times`);
  }

  async counters(): Promise<Readonly<Record<string, number>> | undefined> {
    const reply = await this.#send("GET", "/counters", undefined);
    if (reply.status === 404) return undefined;
    const answer = objectOf(reply, "GET /admin/counters");
    return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, Number(value)]));
  }

  async #ask(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body: unknown): Promise<Record<string, unknown>> {
    return objectOf(await this.#send(method, path, body), `${method} /admin${path.split("?")[0]}`);
  }

  async #send(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body: unknown): Promise<HttpReply> {
    const isBytes = body instanceof Uint8Array;
    return this.#http({
      method,
      url: `${this.#base}${path}`,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "content-type": isBytes ? "application/octet-stream" : "application/json" }),
      },
      body: body === undefined ? undefined : isBytes ? body : JSON.stringify(body),
    });
  }
}

function objectOf(reply: HttpReply, what: string): Record<string, unknown> {
  const text = new TextDecoder().decode(reply.body);
  if (reply.status < 200 || reply.status > 299) {
    throw new Error(`${what} answered HTTP ${reply.status}: ${text.slice(0, 200)}`);
  }
  if (text === "") return {};
  try {
    const answer: unknown = JSON.parse(text);
    if (answer !== null && typeof answer === "object" && !Array.isArray(answer))
      return answer as Record<string, unknown>;
  } catch {
    // Said below, in one way for both.
  }
  throw new Error(`${what} answered what is no JSON object: ${text.slice(0, 200)}`);
}

function textOf(answer: Record<string, unknown>, key: string, what: string): string {
  const value = answer[key];
  if (typeof value !== "string" || value === "") throw new Error(`${what} answered no "${key}"`);
  return value;
}
