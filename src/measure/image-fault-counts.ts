/** Faults that the images of jobs bring, counted by job and fault. Few images have any, so few are kept. */

/** Numbers of faults have eight bits. */
const FAULTS = 256;

export class ImageFaultCounts {
  readonly #drawn = new Map<number, number>();
  readonly #fired = new Map<number, number>();

  drawn(job: number, fault: number): void {
    add(this.#drawn, job * FAULTS + fault, 1);
  }

  fired(job: number, fault: number): void {
    add(this.#fired, job * FAULTS + fault, 1);
  }

  /** Of the images of some jobs. */
  of(jobs: readonly number[], fault: number): { readonly drawn: number; readonly fired: number } {
    const sumOf = (counts: ReadonlyMap<number, number>): number =>
      jobs.reduce((sum, job) => sum + (counts.get(job * FAULTS + fault) ?? 0), 0);
    return { drawn: sumOf(this.#drawn), fired: sumOf(this.#fired) };
  }

  take(other: ImageFaultCounts): void {
    for (const [key, count] of other.#drawn) add(this.#drawn, key, count);
    for (const [key, count] of other.#fired) add(this.#fired, key, count);
  }
}

function add(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
