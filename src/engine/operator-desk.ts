/** What a person would do in the backend's console for a run: enrol its nodes, upload, create jobs, read beliefs. */
import { BELIEFS } from "../base/belief.ts";
import type { Adapter, Approval, Cancellation, JobPlan, JobTargets, OperatorHalf } from "../adapters/adapter.ts";
import { assert } from "../base/assert.ts";
import { runsOf } from "../fleet/fleet-rows.ts";
import { nodeIdOf, nodeOfId } from "../fleet/node-id.ts";
import { NO_BELIEF } from "../measure/run-facts.ts";
import { imageNumbersOf, imagesOf } from "../scenario/job-images.ts";
import { lateImages } from "../scenario/operator-course.ts";
import type { JobScenario, Scenario } from "../scenario/scenario.ts";
import { membersOf, targetsOf } from "../scenario/targets.ts";
import type { BatchCounts } from "../scenario/rollout-policy.ts";
import { BackendFailure } from "./backend-failure.ts";
import { JobBatches } from "./job-batches.ts";

export class OperatorDesk {
  readonly ids: readonly string[];
  readonly #scenario: Scenario;
  readonly #adapter: Adapter;
  readonly #operator: OperatorHalf;
  readonly #prefix: string;
  /** Names of images, groups and jobs begin with it, where others may have some of the same name. */
  readonly #namePrefix: string;
  #hasEnrolled = false;
  readonly #imageIds: (string | undefined)[] = [];
  /** By number; those that the timeline brings. */
  readonly #lateBytes = new Map<number, Uint8Array>();
  readonly #groupIds = new Map<string, string>();
  /** By job of the scenario: the one job of the backend, or those of its batches. */
  readonly #jobIds: string[][] = [];
  /** Those batches with their nodes; a job that is released at once is one batch. */
  readonly #batches = new JobBatches();

  /** @param prefix what all ids of the run's nodes begin with */
  constructor(scenario: Scenario, adapter: Adapter, operator: OperatorHalf, prefix: string) {
    this.#scenario = scenario;
    this.#adapter = adapter;
    this.#operator = operator;
    this.#prefix = prefix;
    this.#namePrefix = scenario.backend.urls.length > 0 ? prefix : "";
    this.ids = Array.from({ length: scenario.fleet.nodes }, (_, node) => nodeIdOf(prefix, node));
  }

  /** By job of the scenario: the backend's ids of it, one, or one a batch. */
  get jobIds(): readonly (readonly string[] | undefined)[] {
    return this.#jobIds;
  }

