/** What a person would do in the backend's console for a run: enrol its nodes, upload, create jobs, read beliefs. */
import { BELIEFS } from "../base/belief.ts";
import type { Adapter, OperatorHalf } from "../adapters/adapter.ts";
import { assert } from "../base/assert.ts";
import { cohortOf } from "../fleet/fleet.ts";
import { nodeIdOf, nodeOfId } from "../fleet/node-id.ts";
import { NO_BELIEF } from "../measure/run-facts.ts";
import type { JobScenario, Scenario } from "../scenario/scenario.ts";
import { targetsOf } from "../scenario/targets.ts";
import { BackendFailure } from "./backend-failure.ts";

export class OperatorDesk {
  readonly ids: readonly string[];
  readonly #scenario: Scenario;
  readonly #adapter: Adapter;
  readonly #operator: OperatorHalf;
  readonly #prefix: string;
  #imageId = "";
  readonly #jobIds: (string | undefined)[] = [];

  /** @param prefix what all ids of the run's nodes begin with */
  constructor(scenario: Scenario, adapter: Adapter, operator: OperatorHalf, prefix: string) {
    this.#scenario = scenario;
    this.#adapter = adapter;
    this.#operator = operator;
    this.#prefix = prefix;
    this.ids = Array.from({ length: scenario.fleet.nodes }, (_, node) => nodeIdOf(prefix, node));
  }

  /** Makes all nodes known; answers their secrets, by index. */
  enrol(): Promise<readonly string[]> {
    const { fleet } = this.#scenario;
    const nodes = this.ids.map((id, node) => {
      const { project, version } = cohortOf(fleet, node).runs;
      return { id, project, version, type: project, model: project };
    });
    return asFailure("enrol the nodes", () => this.#operator.enrol(nodes));
  }

  async upload(bytes: Uint8Array): Promise<void> {
    const { project, version } = this.#scenario.image;
    const image = { name: project, version, project, bytes };
    this.#imageId = await asFailure("upload the image", () => this.#operator.upload(image));
  }

  /** Creates a job of the scenario; answers its id on the wire. */
  async createJob(number: number): Promise<string> {
    const job = this.#scenario.jobs[number];
    assert(job !== undefined, `the scenario has a job ${number}`);
    const jobId = await asFailure(`create the job ${job.name}`, () => this.#operator.createJob(this.#planOf(job)));
    this.#jobIds[number] = jobId;
    return jobId;
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

  #planOf({ name, targets, trigger, window, validity, metadata, priority }: JobScenario) {
    const hours =
      window?.startMinute === undefined || window.endMinute === undefined
        ? undefined
        : { startMinute: window.startMinute, endMinute: window.endMinute };
    return {
      name,
      imageId: this.#imageId,
      targets: { kind: "nodes", ids: [...targetsOf(this.#scenario, targets)].map((node) => this.ids[node]!) } as const,
      trigger,
      window: hours,
      // A scenario that came through JSON lacks what was undefined in it.
      validity: validity && { startSeconds: validity.startSeconds, endSeconds: validity.endSeconds },
      metadata,
      priority,
      timeoutSeconds: undefined,
    };
  }
}

/** A backend that refuses what must come before a run cannot be used; its own words say why. */
async function asFailure<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BackendFailure) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new BackendFailure(`The backend did not let the run ${what}: ${words}`, { cause: error });
  }
}
