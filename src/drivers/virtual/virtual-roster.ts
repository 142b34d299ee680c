/**
 * Who the nodes of a virtual run are: their rows, their half of the adapter, what they run, and what the jobs that they
 * speak of are called. Looked up by node or by name; it does nothing by itself.
 */
import type { Adapter, ImageHead, NodeHalf } from "../../adapters/adapter.ts";
import { fleetOfShard, type FleetOfShard } from "../../fleet/node-settings.ts";
import { NO_JOB } from "../../measure/event-record.ts";
import { NodeTable } from "../../node/node-table.ts";
import type { OutboxEntry } from "../../node/report.ts";
import type { NodeBooks } from "../../node/settings.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { ImageHost, ImageReply } from "./image-answer.ts";
import { VirtualBackend } from "./virtual-backend.ts";
import { type VirtualImage, VirtualImages } from "./virtual-images.ts";

export class VirtualRoster implements ImageHost {
  readonly fleet: FleetOfShard;
  readonly table: NodeTable;
  readonly books: NodeBooks;
  readonly images: VirtualImages;
  /** False: a node's messages are exchanges, and there is no link to lose. */
  readonly hasLinks: boolean;
  /** By cohort of the settings, as generations have texts of their own. */
  readonly #halves: readonly NodeHalf[];
  readonly #jobNumbers: ReadonlyMap<string, number>;
  /** By text of the text book, as far as they were asked for. */
  readonly #jobOfText: number[] = [];

  /** @param images in the order of `imagesOf` */
  constructor(scenario: Scenario, adapter: Adapter, images: readonly VirtualImage[]) {
    const { fleet, seed, clock } = scenario;
    this.fleet = fleetOfShard({
      fleet,
      seed,
      adapter,
      firstNode: 0,
      startUtcMs: clock.startUtcMs,
      speed: 1,
      rampSpeed: clock.speed,
    });
    const { settings } = this.fleet;
    this.table = new NodeTable(settings, fleet.nodes);
    this.books = settings.books;
    this.images = new VirtualImages(scenario, images, settings.books);
    this.#halves = settings.cohorts.map(({ generation }) => adapter.node({ baseUrl: "", generation, settings: {} }));
    this.hasLinks = this.#halves[0]?.link === "mqtt";
    this.#jobNumbers = new Map(scenario.jobs.map((_, number) => [VirtualBackend.jobIdOf(number), number]));
  }

  halfOf(node: number): NodeHalf {
    return this.#halves[this.table.at(node).traits.cohort] as NodeHalf;
  }

  /** "" while it is off. */
  versionOf(node: number): string {
    const running = this.table.at(node).runningImage;
    return running === 0 ? "" : this.books.images.get(running).version;
  }

  /** Whether what is sent unasked reaches the node. */
  hears(node: number): boolean {
    const { link } = this.table.at(node);
    return link.isConnected && link.isListening;
  }

  /** The job id that an entry speaks of; undefined = none. */
  jobIdOf({ job }: OutboxEntry): string | undefined {
    return job === 0 ? undefined : this.books.texts.get(job);
  }

  /** The job of an id; NO_JOB = none of the run's. */
  jobOfId(jobId: string): number {
    return this.#jobNumbers.get(jobId) ?? NO_JOB;
  }

  /** The job that an entry speaks of; NO_JOB = none of the run's. */
  jobOf({ job }: OutboxEntry): number {
    return this.jobOfText(job);
  }

  /** The job whose id is a text of the text book; NO_JOB = none of the run's. */
  jobOfText(text: number): number {
    if (text === 0) return NO_JOB;
    return (this.#jobOfText[text] ??= this.jobOfId(this.books.texts.get(text)));
  }

  headOf(node: number, reply: ImageReply, fromBytes: number, isRanged: boolean): ImageHead {
    return this.halfOf(node).imageHead(reply, fromBytes, isRanged);
  }
}
