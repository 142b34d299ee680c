/** `otafleet image`: what an image is, one out of nothing, and whether a node would take one. */
import { type Place, UserError } from "../base/user-error.ts";
import { type AppImage, parseAppImage } from "../image/app-image.ts";
import { buildAppImage } from "../image/build-image.ts";
import type { ChipName } from "../image/chips.ts";
import { describeImage } from "../image/image-description.ts";
import { signSecureBootV2 } from "../image/image-signing.ts";
import { type CheckedBlock, checkSignature, type SignatureCheck } from "../image/signature.ts";
import { readPublicKey } from "../image/signing-key.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { IMAGE_DEFAULTS } from "../scenario/defaults.ts";
import { SIZE } from "../scenario/units.ts";
import { tellPeople, tellPrograms } from "./console.ts";
import { defectOf } from "./defect-flag.ts";
import { everyMistakeOf } from "./every-mistake.ts";
import { EXIT } from "./exit-codes.ts";
import { fileBytes, writeBytes } from "./file-bytes.ts";
import { flawError, imageFileBytes, readImageFile } from "./image-file.ts";

/** Flags as they were typed. */
export interface ImageInfoFlags {
  readonly json?: boolean;
}

/** Flags as they were typed. */
export interface ImageMakeFlags {
  readonly out?: string;
  readonly chip?: string;
  readonly project?: string;
  readonly version?: string;
  readonly size?: string;
  readonly secureVersion?: string;
  readonly defect?: readonly string[];
  readonly seed?: string;
  readonly sign?: string;
  readonly force?: boolean;
}

/** Flags as they were typed. */
export interface ImageVerifyFlags {
  readonly key?: readonly string[];
}

/** A PEM file of a key of these kinds has less than 3 KB. */
const KEY_BYTES_MAX = 64 * 1024;

/** Prints what an image says of itself. */
export function imageInfo(file: string, { json }: ImageInfoFlags): number {
  const { image } = readImageFile(file);
  tellPrograms(json === true ? `${JSON.stringify(image, undefined, 2)}\n` : descriptionText(image));
  return EXIT.passed;
}

/** Makes an image and writes it. */
export function imageMake(argument: string | undefined, flags: ImageMakeFlags): number {
  const { path, sizeBytes, secureVersion, defects, seed, key } = everyMistakeOf({
    path: () => outOf(argument, flags.out),
    sizeBytes: () => sizeOf(flags.size ?? IMAGE_DEFAULTS.size),
    secureVersion: () => wholeOf("--secure-version", flags.secureVersion ?? "0", 0xffffffff),
    defects: () => (flags.defect ?? []).map((text) => defectOf(text)),
    seed: () => wholeOf("--seed", flags.seed ?? "1", Number.MAX_SAFE_INTEGER),
    key: () => (flags.sign === undefined ? undefined : keyText(flags.sign, "a private key")),
  });
  const made = placed(flagPlace, () =>
    buildAppImage({
      chip: (flags.chip ?? IMAGE_DEFAULTS.chip) as ChipName,
      project: flags.project ?? IMAGE_DEFAULTS.project,
      version: flags.version ?? IMAGE_DEFAULTS.version,
      sizeBytes,
      secureVersion,
      defects,
      seed,
    }),
  );
  const keyPlace = (place: Place): Place => ({ ...place, ...(flags.sign === undefined ? {} : { file: flags.sign }) });
  const bytes = key === undefined ? made : placed(keyPlace, () => signSecureBootV2(made, key));
  writeBytes(path, bytes, flags.force === true);
  tellPeople(`${path}: ${bytes.length} bytes`);
  return EXIT.passed;
}

/**
 * Checks an image and its signatures. Throws a `UserError` for one that a node would refuse; the signatures of a file
 * that is no application, such as a bootloader, are told all the same.
 */
export function imageVerify(file: string, { key = [] }: ImageVerifyFlags): number {
  const pems = key.map((path) => publicKeyText(path));
  const bytes = imageFileBytes(file);
  const parse = parseAppImage(bytes);
  const check = checkSignature(bytes, pems);
  const lines = [
    ...(parse.ok ? [soundText(parse.image)] : []),
    ...check.blocks.map((block) => blockText(block, key)),
    ...(parse.ok && check.kind === "none" ? ["signature: none"] : []),
  ];
  tellPrograms(lines.map((line) => `${line}\n`).join(""));
  if (!parse.ok) throw flawError(file, parse.flaw);
  if (key.length > 0 && !check.isAccepted) throw refused(file, check);
  const bad = check.blocks.find(({ verdict }) => verdict !== "good" && verdict !== "needs a key");
  if (bad !== undefined && !check.isAccepted)
    throw new UserError({ file, seen: `has a signature that is no good: ${bad.verdict}`, expected: SIGN_AGAIN });
  return EXIT.passed;
}

function soundText({ chip, description }: AppImage): string {
  return `sound: ${harmlessLine(`${description.project} ${description.version}`)} for ${chip}`;
}

const SIGN_AGAIN = "sign the image that the build made, and change nothing afterwards";

function refused(file: string, { kind, blocks }: SignatureCheck): UserError {
  const expected = "sign it with the private half of a key that nodes trust, or give the right --key";
  if (kind === "none") return new UserError({ file, seen: "is not signed", expected });
  const isByAnother = blocks.some(({ verdict }) => verdict === "good");
  const why = isByAnother ? "is signed by another key" : `has a signature that is no good: ${blocks[0]?.verdict}`;
  return new UserError({ file, seen: why, expected });
}

function blockText({ scheme, verdict, signer, keyDigest }: CheckedBlock, keys: readonly string[]): string {
  const by = signer === undefined ? "" : `, by ${keys[signer]}`;
  const digest = keyDigest === undefined ? "" : `; key digest ${keyDigest}`;
  return `signature: ${verdict}${scheme === undefined ? "" : ` (${scheme})`}${by}${digest}`;
}

function descriptionText(image: AppImage): string {
  const lines = describeImage(image);
  const columns = Math.max(...lines.map(({ label }) => label.length));
  return lines.map(({ label, value }) => `${label.padEnd(columns)}  ${value}\n`).join("");
}

function outOf(argument: string | undefined, flag: string | undefined): string {
  const path = argument ?? flag;
  if (path !== undefined && (argument === undefined || flag === undefined)) return path;
  const seen = path === undefined ? "is missing" : "stands beside another file";
  throw new UserError({ field: "--out", seen, expected: "name one file to write: otafleet image make demo.bin" });
}

function sizeOf(text: string): number {
  const bytes = SIZE.parse(text);
  if (bytes === undefined)
    throw new UserError({ field: "--size", seen: `is "${text}"`, expected: `must be ${SIZE.expected}` });
  return bytes;
}

function wholeOf(flag: string, text: string, max: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value <= max) return value;
  throw new UserError({ field: flag, seen: `is "${text}"`, expected: `must be a whole number from 0 to ${max}` });
}

function publicKeyText(path: string): string {
  const pem = keyText(path, "a public key");
  placed(
    (place) => ({ ...place, file: path }),
    () => readPublicKey(pem),
  );
  return pem;
}

/** What the image's own checks refuse is told where the user wrote it. */
function placed<T>(placeOf: (place: Place) => Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.mistakes.map((mistake) => ({ ...mistake, ...placeOf(mistake) })));
  }
}

function flagPlace({ field = "" }: Place): Place {
  return { field: `--${field}` };
}

function keyText(path: string, what: string): string {
  return Buffer.from(fileBytes(path, { what, bytesMax: KEY_BYTES_MAX })).toString("utf8");
}
