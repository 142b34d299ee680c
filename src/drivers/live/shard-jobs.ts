import { NO_JOB } from "../../measure/event-record.ts";
import type { JobNames } from "../note-recorder.ts";
import type { ShardImages } from "./shard-images.ts";

/** The jobs of a run as a shard knows them: each by its id on the wire, the first by its image. */
export class ShardJobs implements JobNames {
  readonly #jobs = new Map<string, number>();
  readonly #images: ShardImages;

  constructor(images: ShardImages) {
    this.#images = images;
  }

  created(job: number, jobId: string): void {
    this.#jobs.set(jobId, job);
  }

  jobOfId(jobId: string): number {
    return this.#jobs.get(jobId) ?? NO_JOB;
  }

  jobOfImage(image: number): number {
    return this.#images.isJobImage(image) ? 0 : NO_JOB;
  }
}
