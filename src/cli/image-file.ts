/** An application image that a user names, checked whole. */
import { UserError } from "../base/user-error.ts";
import { IMAGE_BORNE_FAULTS, type ImageBorneFault, isImageBorne } from "../faults/image-borne.ts";
import { type AppImage, parseAppImage } from "../image/app-image.ts";
import { flawText, type ImageFlaw } from "../image/image-flaw.ts";
import type { ImageFacts } from "../scenario/scenario.ts";
import { fileBytes } from "./file-bytes.ts";

/** The largest flash of these chips that an image could fill. */
export const IMAGE_BYTES_MAX = 16 * 1024 * 1024;

/** An image with its file's bytes. */
export interface ImageFile {
  readonly bytes: Uint8Array;
  readonly image: AppImage;
}

/** Reads and checks an image; throws a `UserError` that says why a file is none. */
export function readImageFile(path: string): ImageFile {
  const bytes = imageFileBytes(path);
  const parse = parseAppImage(bytes);
  if (!parse.ok) throw flawError(path, parse.flaw);
  return { bytes, image: parse.image };
}

/** The bytes of a file that may be an image. */
export function imageFileBytes(path: string): Uint8Array {
  return fileBytes(path, { what: "an image", bytesMax: IMAGE_BYTES_MAX });
}

/** Why a file is no image, as something that the user can mend. */
export function flawError(path: string, flaw: ImageFlaw): UserError {
  const { expected } = flaw;
  // The flaw's own sentence ends with what would be right, which a mistake keeps apart.
  const seen = flawText(flaw).slice(0, -`; ${expected}`.length);
  return new UserError({ file: path, seen, expected });
}

/** What a scenario has to know of an image. */
export function factsOfImage(path: string, { chip, description, fileLengthBytes, defects }: AppImage): ImageFacts {
  const { project, version, secureVersion } = description;
  const known = defects.map((defect) => ({ ...defect, fault: knownFault(path, defect.fault) }));
  return {
    project,
    version,
    chip,
    secureVersion,
    sizeBytes: fileLengthBytes,
    ...(known.length === 0 ? {} : { defects: known }),
  };
}

function knownFault(path: string, fault: string): ImageBorneFault {
  if (isImageBorne(fault)) return fault;
  const expected = `nodes know ${IMAGE_BORNE_FAULTS.join(", ")}: make the image again`;
  throw new UserError({ file: path, seen: `has the defect ${fault}`, expected });
}
