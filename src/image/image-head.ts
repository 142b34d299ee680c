import { APP_DESCRIPTION_BYTES, APP_DESCRIPTION_OFFSET, readAppDescription } from "./app-description.ts";
import { type ChipName, chipOfId } from "./chips.ts";
import { IMAGE_MAGIC, readImageHeader } from "./image-header.ts";

/** How many bytes of an image a node must have received before it can judge it: header, segment header, descriptor. */
export const IMAGE_HEAD_BYTES = APP_DESCRIPTION_OFFSET + APP_DESCRIPTION_BYTES;

/** What a node can tell from the first 288 bytes of an image, before it writes any of it. */
export interface ImageHead {
  readonly chipId: number;
  /** Undefined for an id that names no chip. */
  readonly chip: ChipName | undefined;
  /** Lowest chip revision, as major * 100 + minor. */
  readonly minChipRevision: number;
  /** Highest chip revision, as major * 100 + minor; undefined where no bound is set. */
  readonly maxChipRevision: number | undefined;
  readonly project: string;
  readonly version: string;
  readonly secureVersion: number;
}

/** Reads the head of an application image from its first bytes; undefined where they are too few or no application. */
export function readImageHead(firstBytes: Uint8Array): ImageHead | undefined {
  if (firstBytes[0] !== IMAGE_MAGIC) return undefined;
  const description = readAppDescription(firstBytes);
  if (description === undefined) return undefined;
  const header = readImageHeader(firstBytes);
  return {
    chipId: header.chipId,
    chip: chipOfId(header.chipId)?.name,
    minChipRevision: header.minChipRevision,
    maxChipRevision: header.maxChipRevision,
    project: description.project,
    version: description.version,
    secureVersion: description.secureVersion,
  };
}
