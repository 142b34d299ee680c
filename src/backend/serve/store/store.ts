/**
 * Where the backend keeps what must survive its process. The rules and books in memory answer every question; a
 * store only takes changes, and gives everything back at the next start.
 */
import type { JobState, TargetRecord } from "../../rules/job-plan.ts";

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

export interface StoredJob {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly image: number;
  readonly targets: readonly number[];
  readonly trigger: "default" | "force-push";
  readonly priority: number;
  readonly timeoutMs: number | undefined;
  /** The object that goes to the nodes as it is, as JSON text; "" = none. */
  readonly metadata: string;
  readonly createdAtMs: number;
  readonly state: JobState;
}

export interface Stored {
  readonly nodes: readonly StoredNode[];
  readonly images: readonly StoredImage[];
  readonly jobs: readonly StoredJob[];
  readonly targets: readonly { readonly job: number; readonly record: TargetRecord }[];
  readonly settings: ReadonlyMap<string, string>;
}

export interface Store {
  /** Whether it outlives the process. */
  readonly isDurable: boolean;
  load(): Stored;
  putSetting(key: string, value: string): void;
  putNode(node: StoredNode): void;
  putImage(image: StoredImage): void;
  putJob(job: StoredJob): void;
  putJobState(job: number, state: JobState): void;
  putTarget(job: number, record: TargetRecord): void;
  /**
   * Resolves when every change so far would survive a crash; undefined = there is nothing to wait for.
   * Changes of one turn of the event loop share one commit.
   */
  settled(): Promise<void> | undefined;
  close(): Promise<void>;
}
