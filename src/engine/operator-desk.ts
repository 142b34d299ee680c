/** What a person would do in the backend's console for a run: enrol its nodes, upload, create jobs, read beliefs. */
import { BELIEFS } from "../base/belief.ts";
import type { Adapter, Approval, Cancellation, JobPlan, JobTargets, OperatorHalf } from "../adapters/adapter.ts";
import { assert } from "../base/assert.ts";
import { cohortOf } from "../fleet/fleet.ts";
import { nodeIdOf, nodeOfId } from "../fleet/node-id.ts";
import { NO_BELIEF } from "../measure/run-facts.ts";
import { imageNumbersOf, imagesOf } from "../scenario/job-images.ts";
import type { JobScenario, Scenario } from "../scenario/scenario.ts";
import { membersOf, targetsOf } from "../scenario/targets.ts";
import { BackendFailure } from "./backend-failure.ts";

export class OperatorDesk {
  readonly ids: readonly string[];
  readonly #scenario: Scenario;
  readonly #adapter: Adapter;
  readonly #operator: OperatorHalf;
  readonly #prefix: string;
  /** Names of images, groups and jobs begin with it, where others may have some of the same name. */
  readonly #namePrefix: string;
  #hasEnrolled = false;
  readonly #imageIds: string[] = [];
  readonly #groupIds = new Map<string, string>();
  readonly #jobIds: (string | undefined)[] = [];

  /** @param prefix what all ids of the run's nodes begin with */
  constructor(scenario: Scenario, adapter: Adapter, operator: OperatorHalf, prefix: string) {
    this.#scenario = scenario;
    this.#adapter = adapter;
    this.#operator = operator;
    this.#prefix = prefix;
    this.#namePrefix = scenario.backend.urls.length > 0 ? prefix : "";
    this.ids = Array.from({ length: scenario.fleet.nodes }, (_, node) => nodeIdOf(prefix, node));
  }

