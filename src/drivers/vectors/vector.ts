/**
 * A node vector: what a node was given, what happened to it, and every outward effect that the real firmware showed.
 * The format is described in test/fixtures/node-vectors/README.md. Times are whole milliseconds from the first boot.
 */
export interface Vector {
  readonly id: string;
  readonly group: string;
  readonly about: string;
  readonly given: Given;
  readonly until: number;
  readonly inputs: readonly VectorInput[];
  readonly expect: readonly Effect[];
}

export interface Given {
  readonly generation: string;
  readonly protocol: string;
  readonly options: Readonly<Record<string, boolean | number | string>>;
  readonly node: { readonly id: string; readonly networkId?: string; readonly fwVersionInfo?: string };
  readonly running: GivenImage & { readonly eFuseSecureVersion?: number };
  readonly otherSlot?: GivenImage;
  readonly clock: { readonly utc: string | null; readonly posix: string };
  readonly nvs?: Readonly<Record<string, { readonly type: string; readonly value: string | number }>>;
  readonly diag?: { readonly init?: Verdict; readonly postMqtt?: Verdict };
  readonly pubackAfterMs: number | null;
  readonly attempts?: readonly Attempt[];
}

type Verdict = "success" | "pending" | "fail";

export interface GivenImage {
  readonly project: string;
  readonly version: string;
  readonly otaState?: string;
  readonly secureVersion?: number;
}

export interface Failure {
  readonly err: string;
  readonly errno: number;
}

/** What the network does to one download attempt. */
export interface Attempt {
  readonly connectMs: number;
  readonly connect: "ok" | Failure;
  readonly headerMs?: number;
  readonly header?: "ok" | Failure;
  readonly image?: GivenImage & { readonly chip?: string; readonly size: number };
  readonly readBytes?: number;
  readonly transferMs?: number;
  readonly fail?: Failure & { readonly atBytes: number };
  readonly complete?: boolean;
  readonly finishMs?: number;
  readonly finish?: "ok" | Failure;
}

export type VectorInput = { readonly at: number } & Readonly<Record<string, unknown>>;

/** One outward effect; its only key beside `at` names it. */
export type Effect = { readonly at: number } & Readonly<Record<string, unknown>>;

export interface VectorFile {
  readonly schema: 1;
  readonly vectors: readonly Vector[];
}
