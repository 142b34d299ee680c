/**
 * The backend's books: text ids on the outside, the rules' numbers on the inside, and every change handed to the
 * store. The broker and the API speak with the rules only through it.
 */
import { createHash } from "node:crypto";
import type { NodeFields } from "../rules/known-nodes.ts";
import { OtaRules } from "../rules/ota-rules.ts";
import type { StatusOutcome } from "../rules/status-verdict.ts";
import type { JobState, NodeNumber, TargetRecord } from "../rules/job-plan.ts";
import type { Strictness } from "../rules/strictness.ts";
import { drawSecret, drawShortId, nodeSecret } from "./credentials.ts";
import type { FleetClock } from "./fleet-clock.ts";
import { Groups } from "./groups.ts";
import type { LedgerImage, LedgerJob, NewJob, NewNode } from "./ledger-entries.ts";
import type { Store, StoredImage, StoredJob } from "./store/store.ts";

export interface LedgerOptions {
  readonly runSecret?: string | undefined;
  readonly operatorToken?: string | undefined;
  readonly believesFirstStatus?: boolean | undefined;
  readonly strict?: Strictness | undefined;
}

export class Ledger {
  readonly rules: OtaRules;
  readonly groups: Groups;
  readonly operatorToken: string;
  /** Signs image URLs. */
  readonly urlSecret: string;
  readonly #runSecret: string;
  readonly #settings: Map<string, string>;
  readonly #store: Store;
  readonly #clock: FleetClock;
  readonly #nodeIds: string[] = [];
  readonly #nodes = new Map<string, NodeNumber>();
  readonly #images: LedgerImage[] = [];
  readonly #imagesById = new Map<string, LedgerImage>();
  readonly #jobs: LedgerJob[] = [];
  readonly #jobsById = new Map<string, LedgerJob>();

  constructor(store: Store, clock: FleetClock, options: LedgerOptions) {
    this.#store = store;
    this.#clock = clock;
    this.groups = new Groups(store);
    this.rules = new OtaRules({
      believesFirstStatus: options.believesFirstStatus ?? false,
      strict: options.strict,
      onTakenIn: (job, node) => store.putTarget(job, this.rules.recordOf(job, node)),
      onExpired: (job) => store.putJobState(job, "expired"),
    });
    const stored = store.load();
    this.#settings = new Map(stored.settings);
    this.#runSecret = this.#secret("run-secret", options.runSecret);
    this.operatorToken = this.#secret("operator-token", options.operatorToken);
    this.urlSecret = this.#secret("url-secret", undefined);
    for (const node of stored.nodes) this.#addNode(node);
    for (const node of stored.removed) this.#forget(node);
    for (const image of stored.images) this.#addImage(image);
    for (const job of stored.jobs) this.#restoreJob(job);
    for (const { job, record } of stored.targets) this.rules.restoreTarget(job, record);
    for (const { group, members } of stored.groups) this.groups.restore(group, members);
    for (const number of stored.archived.image) this.#images[number]!.isArchived = true;
    for (const number of stored.archived.job) this.#jobs[number]!.isArchived = true;
    const counters = stored.settings.get("counters");
    if (counters !== undefined) Object.assign(this.rules.counters, JSON.parse(counters));
  }

  /** Makes a node known, or brings what is known of it up to date; answers its secret. */
  enrol(node: NewNode): string {
    const known = this.#nodes.get(node.id);
    if (known === undefined) this.#store.putNode({ number: this.#addNode(node), ...node });
    else this.describeNode(known, node);
    return this.secretOf(node.id);
  }

