/**
 * The operator half for RainMaker's admin API, as the embedded backend serves it: enrol, upload, groups, jobs,
 * approvals, beliefs. Paths and fields: the published API of ESP RainMaker, sections otaimage, node_group, otajob and
 * ota_update; `admin/nodes` with secrets and `otaimage/upload` with raw bytes are the embedded backend's own.
 */
import { BELIEFS, type Belief } from "../../base/belief.ts";
import type {
  AdapterOperatorOptions,
  Approval,
  Cancellation,
  EnrolNode,
  GroupPlan,
  HttpPort,
  JobPlan,
  JobTargets,
  OperatorHalf,
} from "../adapter.ts";
import { CloudApi, CloudRefusal, isObject, queryOf, textField } from "./cloud-api.ts";

/** Nodes in one enrolment, so that no request holds the backend's event loop for long. */
const ENROL_BATCH = 500;
/** RainMaker takes so many nodes of a group in one call. */
const GROUP_BATCH = 100;
/** Beliefs in one answer. */
const BELIEFS_PAGE = 5_000;
/** A backend that names a next page for ever must not hold the run. */
const PAGES_MAX = 10_000;
/** RainMaker's numbers of the refusals that are answers to an approval. */
const NODE_OFFLINE = 102001;
/** And of that to a cancel where no job is to be cancelled any more. */
const JOB_UNKNOWN = 105015;
const NOTHING_TO_APPROVE: readonly (number | undefined)[] = [105036, 105061];

interface TargetBelief {
  readonly belief: Belief;
  readonly info: string;
}

/** The operator of a RainMaker-like backend at `options.baseUrl`, with the token of `options`. */
export class RainmakerOperator implements OperatorHalf {
  readonly #cloud: CloudApi;

  constructor(options: AdapterOperatorOptions, http: HttpPort) {
    this.#cloud = new CloudApi(options, http);
  }

