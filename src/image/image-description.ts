import type { AppImage } from "./app-image.ts";
import { chipOfId } from "./chips.ts";
import { defectText } from "./image-defects.ts";
import { hex } from "./image-flaw.ts";
import type { ImageHeader } from "./image-header.ts";
import type { Segment } from "./segments.ts";

/** One line of a description: what it is about, and its value as text. */
export interface DescriptionLine {
  readonly label: string;
  readonly value: string;
}

/** What an image says of itself, in the order in which a person asks; safe to print on a terminal. */
export function describeImage(image: AppImage): readonly DescriptionLine[] {
  const { header, description } = image;
  const lines: readonly (readonly [label: string, value: string])[] = [
    ["project", description.project],
    ["version", description.version],
    ["chip", `${chipOfId(header.chipId)?.title ?? image.chip} (${hex(header.chipId, 4)})`],
    ["chip revisions", revisionsOf(header)],
    ["secure version", String(description.secureVersion)],
    ...image.defects.map((defect) => ["defect", defectText(defect)] as const),
    ["IDF version", description.idfVersion],
    ["compiled", `${description.compileDate} ${description.compileTime}`.trim() || "not recorded"],
    ["ELF SHA-256", description.elfSha256],
    ["eFuse block revisions", rangeOf(description.minEfuseBlockRevision, boundOf(description.maxEfuseBlockRevision))],
    ["MMU page", description.mmuPageLog2 === 0 ? "not recorded" : `2^${description.mmuPageLog2} bytes`],
    ["flash", flashOf(header)],
    ["entry", hex(header.entryAddress, 8)],
    ...image.segments.map((segment, index) => [`segment ${index}`, segmentText(segment)] as const),
    ["checksum", `${hex(image.checksum, 2)}, right`],
    ["appended SHA-256", image.appendedSha256 === undefined ? "none" : `${image.appendedSha256}, right`],
    ["image length", `${image.imageLengthBytes} bytes`],
    ["signature", image.signature],
    ["file length", `${image.fileLengthBytes} bytes`],
    ["SHA-256", image.sha256],
    ["MD5", image.md5],
  ];
  return lines.map(([label, value]) => ({ label, value: printable(value) }));
}

function revisionsOf(header: ImageHeader): string {
  return rangeOf(header.minChipRevision, header.maxChipRevision);
}

function rangeOf(min: number, max: number | undefined): string {
  return max === undefined ? `${revision(min)} and later` : `${revision(min)} to ${revision(max)}`;
}

function boundOf(max: number): number | undefined {
  return max === 0 || max === 0xffff ? undefined : max;
}

function revision(value: number): string {
  return `v${Math.floor(value / 100)}.${value % 100}`;
}

function flashOf(header: ImageHeader): string {
  const size = header.flashMegabytes === undefined ? "unknown size" : `${header.flashMegabytes} MB`;
  return `${header.spiMode ?? "unknown mode"}, ${size}`;
}

function segmentText({ loadAddress, offsetBytes, lengthBytes }: Segment): string {
  return `${lengthBytes} bytes at ${hex(offsetBytes)} for ${hex(loadAddress, 8)}`;
}

/** Names come from a file that anyone may have made: control and direction marks could rewrite a terminal's lines. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}
