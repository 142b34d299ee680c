/**
 * What the nodes run when the run ends. Outcomes are counted by node and job, so with several jobs they say of no node
 * which of the images it ended on; here each node counts once.
 */
import { NODE } from "./columns.ts";
import { NO_JOB } from "./event-record.ts";
import type { Firmware, RunPlan } from "./run-plan.ts";
import type { FirmwareResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Kinds of firmware from before that are told one by one. */
const BEFORE_TOLD_MAX = 20;

/** Counts each node by what it runs as of the last record. */
export function firmwareResult({ plan, columns }: RunState): FirmwareResult {
  const kinds = new FirmwareKinds(plan);
  let bricked = 0;
  for (const [number, { from, until, runsOf }] of plan.cohorts.entries()) {
    for (let node = from; node < until; node++) {
      const runs = columns.runs.get(node);
      if ((columns.nodeBits.get(node) & NODE.bricked) !== 0) bricked += 1;
      else if (runs === NO_JOB) kinds.countBefore(number, runsOf?.[node - from] ?? 0);
      else kinds.countImage(runs);
    }
  }
  return { ...kinds.counts(), bricked };
}

/** The kinds of firmware of a run, each once, and how many nodes run them. */
class FirmwareKinds {
  readonly #kinds: { readonly firmware: Firmware; readonly jobs: string[]; nodes: number }[] = [];
  readonly #places = new Map<string, number>();
  readonly #ofJob: readonly number[];
  readonly #ofCohort: readonly (readonly number[])[];
  #others = 0;

  constructor({ jobs, cohorts }: RunPlan) {
    this.#ofJob = jobs.map(({ name, image }, job) => {
      const place = this.#placeOf(image ?? { project: "", version: "" }, image === undefined ? job : undefined);
      this.#kinds[place]!.jobs.push(name);
      return place;
    });
    this.#ofCohort = cohorts.map(({ runs = [] }) => runs.map((firmware) => this.#placeOf(firmware)));
  }

  countImage(job: number): void {
    this.#count(this.#ofJob[job]);
  }

  /** @param run place in the cohort's `runs` */
  countBefore(cohort: number, run: number): void {
    this.#count(this.#ofCohort[cohort]?.[run]);
  }

  counts(): Omit<FirmwareResult, "bricked"> {
    const all = this.#kinds.map(({ firmware, jobs, nodes }) => ({ ...firmware, jobs, nodes }));
    const before = all
      .filter(({ jobs, nodes }) => jobs.length === 0 && nodes > 0)
      .sort((a, b) => b.nodes - a.nodes || order(a.project, b.project) || order(a.version, b.version));
    const told = before.slice(0, BEFORE_TOLD_MAX);
    const untold = before.slice(BEFORE_TOLD_MAX).reduce((sum, { nodes }) => sum + nodes, 0);
    return { images: [...all.filter(({ jobs }) => jobs.length > 0), ...told], others: this.#others + untold };
  }

  #count(place: number | undefined): void {
    if (place === undefined) this.#others += 1;
    else this.#kinds[place]!.nodes += 1;
  }

  /** @param own a job of which nobody says what it installs: it stands for itself */
  #placeOf({ project, version }: Firmware, own?: number): number {
    const key = JSON.stringify([project, version, own]);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#kinds.push({ firmware: { project, version }, jobs: [], nodes: 0 }) - 1;
    this.#places.set(key, place);
    return place;
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