  /**
   * Makes all nodes unknown whose ids begin so: none may connect any more, and no later job takes one in. Answers how
   * many there were. Their numbers are not given again, for jobs that are over still speak of them.
   */
  removeNodes(prefix: string): number {
    const gone = [...this.#nodes].filter(([id]) => id.startsWith(prefix)).map(([, node]) => node);
    for (const node of gone) {
      this.#forget(node);
      this.#store.dropNode(node);
    }
    for (const group of this.groups.all) this.groups.remove(group, gone);
    return gone.length;
  }

  secretOf(nodeId: string): string {
    return nodeSecret(this.#runSecret, nodeId);
  }

  nodeOf(nodeId: string): NodeNumber | undefined {
    return this.#nodes.get(nodeId);
  }

  idOfNode(node: NodeNumber): string {
    return this.#nodeIds[node] ?? "";
  }

  /** What a node says of itself. */
  describeNode(node: NodeNumber, said: { readonly [field in keyof NodeFields]?: string | undefined }): void {
    const known = this.rules.fieldsOf(node);
    const fields: NodeFields = {
      project: said.project ?? known.project,
      version: said.version ?? known.version,
      type: said.type ?? known.type,
      model: said.model ?? known.model,
    };
    if (isSameNode(fields, known)) return;
    this.rules.updateNode(node, fields, this.#clock.nowMs());
    this.#storeNode(node);
  }

  addImage(image: Pick<StoredImage, "name" | "project" | "version" | "bytes">): LedgerImage {
    const stored = { ...image, number: this.#images.length, id: drawShortId(), uploadedAtMs: this.#clock.nowMs() };
    this.#store.putImage(stored);
    return this.#addImage(stored);
  }

  /** An image or a job is put away, or an image back. */
  archive(what: LedgerImage | LedgerJob, isArchived: boolean): void {
    what.isArchived = isArchived;
    this.#store.putArchived("bytes" in what ? "image" : "job", what.number, isArchived);
  }

  imageOf(imageId: string): LedgerImage | undefined {
    return this.#imagesById.get(imageId);
  }

  get images(): readonly LedgerImage[] {
    return this.#images;
  }

  /** Makes a job; `pushTo` must be sent the offer at once. Of a dynamic one the targets are found here. */
  createJob(plan: NewJob, isOnline: (node: NodeNumber) => boolean): { job: LedgerJob; pushTo: readonly NodeNumber[] } {
    const nowMs = this.#clock.nowMs();
    const wanted = { ...plan, image: plan.image.number, targets: plan.dynamic ?? plan.targets };
    const made = this.rules.createJob(wanted, nowMs, isOnline);
    const targets = plan.dynamic === undefined ? plan.targets : [...this.rules.targetsOf(made.job)];
    const job: LedgerJob = {
      ...plan,
      targets,
      number: made.job,
      id: drawShortId(),
      createdAtMs: nowMs,
      isArchived: false,
    };
    this.#keepJob(job);
    this.#store.putJob({ ...job, image: job.image.number, state: "active" });
    for (const node of made.pushTo) this.#store.putTarget(job.number, this.rules.recordOf(job.number, node));
    return { job, pushTo: made.pushTo };
  }

  /** Whom to send the offer once more; undefined: the job is over, or waits for users. */
  retriggerJob(job: LedgerJob, isOnline: (node: NodeNumber) => boolean): readonly NodeNumber[] | undefined {
    const pushTo = this.rules.retriggerJob(job.number, this.#clock.nowMs(), isOnline);
    for (const node of pushTo ?? []) this.#store.putTarget(job.number, this.rules.recordOf(job.number, node));
    return pushTo;
  }

  /** The node's user approves: true = the node must be sent the offer; false = there is nothing to approve. */
  approve(job: LedgerJob, node: NodeNumber): boolean {
    const isApproved = this.rules.approve(job.number, node, this.#clock.nowMs());
    if (isApproved) this.#store.putTarget(job.number, this.rules.recordOf(job.number, node));
    return isApproved;
  }

  /** The job that waits for the approval of the node's user. */
  jobToApprove(node: NodeNumber): LedgerJob | undefined {
    const number = this.rules.jobToApprove(node, this.#clock.nowMs());
    return number === undefined ? undefined : this.#jobs[number];
  }

  /** False: the job was over before. */
  cancelJob(job: LedgerJob): boolean {
    const isCancelled = this.rules.cancelJob(job.number, this.#clock.nowMs());
    if (isCancelled) this.#store.putJobState(job.number, "cancelled");
    return isCancelled;
  }

  jobOf(jobId: string): LedgerJob | undefined {
    return this.#jobsById.get(jobId);
  }

  get jobs(): readonly LedgerJob[] {
    return this.#jobs;
  }

  stateOf(job: LedgerJob): JobState {
    this.rules.expire(this.#clock.nowMs());
    return this.rules.stateOf(job.number);
  }

  recordOf(job: LedgerJob, node: NodeNumber): TargetRecord {
    return this.rules.recordOf(job.number, node);
  }

  /** A node asks for its next job; "" = it did not say its version. */
  fetch(node: NodeNumber, version: string): LedgerJob | undefined {
    const known = this.rules.versionOf(node);
    const number = this.rules.answerFetch(node, version, this.#clock.nowMs());
    if (known !== this.rules.versionOf(node)) this.#storeNode(node);
    if (number === undefined) return undefined;
    this.#store.putTarget(number, this.rules.recordOf(number, node));
    return this.#jobs[number];
  }

  /** A node says how far it is with a job. */
  takeStatus(
    node: NodeNumber,
    jobId: string,
    status: string,
    text: string,
    seconds: number | undefined,
  ): StatusOutcome {
    const job = this.#jobsById.get(jobId)?.number;
    const outcome = this.rules.takeStatus(node, job, status, text, seconds, this.#clock.nowMs());
    if (outcome === "applied" && job !== undefined) this.#store.putTarget(job, this.rules.recordOf(job, node));
    return outcome;
  }

  /** What was kept under this key, by this process or one before it. */
  setting(key: string): string | undefined {
    return this.#settings.get(key);
  }

  keepSetting(key: string, value: string): void {
    this.#settings.set(key, value);
    this.#store.putSetting(key, value);
  }

  /** Resolves when all changes so far would survive a crash; undefined = at once. */
  settled(): Promise<void> | undefined {
    if (!this.#store.isDurable) return undefined;
    this.#store.putSetting("counters", JSON.stringify(this.rules.counters));
    return this.#store.settled();
  }

  #secret(key: string, wished: string | undefined): string {
    const value = wished ?? this.setting(key) ?? drawSecret();
    if (this.setting(key) !== value) this.keepSetting(key, value);
    return value;
  }

  #storeNode(node: NodeNumber): void {
    this.#store.putNode({ number: node, id: this.idOfNode(node), ...this.rules.fieldsOf(node) });
  }

  #addNode(node: NewNode): NodeNumber {
    const number = this.rules.addNode(node, this.#clock.nowMs());
    this.#nodes.set(node.id, number);
    this.#nodeIds.push(node.id);
    return number;
  }

  #forget(node: NodeNumber): void {
    // An id that was enrolled again belongs to another number.
    if (this.#nodes.get(this.idOfNode(node)) === node) this.#nodes.delete(this.idOfNode(node));
    this.rules.removeNode(node);
  }

  #addImage(stored: StoredImage): LedgerImage {
    const image: LedgerImage = {
      ...stored,
      isArchived: false,
      md5: createHash("md5").update(stored.bytes).digest("hex"),
      sha256: createHash("sha256").update(stored.bytes).digest("hex"),
    };
    this.rules.addImage({ project: image.project, version: image.version, sizeBytes: image.bytes.length });
    this.#images.push(image);
    this.#imagesById.set(image.id, image);
    return image;
  }

  #restoreJob(stored: StoredJob): void {
    const image = this.#images[stored.image];
    if (image === undefined) return;
    this.rules.restoreJob({ ...stored, targets: stored.dynamic ?? stored.targets }, stored.targets, stored.createdAtMs);
    this.rules.restoreState(stored.number, stored.state);
    this.#keepJob({ ...stored, image, isArchived: false });
  }

  #keepJob(job: LedgerJob): void {
    this.#jobs.push(job);
    this.#jobsById.set(job.id, job);
  }
}

function isSameNode(a: NodeFields, b: NodeFields): boolean {
  return a.project === b.project && a.version === b.version && a.type === b.type && a.model === b.model;
}