  async enrol(nodes: readonly EnrolNode[]): Promise<readonly string[]> {
    const secrets: string[] = [];
    for (let from = 0; from < nodes.length; from += ENROL_BATCH) {
      secrets.push(...(await enrolBatch(this.#cloud, nodes.slice(from, from + ENROL_BATCH))));
    }
    return secrets;
  }

  async upload(image: Parameters<OperatorHalf["upload"]>[0]): Promise<string> {
    const query = queryOf({ image_name: image.name, fw_version: image.version, project: image.project });
    const reply = await this.#cloud.upload(`admin/otaimage/upload${query}`, image.bytes);
    return textField(reply, "ota_image_id", "the upload of the image");
  }

  async createGroup({ name, nodeIds, parentId }: GroupPlan): Promise<string> {
    const first = nodeIds.slice(0, GROUP_BATCH);
    const reply = await this.#cloud.call("POST", "admin/node_group", {
      group_name: name,
      ...(parentId === undefined ? {} : { parent_group_id: parentId }),
      ...(first.length === 0 ? {} : { nodes: first }),
    });
    const id = textField(reply, "group_id", "the creation of the group");
    for (let from = GROUP_BATCH; from < nodeIds.length; from += GROUP_BATCH) {
      const nodes = nodeIds.slice(from, from + GROUP_BATCH);
      await this.#cloud.call("PUT", `admin/node_group${queryOf({ group_id: id })}`, { operation: "ADD", nodes });
    }
    return id;
  }

  async createJob(plan: JobPlan): Promise<string> {
    const query = queryOf({
      force_push: plan.trigger === "force-push" ? "true" : "",
      user_approval: plan.trigger === "user-approved" ? "true" : "",
    });
    const reply = await this.#cloud.call("POST", `admin/otajob${query}`, jobBody(plan));
    return textField(reply, "ota_job_id", "the creation of the job");
  }

  async approve(jobId: string, nodeId: string): Promise<Approval> {
    try {
      await this.#cloud.call("POST", "user/nodes/ota_update", { ota_job_id: jobId, node_id: nodeId });
      return "approved";
    } catch (error) {
      if (error instanceof CloudRefusal && error.code === NODE_OFFLINE) return "offline";
      if (error instanceof CloudRefusal && NOTHING_TO_APPROVE.includes(error.code)) return "nothing to approve";
      throw error;
    }
  }

  async removeGroup(groupId: string): Promise<void> {
    await this.#cloud.call("DELETE", `admin/node_group${queryOf({ group_id: groupId })}`);
  }

  async removeNodes(prefix: string): Promise<void> {
    try {
      await this.#cloud.call("DELETE", `admin/nodes${queryOf({ prefix })}`);
    } catch (error) {
      // RainMaker itself keeps the nodes that it has certified.
      if (!(error instanceof CloudRefusal && (error.status === 404 || error.status === 405))) throw error;
    }
  }

  async cancelJob(jobId: string): Promise<Cancellation> {
    try {
      await this.#cloud.call("PUT", "admin/otajob", { ota_job_id: jobId });
      return "cancelled";
    } catch (error) {
      if (error instanceof CloudRefusal && error.status === 404 && error.code === JOB_UNKNOWN) return "over before";
      throw error;
    }
  }

  async archive(jobIds: readonly string[], imageIds: readonly string[]): Promise<void> {
    const asked = [
      ...jobIds.map((id) => () => this.#cloud.call("PUT", "admin/otajob", { ota_job_id: id, archive: "true" })),
      ...imageIds.map((id) => () => {
        return this.#cloud.call("PUT", `admin/otaimage${queryOf({ ota_image_id: id, archive: "true" })}`);
      }),
    ];
    for (const ask of asked) {
      try {
        await ask();
      } catch (error) {
        // Old clouds archive cancelled jobs only; a finished one that stays in the lists does no harm.
        if (!(error instanceof CloudRefusal)) throw error;
      }
    }
  }

  beliefs(jobId: string): Promise<ReadonlyMap<string, TargetBelief>> {
    return readBeliefs(this.#cloud, jobId);
  }

  async counters(): Promise<Readonly<Record<string, number>> | undefined> {
    const { counters } = await this.#cloud.call("GET", "admin/counters");
    if (!isObject(counters)) return undefined;
    const numbers = Object.entries(counters).filter((entry): entry is [string, number] => typeof entry[1] === "number");
    return Object.fromEntries(numbers);
  }
}

async function enrolBatch(cloud: CloudApi, nodes: readonly EnrolNode[]): Promise<readonly string[]> {
  const described = nodes.map(({ id, project, version, type, model }) => ({
    node_id: id,
    project,
    fw_version: version,
    type,
    model,
  }));
  const { secrets } = await cloud.call("POST", "admin/nodes", { nodes: described });
  if (Array.isArray(secrets) && secrets.length === nodes.length && secrets.every((one) => typeof one === "string")) {
    return secrets;
  }
  throw new Error(`the backend answered the enrolment of ${nodes.length} nodes without a secret for each`);
}

function jobBody(plan: JobPlan): Record<string, unknown> {
  const { window, validity, timeoutSeconds } = plan;
  const metadata = {
    ...plan.metadata,
    ...(window === undefined ? {} : { download_window: { start: window.startMinute, end: window.endMinute } }),
    // JSON leaves out a bound that is undefined, which is how RainMaker writes "no such bound".
    ...(validity === undefined ? {} : { validity: { start: validity.startSeconds, end: validity.endSeconds } }),
  };
  return {
    ota_job_name: plan.name,
    ota_image_id: plan.imageId,
    ...targetFields(plan.targets),
    ...(plan.priority === undefined ? {} : { priority: plan.priority }),
    ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

/** A condition that is undefined is left out by JSON. */
function targetFields(targets: JobTargets): Record<string, unknown> {
  if (targets.kind === "nodes") return { nodes: targets.ids };
  if (targets.kind === "groups") return { groups: targets.ids };
  return { node_type: targets.type, node_model: targets.model, node_fw_version: targets.version };
}

async function readBeliefs(cloud: CloudApi, jobId: string): Promise<ReadonlyMap<string, TargetBelief>> {
  const beliefs = new Map<string, TargetBelief>();
  let startId = "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = queryOf({ ota_job_id: jobId, num_records: String(BELIEFS_PAGE), start_id: startId });
    const reply = await cloud.call("GET", `admin/otajob/status${query}`);
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
