import { NO_JOB } from "../../measure/event-record.ts";
import type { JobNames } from "../note-recorder.ts";
import type { ShardImages } from "./shard-images.ts";

/** The jobs of a run as a shard knows them: each by its id on the wire, the first by its image. */
export class ShardJobs implements JobNames {
  readonly #jobs = new Map<string, number>();
  readonly #expected: number[] = [];
  readonly #images: ShardImages;

  constructor(images: ShardImages) {
    this.#images = images;
  }

  /** A job is being created, and pushed: its offers may arrive before anybody has told its id. */
  expected(job: number): void {
    this.#expected.push(job);
  }

  created(job: number, jobId: string): void {
    const at = this.#expected.indexOf(job);
    if (at !== -1) this.#expected.splice(at, 1);
    this.#jobs.set(jobId, job);
  }

  jobOfId(jobId: string): number {
    const known = this.#jobs.get(jobId);
    if (known !== undefined) return known;
    const expected = this.#expected.shift();
    if (expected === undefined) return NO_JOB;
    this.#jobs.set(jobId, expected);
    return expected;
  }

  jobOfImage(image: number): number {
    return this.#images.isJobImage(image) ? 0 : NO_JOB;
  }
}
