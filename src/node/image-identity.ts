import type { ImageFault } from "./image-fault.ts";

/** What a node can tell about an image: its description and whether it suits the chip. A flash slot never holds more. */
export interface ImageIdentity {
  readonly project: string;
  readonly version: string;
  readonly secureVersion: number;
  /** False where the chip id or revision in the header is not the node's. */
  readonly suitsChip: boolean;
  readonly sizeBytes: number;
  /** Hex SHA-256 of the whole file where it is known: two images of one version are not one image. */
  readonly sha256: string;
  /** What it does to nodes that run it; undefined = nothing. */
  readonly faults?: readonly ImageFault[] | undefined;
}
