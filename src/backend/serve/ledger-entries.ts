/** What stands in the backend's books: nodes, images and jobs as the broker and the API see them. */
import type { NodeFields } from "../rules/known-nodes.ts";
import type { StoredImage, StoredJob } from "./store/store.ts";

export interface LedgerImage extends StoredImage {
  /** No new job may use it. */
  isArchived: boolean;
  /** Lower hexadecimal. */
  readonly md5: string;
  readonly sha256: string;
}

export type LedgerJob = Omit<StoredJob, "state" | "image"> & { readonly image: LedgerImage; isArchived: boolean };

export interface NewNode extends NodeFields {
  readonly id: string;
}

export type NewJob = Omit<StoredJob, "number" | "id" | "image" | "createdAtMs" | "state"> & {
  readonly image: LedgerImage;
};