  /** Makes all nodes known; answers their secrets, by index. */
  enrol(): Promise<readonly string[]> {
    const { fleet } = this.#scenario;
    const nodes = this.ids.map((id, node) => {
      const { project, version, type, model } = runsOf(fleet, node);
      return { id, project, version, type, model };
    });
    this.#hasEnrolled = true;
    return asFailure("enrol the nodes", () => this.#operator.enrol(nodes));
  }

  /**
   * Uploads all images but those that the timeline brings later.
   *
   * @param images in the order of `imagesOf`
   */
  async upload(images: readonly Uint8Array[]): Promise<void> {
    const late = lateImages(this.#scenario);
    for (const number of imagesOf(this.#scenario).keys()) {
      const bytes = images[number];
      assert(bytes !== undefined, "every image of a run has its bytes");
      if (late.has(number)) this.#lateBytes.set(number, bytes);
      else this.#imageIds[number] = await asFailure("upload the image", () => this.#upload(number, bytes));
    }
  }

  /** Uploads the image of a job where the timeline brings it. Throws with the backend's own words. */
  async uploadFor(job: number): Promise<void> {
    const number = imageNumbersOf(this.#scenario)[job] ?? -1;
    const bytes = this.#lateBytes.get(number);
    // Two jobs may bring the same image.
    if (bytes === undefined || this.#imageIds[number] !== undefined) return;
    this.#imageIds[number] = await this.#upload(number, bytes);
  }

  #upload(number: number, bytes: Uint8Array): Promise<string> {
    const plan = imagesOf(this.#scenario)[number];
    assert(plan !== undefined, "an image of a run is one of the scenario's");
    const { project, version } = plan;
    return this.#operator.upload({ name: `${this.#namePrefix}${project}`, version, project, bytes });
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

  /**
   * Creates a job of the scenario, or a batch of one; answers its id on the wire. Throws with the backend's own words.
   *
   * @param nodes those of the targets that it is for; left out: all
   */
  async createJob(number: number, nodes?: Uint32Array): Promise<string> {
    const job = this.#scenario.jobs[number];
    assert(job !== undefined, `the scenario has a job ${number}`);
    const known = (this.#jobIds[number] ??= []);
    const plan = this.#planOf(job, number);
    if (nodes === undefined) {
      const jobId = await this.#operator.createJob(plan);
      known.push(jobId);
      const targets = job.targets.kind === "dynamic" ? Infinity : targetsOf(this.#scenario, job).size;
      this.#batches.addWhole(number, jobId, targets);
      return jobId;
    }
    // A scenario's names have no dot, so no batch is called like another job.
    const name = known.length === 0 ? plan.name : `${plan.name}.${known.length + 1}`;
    const jobId = await this.#operator.createJob({
      ...plan,
      name,
      targets: { kind: "nodes", ids: this.#idsOf(nodes) },
    });
    known.push(jobId);
    this.#batches.add(number, jobId, nodes);
    return jobId;
  }

  /** Whether a job was created. */
  hasJob(number: number): boolean {
    return this.#idsOfJob(number).length > 0;
  }

  /** Cancels a job with all its batches. Throws with the backend's own words where it does not. */
  async cancelJob(number: number): Promise<Cancellation> {
    const answers: Cancellation[] = [];
    let failure: unknown;
    for (const jobId of this.#idsOfJob(number)) {
      try {
        answers.push(await this.#operator.cancelJob(jobId));
      } catch (error) {
        // The others are cancelled all the same: each that goes on is offered to more nodes.
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return answers.includes("cancelled") ? "cancelled" : "over before";
  }

  /** Approves a job for a node, as its user would. */
  approve(number: number, node: number): Promise<Approval> {
    const [id] = this.#idsOf([node]);
    assert(id !== undefined, `node ${node} has an id`);
    const jobId = this.#batches.idFor(number, node) ?? this.#idsOfJob(number)[0];
    assert(jobId !== undefined, `job ${number} was created`);
    return this.#operator.approve(jobId, id);
  }

  /** What is on record for each batch of a job, in the order of their creation. */
  counts(number: number): Promise<readonly BatchCounts[]> {
    return this.#batches.counts(number, (jobId) => this.#operator.beliefs(jobId));
  }

  /** What the backend has on record for each node of a job; undefined = it does not say, or there is no such job. */
  async beliefs(number: number): Promise<Uint8Array | undefined> {
    const jobIds = this.#idsOfJob(number);
    if (jobIds.length === 0 || !this.#adapter.can.beliefs) return undefined;
    const isStaged = this.#scenario.jobs[number]?.rollout !== undefined;
    // A node that was not released is no target of any job of the backend.
    const beliefs = new Uint8Array(this.#scenario.fleet.nodes).fill(isStaged ? BELIEFS.indexOf("none") : NO_BELIEF);
    for (const jobId of jobIds) {
      for (const [id, { belief }] of await this.#operator.beliefs(jobId)) {
        const node = nodeOfId(this.#prefix, id);
        if (node !== undefined && node < beliefs.length) beliefs[node] = BELIEFS.indexOf(belief);
      }
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
      const jobIds = this.#jobIds.flatMap((ids) => ids ?? []);
      for (const jobId of jobIds) await this.#operator.cancelJob(jobId).catch(isNoMatter);
      // A group is made after the one that it is a part of, and goes before it.
      for (const groupId of [...this.#groupIds.values()].toReversed()) await this.#operator.removeGroup(groupId);
      await this.#operator.removeNodes(this.#prefix);
      await this.#operator.archive?.(
        jobIds,
        this.#imageIds.filter((id) => id !== undefined),
      );
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

  #idsOfJob(number: number): readonly string[] {
    return this.#jobIds[number] ?? [];
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
