/**
 * The images that nodes of a shard come across, in the shard's book. The job's own image is entered before any other,
 * so that its number depends on the scenario alone: whoever reads the rows of a worker that died knows it too.
 */
import type { ImageHead } from "../../image/image-head.ts";
import type { ImageIdentity } from "../../node/image-identity.ts";
import type { Book } from "../../base/book.ts";
import type { Scenario } from "../../scenario/scenario.ts";

/** A row has 16 bits for an image, and a hostile backend many heads. */
const IMAGES_MAX = 4_096;

/** The job's image, by digest and size of the file that was uploaded. */
export interface JobImage {
  readonly sha256: string;
  readonly md5: string;
  readonly sizeBytes: number;
}

/** Numbers under which the job's image stands in every shard's book: as it suits the node's chip, and as it does not. */
export function jobImageNumbers(scenario: Scenario): readonly [suits: number, doesNot: number] {
  // The book begins with what each cohort runs.
  const first = scenario.fleet.cohorts.length + 1;
  return [first, first + 1];
}

/** Equal heads of equal length are one image. */
export class ShardImages {
  readonly #book: Book<ImageIdentity>;
  readonly #numbers = new Map<string, number>();
  readonly #jobImages: readonly [number, number];

  constructor(book: Book<ImageIdentity>, scenario: Scenario, image: JobImage) {
    this.#book = book;
    this.#jobImages = jobImageNumbers(scenario);
    const { project, version, secureVersion } = scenario.image;
    const { sizeBytes, sha256 } = image;
    for (const suitsChip of [true, false]) {
      this.#add({ project, version, secureVersion, suitsChip, sizeBytes, sha256 });
    }
  }

  /** Whether an image of the book is the job's. */
  isJobImage(image: number): boolean {
    return image === this.#jobImages[0] || image === this.#jobImages[1];
  }

  /** The job's image for a node whose chip it suits. */
  get jobImage(): number {
    return this.#jobImages[0];
  }

  /** The number of an arriving image; undefined where there were too many different ones. */
  numberOf(head: ImageHead, sizeBytes: number, chip: string): number | undefined {
    const { project, version, secureVersion } = head;
    const identity = { project, version, secureVersion, suitsChip: head.chip === chip, sizeBytes, sha256: "" };
    const known = this.#numbers.get(keyOf(identity));
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
