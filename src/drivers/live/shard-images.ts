/**
 * The images that nodes of a shard come across, in the shard's book. Those of the run's jobs are entered before any
 * other, so that their numbers depend on the scenario alone: whoever reads the rows of a worker that died knows them too.
 */
import type { ImageHead } from "../../image/image-head.ts";
import type { ImageIdentity } from "../../node/image-identity.ts";
import type { Book } from "../../base/book.ts";
import { assert } from "../../base/assert.ts";
import { runningImagesIn } from "../../fleet/node-settings.ts";
import { imageFaultsOf, imageNumbersOf, imagesOf } from "../../scenario/job-images.ts";
import type { Scenario } from "../../scenario/scenario.ts";

/** A row has 16 bits for an image, and a hostile backend many heads. */
const IMAGES_MAX = 4_096;

/** An image of the run, by digest and size of the file that was uploaded. */
export interface JobImage {
  readonly sha256: string;
  readonly md5: string;
  readonly sizeBytes: number;
}

/**
 * Numbers under which the images of `imagesOf` stand in every shard's book, in their order: as they suit the node's
 * chip, and as they do not.
 */
export function jobImageNumbers(scenario: Scenario): readonly (readonly [suits: number, doesNot: number])[] {
  const first = runningImagesIn(scenario.fleet) + 1;
  return imagesOf(scenario).map((_, image) => [first + 2 * image, first + 2 * image + 1]);
}

/** For each number of `jobImageNumbers` the jobs that install that image. */
export function jobsByImage(scenario: Scenario): ReadonlyMap<number, readonly number[]> {
  const imageOf = imageNumbersOf(scenario);
  const jobsOf = (image: number): readonly number[] => [...imageOf.keys()].filter((job) => imageOf[job] === image);
  const numbers = jobImageNumbers(scenario).flatMap((pair, image) => pair.map((number) => [number, image] as const));
  return new Map(numbers.map(([number, image]) => [number, jobsOf(image)]));
}

/** Equal heads of equal length are one image, unless two jobs bring such images. */
export class ShardImages {
  readonly #book: Book<ImageIdentity>;
  readonly #numbers = new Map<string, number>();
  readonly #images: readonly JobImage[];
  readonly #imageOfJob: readonly number[];
  readonly #bookNumbers: readonly (readonly [suits: number, doesNot: number])[];
  readonly #jobs: ReadonlyMap<number, readonly number[]>;

  /** @param images of the run, in the order of `imagesOf` */
  constructor(book: Book<ImageIdentity>, scenario: Scenario, images: readonly JobImage[]) {
    this.#book = book;
    this.#images = images;
    this.#imageOfJob = imageNumbersOf(scenario);
    this.#bookNumbers = jobImageNumbers(scenario);
    this.#jobs = jobsByImage(scenario);
    imagesOf(scenario).forEach((plan, number) => {
      const { project, version, secureVersion } = plan;
      const image = images[number];
      assert(image !== undefined, "the digest of every image of a run is known");
      const { sizeBytes, sha256 } = image;
      for (const suitsChip of [true, false]) {
        const faults = imageFaultsOf(plan);
        this.#add({ project, version, secureVersion, suitsChip, sizeBytes, sha256, faults });
      }
    });
  }

  /** The jobs that install an image of the book; empty = none of the run's. */
  jobsOf(image: number): readonly number[] {
    return this.#jobs.get(image) ?? [];
  }

  /** The image of a job. */
  ofJob(job: number): JobImage {
    const image = this.#images[this.#imageOfJob[job] ?? -1];
    assert(image !== undefined, `job ${job} has an image`);
    return image;
  }

  /** The number of a job's image, for a node whose chip it suits. */
  numberOfJob(job: number): number {
    return this.#bookNumbers[this.#imageOfJob[job] ?? -1]?.[0] ?? 0;
  }

  /**
   * The number of an arriving image; undefined where there were too many different ones.
   *
   * @param job for which it arrives: of two images with one head, it is that job's
   */
  numberOf(head: ImageHead, sizeBytes: number, chip: string, job: number): number | undefined {
    const { project, version, secureVersion } = head;
    const identity = { project, version, secureVersion, suitsChip: head.chip === chip, sizeBytes, sha256: "" };
    const key = keyOf(identity);
    const own = this.#bookNumbers[this.#imageOfJob[job] ?? -1]?.[identity.suitsChip ? 0 : 1];
    if (own !== undefined && keyOf(this.#book.get(own)) === key) return own;
    const known = this.#numbers.get(key);
    if (known !== undefined || this.#numbers.size >= IMAGES_MAX) return known;
    return this.#add(identity);
  }

  #add(identity: ImageIdentity): number {
    const number = this.#book.add(identity);
    this.#numbers.set(keyOf(identity), number);
    return number;
  }
}

function keyOf({ project, version, secureVersion, suitsChip, sizeBytes }: ImageIdentity): string {
  return JSON.stringify([project, version, secureVersion, suitsChip, sizeBytes]);
}
