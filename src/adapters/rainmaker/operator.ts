/**
 * The operator half for RainMaker's admin API, as the embedded backend serves it: enrol, upload, jobs, beliefs.
 * Paths and fields: the published API of ESP RainMaker, sections otaimage and otajob; `admin/nodes` with secrets and
 * `otaimage/upload` with raw bytes are the embedded backend's own. It has no socket: the engine hands HTTP in.
 */
import { BELIEFS, type Belief } from "../../base/belief.ts";
import type { AdapterOperatorOptions, EnrolNode, HttpPort, HttpReply, JobPlan, OperatorHalf } from "../adapter.ts";

/** Nodes in one enrolment, so that no request holds the backend's event loop for long. */
const ENROL_BATCH = 500;
/** Beliefs in one answer. */
const BELIEFS_PAGE = 5_000;
/** A backend that names a next page for ever must not hold the run. */
const PAGES_MAX = 10_000;

interface TargetBelief {
  readonly belief: Belief;
  readonly info: string;
}

/** The operator of a RainMaker-like backend at `options.baseUrl`, with the token of `options`. */
export class RainmakerOperator implements OperatorHalf {
  readonly #admin: AdminApi;

  constructor(options: AdapterOperatorOptions, http: HttpPort) {
    this.#admin = new AdminApi(options, http);
  }

  async enrol(nodes: readonly EnrolNode[]): Promise<readonly string[]> {
    const secrets: string[] = [];
    for (let from = 0; from < nodes.length; from += ENROL_BATCH) {
      secrets.push(...(await enrolBatch(this.#admin, nodes.slice(from, from + ENROL_BATCH))));
    }
    return secrets;
  }

  async upload(image: Parameters<OperatorHalf["upload"]>[0]): Promise<string> {
    const query = queryOf({ image_name: image.name, fw_version: image.version, project: image.project });
    const reply = await this.#admin.call("POST", `otaimage/upload${query}`, "application/octet-stream", image.bytes);
    return textField(reply, "ota_image_id", "the upload of the image");
  }

  async createJob(plan: JobPlan): Promise<string> {
    const query = queryOf({ force_push: String(plan.trigger === "force-push") });
    const reply = await this.#admin.call("POST", `otajob${query}`, "application/json", JSON.stringify(jobBody(plan)));
    return textField(reply, "ota_job_id", "the creation of the job");
  }

  async cancelJob(jobId: string): Promise<void> {
    await this.#admin.call("PUT", "otajob", "application/json", JSON.stringify({ ota_job_id: jobId }));
  }

  beliefs(jobId: string): Promise<ReadonlyMap<string, TargetBelief>> {
    return readBeliefs(this.#admin, jobId);
  }

  async counters(): Promise<Readonly<Record<string, number>> | undefined> {
    const { counters } = await this.#admin.call("GET", "counters", undefined, undefined);
    if (!isObject(counters)) return undefined;
    const numbers = Object.entries(counters).filter((entry): entry is [string, number] => typeof entry[1] === "number");
    return Object.fromEntries(numbers);
  }
}

class AdminApi {
  readonly #options: AdapterOperatorOptions;
  readonly #http: HttpPort;

  constructor(options: AdapterOperatorOptions, http: HttpPort) {
    this.#options = options;
    this.#http = http;
  }

  /** One request under `/v1/admin/`; the answer's object. Throws with the backend's own words for anything else. */
  async call(
    method: "GET" | "POST" | "PUT",
    path: string,
    contentType: string | undefined,
    body: Uint8Array | string | undefined,
  ): Promise<Record<string, unknown>> {
    const { baseUrl, token } = this.#options;
    const reply = await this.#http({
      method,
      url: `${baseUrl.replace(/\/$/, "")}/v1/admin/${path}`,
      // RainMaker takes the bare token, without "Bearer".
      headers: { Authorization: token, ...(contentType === undefined ? {} : { "Content-Type": contentType }) },
      body,
    });
    const fields = readObject(reply.body);
    if (reply.status === 200 && fields !== undefined) return fields;
    throw new Error(
      `the backend answered ${method} /v1/admin/${path.replace(/\?.*/, "")} with ${wordsOf(reply, fields)}`,
    );
  }
}

async function enrolBatch(admin: AdminApi, nodes: readonly EnrolNode[]): Promise<readonly string[]> {
  const body = { nodes: nodes.map(({ id, project, version }) => ({ node_id: id, project, fw_version: version })) };
  const { secrets } = await admin.call("POST", "nodes", "application/json", JSON.stringify(body));
  if (Array.isArray(secrets) && secrets.length === nodes.length && secrets.every((one) => typeof one === "string")) {
    return secrets;
  }
  throw new Error(`the backend answered the enrolment of ${nodes.length} nodes without a secret for each`);
}

function jobBody(plan: JobPlan): Record<string, unknown> {
  const { window, validity } = plan;
  const metadata = {
    ...plan.metadata,
    ...(window === undefined ? {} : { download_window: { start: window.startMinute, end: window.endMinute } }),
    // JSON leaves out a bound that is undefined, which is how RainMaker writes "no such bound".
    ...(validity === undefined ? {} : { validity: { start: validity.startSeconds, end: validity.endSeconds } }),
  };
  return {
    ota_job_name: plan.name,
    ota_image_id: plan.imageId,
    nodes: plan.targets,
    ...(plan.priority === undefined ? {} : { priority: plan.priority }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

async function readBeliefs(admin: AdminApi, jobId: string): Promise<ReadonlyMap<string, TargetBelief>> {
  const beliefs = new Map<string, TargetBelief>();
  let startId = "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = queryOf({ ota_job_id: jobId, num_records: String(BELIEFS_PAGE), start_id: startId });
    const reply = await admin.call("GET", `otajob/status${query}`, undefined, undefined);
    const statuses = reply["node_ota_status"];
    if (!Array.isArray(statuses))
      throw new Error("the backend answered the question for beliefs without node_ota_status");
    for (const status of statuses) {
      if (!isObject(status) || typeof status["node_id"] !== "string") continue;
      const info = status["additional_info"];
      beliefs.set(status["node_id"], {
        belief: beliefOf(status["status"]),
        info: typeof info === "string" ? info : "",
      });
    }
    const next = reply["next_id"];
    if (typeof next !== "string" || next === "") return beliefs;
    startId = next;
  }
  throw new Error(`the backend named a next page of beliefs ${PAGES_MAX} times`);
}

function beliefOf(word: unknown): Belief {
  return BELIEFS.find((belief) => belief === word) ?? "unknown";
}

/** `?a=1&b=2`, without the empty ones. */
function queryOf(fields: Readonly<Record<string, string>>): string {
  const filled = Object.entries(fields).filter(([, value]) => value !== "");
  return `?${filled.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}

function textField(fields: Record<string, unknown>, name: string, question: string): string {
  const value = fields[name];
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`the backend answered ${question} without ${name}`);
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
