/** What both operator APIs do to make a job: every name is checked against the books before anything changes. */
import type { JobTrigger } from "../../rules/job-plan.ts";
import type { Ledger } from "../ledger.ts";
import type { LedgerJob } from "../ledger-entries.ts";
import { CODES, Failure } from "./failure.ts";
import { resolveTargets } from "./job-targets.ts";
import type { WishedTargets } from "./job-targets.ts";

/** RainMaker's default, with 1 as the first and 10 as the last. */
const PRIORITY = 5;
/** A node's receive buffer grows for an offer, but an offer is no place for files. */
const METADATA_CHARACTERS_MAX = 16_384;
export interface JobCreationOptions {
  readonly ledger: Ledger;
  readonly isOnline: (nodeId: string) => boolean;
  /** Sends the offer of a job to a node. */
  readonly push: (nodeId: string, job: LedgerJob) => void;
}

export interface JobWish {
  readonly name: string;
  readonly imageId: string;
  readonly description: string;
  readonly targets: WishedTargets;
  readonly trigger: JobTrigger;
  readonly priority: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
}

/** How the API in question calls the fields, so that a refusal names what the caller wrote. */
export interface JobFieldNames {
  readonly name: string;
  readonly image: string;
  readonly nodes: string;
}

/** Makes a job and pushes it where it is to be pushed; a `Failure` names what is wrong with the wish. */
export async function makeJob(options: JobCreationOptions, wish: JobWish, fields: JobFieldNames): Promise<LedgerJob> {
  const { ledger, isOnline, push } = options;
  const image = ledger.imageOf(wish.imageId);
  if (image === undefined) {
    throw new Failure(400, CODES.imageUnknown, `${fields.image}: image ${wish.imageId.slice(0, 64)} does not exist.`);
  }
  if (image.isArchived) {
    throw new Failure(400, CODES.imageArchived, `${fields.image}: image ${image.id} is archived.`);
  }
  if (ledger.jobs.some((job) => job.name === wish.name)) {
    throw new Failure(400, CODES.jobNameTaken, `${fields.name}: another job has this name.`);
  }
  const metadata = metadataText(wish.metadata);
  const { job, pushTo } = ledger.createJob(
    {
      name: wish.name,
      image,
      description: wish.description,
      ...resolveTargets(ledger, wish.targets, fields.nodes),
      trigger: wish.trigger,
      priority: wish.priority ?? PRIORITY,
      timeoutMs: wish.timeoutSeconds === undefined ? undefined : wish.timeoutSeconds * 1000,
      metadata,
    },
    (node) => isOnline(ledger.idOfNode(node)),
  );
  await ledger.settled();
  for (const node of pushTo) push(ledger.idOfNode(node), job);
  return job;
}

/** The job of this id; a `Failure` where there is none. */
export function findJob(ledger: Ledger, id: string, field: string): LedgerJob {
  const job = ledger.jobOf(id);
  if (job === undefined) throw new Failure(404, CODES.jobUnknown, `${field}: job "${id.slice(0, 64)}" does not exist.`);
  return job;
}

/** Cancels a job; a `Failure` where it is over already. */
export async function cancelJob(ledger: Ledger, job: LedgerJob, field: string): Promise<void> {
  if (!ledger.cancelJob(job)) {
    throw new Failure(404, CODES.jobUnknown, `${field}: job ${job.id} is ${ledger.stateOf(job)} already.`);
  }
  await ledger.settled();
}

function metadataText(metadata: JobWish["metadata"]): string {
  if (metadata === undefined) return "";
  let text: string | undefined;
  try {
    text = JSON.stringify(metadata);
  } catch {
    // Nested so deeply that it cannot be written; too long as well, then.
  }
  if (text !== undefined && text.length <= METADATA_CHARACTERS_MAX) return text;
  throw new Failure(400, CODES.badBody, `metadata: must be at most ${METADATA_CHARACTERS_MAX} characters of JSON.`);
}