  /** Makes all nodes known; answers their secrets, by index. */
  enrol(): Promise<readonly string[]> {
    const { fleet } = this.#scenario;
    const nodes = this.ids.map((id, node) => {
      const { project, version, type, model } = cohortOf(fleet, node).runs;
      return { id, project, version, type, model };
    });
    this.#hasEnrolled = true;
    return asFailure("enrol the nodes", () => this.#operator.enrol(nodes));
  }

  /** @param images in the order of `imagesOf` */
  async upload(images: readonly Uint8Array[]): Promise<void> {
    for (const [number, { project, version }] of imagesOf(this.#scenario).entries()) {
      const bytes = images[number];
      assert(bytes !== undefined, "every image of a run has its bytes");
      const image = { name: `${this.#namePrefix}${project}`, version, project, bytes };
      this.#imageIds[number] = await asFailure("upload the image", () => this.#operator.upload(image));
    }
  }

  /** Makes the groups that jobs are for, where the backend has groups; else their nodes are named one by one. */
  async createGroups(): Promise<void> {
    const { groups, jobs } = this.#scenario;
    if (!this.#adapter.can.groups || !jobs.some(({ targets }) => targets.kind === "groups")) return;
    for (const { name, parent } of groups) {
      const group = {
        name: `${this.#namePrefix}${name}`,
        nodeIds: this.#idsOf(membersOf(this.#scenario, name, false)),
        parentId: parent === undefined ? undefined : this.#groupIds.get(parent),
      };
      this.#groupIds.set(name, await asFailure(`create the group ${name}`, () => this.#operator.createGroup(group)));
    }
  }

  /** Creates a job of the scenario; answers its id on the wire. Throws with the backend's own words. */
  async createJob(number: number): Promise<string> {
    const job = this.#scenario.jobs[number];
    assert(job !== undefined, `the scenario has a job ${number}`);
    const jobId = await this.#operator.createJob(this.#planOf(job, number));
    this.#jobIds[number] = jobId;
    return jobId;
  }

  /** Whether a job was created. */
  hasJob(number: number): boolean {
    return this.#jobIds[number] !== undefined;
  }

  /** Throws with the backend's own words where it does not. */
  cancelJob(number: number): Promise<Cancellation> {
    return this.#operator.cancelJob(this.#idOfJob(number));
  }

  /** Approves a job for a node, as its user would. */
  approve(number: number, node: number): Promise<Approval> {
    const [id] = this.#idsOf([node]);
    assert(id !== undefined, `node ${node} has an id`);
    return this.#operator.approve(this.#idOfJob(number), id);
  }

  /** What the backend has on record for each node of a job; undefined = it does not say, or there is no such job. */
  async beliefs(number: number): Promise<Uint8Array | undefined> {
    const jobId = this.#jobIds[number];
    if (jobId === undefined || !this.#adapter.can.beliefs) return undefined;
    const told = await this.#operator.beliefs(jobId);
    const beliefs = new Uint8Array(this.#scenario.fleet.nodes).fill(NO_BELIEF);
    for (const [id, { belief }] of told) {
      const node = nodeOfId(this.#prefix, id);
      if (node !== undefined && node < beliefs.length) beliefs[node] = BELIEFS.indexOf(belief);
    }
    return beliefs;
  }

  /** The backend's own counters; empty where it shows none. */
  async counters(): Promise<Readonly<Record<string, number>>> {
    return (await this.#operator.counters()) ?? {};
  }

  /**
   * Cancels the run's jobs, removes its groups and nodes, and archives jobs and images where the backend has an
   * archive, so that one that outlives the run keeps no load. Answers a sentence where they stay.
   */
  async leave(): Promise<string | undefined> {
    if (!this.#hasEnrolled) return undefined;
    try {
      for (const jobId of this.#jobIds)
        if (jobId !== undefined) await this.#operator.cancelJob(jobId).catch(isNoMatter);
      // A group is made after the one that it is a part of, and goes before it.
      for (const groupId of [...this.#groupIds.values()].toReversed()) await this.#operator.removeGroup(groupId);
      await this.#operator.removeNodes(this.#prefix);
      const jobIds = this.#jobIds.filter((id) => id !== undefined);
      await this.#operator.archive?.(jobIds, this.#imageIds);
      return undefined;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return `the run's nodes and jobs stay on the backend: ${words}`;
    }
  }

  #planOf(job: JobScenario, number: number): JobPlan {
    const { name, trigger, window, validity, metadata, priority, timeoutUs } = job;
    const hours =
      window?.startMinute === undefined || window.endMinute === undefined
        ? undefined
        : { startMinute: window.startMinute, endMinute: window.endMinute };
    const imageId = this.#imageIds[imageNumbersOf(this.#scenario)[number] ?? -1];
    assert(imageId !== undefined, "images are uploaded before jobs are created");
    return {
      name: `${this.#namePrefix}${name}`,
      imageId,
      targets: this.#targetsOf(job),
      trigger,
      window: hours,
      // A scenario that came through JSON lacks what was undefined in it.
      validity: validity && { startSeconds: validity.startSeconds, endSeconds: validity.endSeconds },
      metadata,
      priority,
      timeoutSeconds: timeoutUs === undefined ? undefined : timeoutUs / 1e6,
    };
  }

  #targetsOf(job: JobScenario): JobTargets {
    const { targets } = job;
    if (targets.kind === "dynamic") {
      const { type, model, version } = targets;
      return { kind: "dynamic", type, model, version };
    }
    if (targets.kind === "groups" && this.#adapter.can.groups) {
      return { kind: "groups", ids: targets.names.flatMap((name) => this.#groupIds.get(name) ?? []) };
    }
    return { kind: "nodes", ids: this.#idsOf(targetsOf(this.#scenario, job)) };
  }

  #idsOf(nodes: Iterable<number>): readonly string[] {
    return [...nodes].flatMap((node) => this.ids[node] ?? []);
  }

  #idOfJob(number: number): string {
    const id = this.#jobIds[number];
    assert(id !== undefined, `job ${number} was created`);
    return id;
  }
}

/** A backend that refuses what must come before a run cannot be used; its own words say why. */
export async function asFailure<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BackendFailure) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new BackendFailure(`The backend did not let the run ${what}: ${words}`, { cause: error });
  }
}

/** A backend that is gone tells so at the next question. */
function isNoMatter(): void {}
