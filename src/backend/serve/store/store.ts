/**
 * Where the backend keeps what must survive its process. The rules and books in memory answer every question; a
 * store only takes changes, and gives everything back at the next start.
 */
import type { DynamicTargets, JobState, JobTrigger, TargetRecord } from "../../rules/job-plan.ts";

/** The disk is full, gone or broken: the change is in memory, and nobody may be told that it is kept. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure";
}

export interface StoredNode {
  readonly number: number;
  readonly id: string;
  readonly project: string;
  readonly version: string;
  readonly type: string;
  readonly model: string;
}

export interface StoredImage {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly version: string;
  readonly bytes: Uint8Array;
  readonly uploadedAtMs: number;
}

/** What was archived can no longer be used, and is listed only on demand. */
export type Archivable = "image" | "job";

export interface StoredJob {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly image: number;
  readonly description: string;
  /** The targets at its creation; those that a dynamic job takes in later are among the records. */
  readonly targets: readonly number[];
  /** The groups that it was made for; the targets are their members at that moment. */
  readonly groups: readonly string[];
  /** undefined = no dynamic job. */
  readonly dynamic: DynamicTargets | undefined;
  readonly trigger: JobTrigger;
  readonly priority: number;
  readonly timeoutMs: number | undefined;
  /** The object that goes to the nodes as it is, as JSON text; "" = none. */
  readonly metadata: string;
  readonly createdAtMs: number;
  readonly state: JobState;
}

export interface StoredGroup {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** The group that this one is a part of. */
  readonly parentId: string | undefined;
  /** What its members are computed from; undefined = they are named. */
  readonly conditions: DynamicTargets | undefined;
}

export interface Stored {
  readonly nodes: readonly StoredNode[];
  readonly images: readonly StoredImage[];
  readonly jobs: readonly StoredJob[];
  readonly targets: readonly { readonly job: number; readonly record: TargetRecord }[];
  /** In the order in which they were made. */
  readonly groups: readonly { readonly group: StoredGroup; readonly members: readonly number[] }[];
  /** Numbers of nodes that are unknown again. */
  readonly removed: readonly number[];
  /** Numbers. */
  readonly archived: Readonly<Record<Archivable, readonly number[]>>;
  readonly settings: ReadonlyMap<string, string>;
}

export interface Store {
  /** Whether it outlives the process. */
  readonly isDurable: boolean;
  load(): Stored;
  putSetting(key: string, value: string): void;
  putNode(node: StoredNode): void;
  dropNode(node: number): void;
  putImage(image: StoredImage): void;
  putJob(job: StoredJob): void;
  putJobState(job: number, state: JobState): void;
  putTarget(job: number, record: TargetRecord): void;
  putArchived(what: Archivable, number: number, isArchived: boolean): void;
  putGroup(group: StoredGroup): void;
  dropGroup(groupId: string): void;
  putMember(groupId: string, node: number): void;
  dropMember(groupId: string, node: number): void;
  /**
   * Resolves when every change so far would survive a crash; undefined = there is nothing to wait for.
   * Changes of one turn of the event loop share one commit.
   */
  settled(): Promise<void> | undefined;
  /** Why the last commit failed, in a sentence; undefined once one has succeeded again. */
  readonly failure: string | undefined;
  close(): Promise<void>;
}
