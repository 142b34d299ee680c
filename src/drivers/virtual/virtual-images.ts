/** The images of a virtual run in the nodes' image book: each twice, as it suits a node's chip and as it does not. */
import { runsOf } from "../../fleet/fleet-rows.ts";
import type { NodeBooks } from "../../node/settings.ts";
import { imageFaultsOf, imageNumbersOf, imagesOf } from "../../scenario/job-images.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { ImageOnOffer } from "./virtual-backend.ts";

/** An image as its header and its digest describe it. */
export type VirtualImage = ImageOnOffer & { readonly secureVersion: number; readonly chip: string };

export class VirtualImages {
  readonly #fleet: Scenario["fleet"];
  /** For each job the numbers of its image. */
  readonly #ofJob: readonly (readonly [suits: number, doesNot: number])[];
  readonly #chipsOfJob: readonly string[];
  readonly #jobsByImage: ReadonlyMap<number, readonly number[]>;

  /** @param images in the order of `imagesOf` */
  constructor(scenario: Scenario, images: readonly VirtualImage[], { images: book }: Pick<NodeBooks, "images">) {
    this.#fleet = scenario.fleet;
    const plans = imagesOf(scenario);
    const numbers = images.map(({ project, version, secureVersion, sizeBytes }, image) => {
      const faults = imageFaultsOf(plans[image] ?? {});
      const identity = { project, version, secureVersion, sizeBytes, sha256: "", faults };
      const numberOf = (suitsChip: boolean): number => book.add({ ...identity, suitsChip });
      return [numberOf(true), numberOf(false)] as const;
    });
    const imageOfJob = imageNumbersOf(scenario);
    this.#ofJob = imageOfJob.map((image) => numbers[image] as (typeof numbers)[number]);
    this.#chipsOfJob = imageOfJob.map((image) => (images[image] as VirtualImage).chip);
    this.#jobsByImage = new Map(
      numbers.flatMap((pair, image) => {
        const jobs = [...imageOfJob.keys()].filter((job) => imageOfJob[job] === image);
        return pair.map((number) => [number, jobs] as const);
      }),
    );
  }

  /** The number of a job's image as this node is served it. */
  imageFor(node: number, job: number): number {
    const [suits, doesNot] = this.#ofJob[job] as readonly [number, number];
    return runsOf(this.#fleet, node).chip === this.#chipsOfJob[job] ? suits : doesNot;
  }

  /** The jobs that roll out the image of a number. */
  jobsOf(image: number): readonly number[] {
    return this.#jobsByImage.get(image) ?? [];
  }
}
