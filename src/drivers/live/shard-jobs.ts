import { assert } from "../../base/assert.ts";
import { NO_JOB } from "../../measure/event-record.ts";
import type { JobNames } from "../note-recorder.ts";
import type { ShardImages } from "./shard-images.ts";

/**
 * The jobs of a run as a shard knows them: each by its id on the wire. A backend may serve or push a job before it has
 * told the operator its id; then the offer itself is what the id is known from.
 */
export class ShardJobs implements JobNames {
  readonly #jobs = new Map<string, number>();
  readonly #images: ShardImages;
  readonly #onMistake: (job: number) => void;
  /** The job that is being created; the operator creates one at a time. */
  #expected: number | undefined;
  #taken: string | undefined;

  /** @param onMistake an id was taken for this job's, and is another's: what was recorded under it is wrong */
  constructor(images: ShardImages, onMistake: (job: number) => void = () => {}) {
    this.#images = images;
    this.#onMistake = onMistake;
  }

  /** A job is being created: its offers may arrive before anybody has told its id. */
  expected(job: number): void {
    assert(this.#expected === undefined, "jobs are created one after the other");
    this.#expected = job;
    this.#taken = undefined;
  }

  created(job: number, jobId: string): void {
    if (this.#expected === job) {
      if (this.#taken !== undefined && this.#taken !== jobId) {
        this.#jobs.set(this.#taken, NO_JOB);
        this.#onMistake(job);
      }
      this.#expected = undefined;
    }
    this.#jobs.set(jobId, job);
  }

  /** The backend did not make the expected job. Whoever was taken for it is none of the run's. */
  notCreated(job: number): void {
    if (this.#expected !== job) return;
    if (this.#taken !== undefined) {
      this.#jobs.set(this.#taken, NO_JOB);
      this.#onMistake(job);
    }
    this.#expected = undefined;
  }

  /**
   * An offer has arrived: where its id is unknown, it is the expected job's if it brings that job's image. Any other
   * unknown id is none of the run's.
   */
  heard(jobId: string, sizeBytes: number): void {
    if (this.#jobs.has(jobId) || this.#expected === undefined || this.#taken !== undefined) return;
    if (sizeBytes !== 0 && sizeBytes !== this.#images.ofJob(this.#expected).sizeBytes) return;
    this.#taken = jobId;
    this.#jobs.set(jobId, this.#expected);
  }

  jobOfId(jobId: string): number {
    return this.#jobs.get(jobId) ?? NO_JOB;
  }

  jobsOfImage(image: number): readonly number[] {
    return this.#images.jobsOf(image);
  }
}
