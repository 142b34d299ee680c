/** The batches of jobs that are released in stages: which backend job is whose, and what is on record for each. */
import { type Belief, RECORDED_BELIEFS, type RecordedBelief } from "../base/belief.ts";
import { type BatchCounts, doneIn } from "../scenario/rollout-policy.ts";

interface Batch {
  readonly jobId: string;
  readonly targets: number;
  /** Once all of it has come to an end on record, the backend is not asked for it again. */
  final: BatchCounts | undefined;
}

/** Asks the backend what it has on record for each node of one of its jobs. */
export type AskBeliefs = (jobId: string) => Promise<ReadonlyMap<string, { readonly belief: Belief }>>;

export class JobBatches {
  readonly #batches = new Map<number, Batch[]>();
  /** By job, then by node: the place of its batch. */
  readonly #placeOf = new Map<number, Map<number, number>>();

  /** A job that is made at once, for so many targets; Infinity = it takes in more. */
  addWhole(job: number, jobId: string, targets: number): void {
    this.#batches.set(job, [{ jobId, targets, final: undefined }]);
  }

  add(job: number, jobId: string, nodes: Uint32Array): void {
    const batches = this.#batches.get(job) ?? [];
    const placeOf = this.#placeOf.get(job) ?? new Map<number, number>();
    for (const node of nodes) placeOf.set(node, batches.length);
    batches.push({ jobId, targets: nodes.length, final: undefined });
    this.#batches.set(job, batches);
    this.#placeOf.set(job, placeOf);
  }

  /** The backend's job for a node; undefined = the job has no batches, or the node is in none of them. */
  idFor(job: number, node: number): string | undefined {
    const place = this.#placeOf.get(job)?.get(node);
    return place === undefined ? undefined : this.#batches.get(job)?.[place]?.jobId;
  }

  async counts(job: number, ask: AskBeliefs): Promise<readonly BatchCounts[]> {
    const all: BatchCounts[] = [];
    for (const batch of this.#batches.get(job) ?? []) {
      const counts = batch.final ?? countsOf(await ask(batch.jobId));
      // `failed` may be followed by another attempt.
      if (doneIn(counts) - counts.failed === batch.targets) batch.final = counts;
      all.push(counts);
    }
    return all;
  }
}

function countsOf(beliefs: ReadonlyMap<string, { readonly belief: Belief }>): BatchCounts {
  const counts = Object.fromEntries(RECORDED_BELIEFS.map((word) => [word, 0])) as Record<RecordedBelief, number>;
  // What the backend does not say is no report.
  for (const { belief } of beliefs.values()) counts[belief === "unknown" ? "none" : belief] += 1;
  return counts;
}
