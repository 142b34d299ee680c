/**
 * The embedded backend in virtual time: its rules, without broker, disk or JSON. It answers at once and never fails;
 * latency is the driver's. It counts what a served backend counts, so that the same laws can be checked.
 */
import type { RecordedBelief } from "../../base/belief.ts";
import { OtaRules } from "../../backend/rules/ota-rules.ts";
import type { JobNumber } from "../../backend/rules/job-plan.ts";
import type { Offer } from "../../node/offer.ts";
import type { Status } from "../../node/report.ts";
import type { JobScenario, Scenario } from "../../scenario/scenario.ts";
import { targetsOf } from "../../scenario/targets.ts";

export interface ImageOnOffer {
  readonly project: string;
  readonly version: string;
  readonly sizeBytes: number;
  /** Hex; what nodes keep their resume books by. */
  readonly md5: string;
}

export class VirtualBackend {
  readonly counters = {
    connections: 0,
    fetchesReceived: 0,
    offersSent: 0,
    statusesReceived: 0,
    statusesUnreadable: 0,
    imageRequests: 0,
    imageRequestsCut: 0,
    imageBytesServed: 0,
  };
  readonly #rules: OtaRules;
  readonly #startUtcMs: number;
  readonly #image: number;
  readonly #onOffer: ImageOnOffer;
  readonly #offers: Offer[] = [];

  constructor(scenario: Scenario, image: ImageOnOffer) {
    this.#rules = new OtaRules({ believesFirstStatus: scenario.selftest?.backendBelievesFirstStatus ?? false });
    this.#startUtcMs = scenario.clock.startUtcMs;
    this.#onOffer = image;
    for (const cohort of scenario.fleet.cohorts) {
      const { project, version } = cohort.runs;
      for (let i = 0; i < cohort.nodes; i++) {
        this.#rules.addNode({ project, version, type: project, model: project });
      }
    }
    this.#image = this.#rules.addImage(image);
  }

  /** Creates a job; answers its number and whom to push it to. */
  createJob(
    scenario: Scenario,
    job: JobScenario,
    atUs: number,
    isOnline: (node: number) => boolean,
  ): { readonly job: JobNumber; readonly pushTo: readonly number[] } {
    const { trigger, priority } = job;
    const created = this.#rules.createJob(
      { image: this.#image, targets: targetsOf(scenario, job.targets), trigger, priority },
      this.#epochMs(atUs),
      isOnline,
    );
    this.#offers[created.job] = this.#offerOf(job, created.job);
    this.counters.offersSent += created.pushTo.length;
    return created;
  }

  /** The text id of a job on the wire. */
  static jobIdOf(job: JobNumber): string {
    return `virtual-job-${job}`;
  }

  offerOf(job: JobNumber): Offer {
    return this.#offers[job] as Offer;
  }

  /** A node asks: the job that it is offered, or undefined. */
  fetch(node: number, version: string, atUs: number): JobNumber | undefined {
    this.counters.fetchesReceived++;
    const job = this.#rules.answerFetch(node, version, this.#epochMs(atUs));
    if (job !== undefined) this.counters.offersSent++;
    return job;
  }

  /** A node speaks. `job` undefined: of a job that nobody knows. */
  report(node: number, job: JobNumber | undefined, status: Status, clockSeconds: number, atUs: number): void {
    this.counters.statusesReceived++;
    this.#rules.takeStatus(node, job, status, "", clockSeconds, this.#epochMs(atUs));
  }

  /** A message arrived that is no JSON. */
  takeUnreadable(): void {
    this.counters.statusesReceived++;
    this.counters.statusesUnreadable++;
  }

  beliefOf(job: JobNumber, node: number): RecordedBelief {
    return this.#rules.beliefOf(job, node);
  }

  #epochMs(atUs: number): number {
    return this.#startUtcMs + Math.floor(atUs / 1_000);
  }

  #offerOf(job: JobScenario, number: JobNumber): Offer {
    const { sizeBytes, md5, version } = this.#onOffer;
    return {
      flaw: undefined,
      jobId: VirtualBackend.jobIdOf(number),
      url: `virtual:${job.name}`,
      fileMd5: md5,
      streamId: undefined,
      sizeBytes,
      version,
      validity: job.validity,
      window: job.window,
      metadata: undefined,
    };
  }
}
