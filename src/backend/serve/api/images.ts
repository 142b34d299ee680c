/** `/v1/admin/otaimage`: RainMaker's upload in base64, one of our own for raw bytes, and the list. */
import { Hono } from "hono";
import { z } from "zod";
import { type ImageHead, readImageHead } from "../../../image/image-head.ts";
import type { Ledger } from "../ledger.ts";
import type { LedgerImage } from "../ledger-entries.ts";
import { declared } from "./declared.ts";
import { CODES, Failure } from "./failure.ts";
import { flag, optionalText, pageStart, text, wholeNumber } from "./parameters.ts";
import { readBytes } from "./request-body.ts";

/** RainMaker's limits: 200 MB for an image, 5 MB for one in base64. */
export const IMAGE_BYTES_MAX = 200_000_000;
const BASE64_IMAGE_BYTES_MAX = 5_000_000;
const NAME_CHARACTERS_MAX = 128;
const VERSION_CHARACTERS_MAX = 64;

const FIELDS = { name: "image_name", version: "fw_version" };

const ImageBody = z.strictObject({
  image_name: z.string().min(1).max(NAME_CHARACTERS_MAX),
  base64_fwimage: z.base64("must be base64").min(1),
  fw_version: z.string().max(VERSION_CHARACTERS_MAX).optional(),
  model: z.string().max(64).optional(),
  type: z.string().max(64).optional(),
});

const Success = z.literal("success");

const Image = z.object({
  ota_image_id: z.string(),
  image_name: z.string(),
  model: z.string(),
  fw_version: z.string(),
  upload_timestamp: z.int(),
  file_size: z.int(),
  file_md5: z.string(),
  archived: z.boolean(),
});

const UPLOAD = declared({
  about: "Takes an image as raw bytes.",
  query: {
    image_name: text("Its name.", NAME_CHARACTERS_MAX),
    fw_version: optionalText("The version that it brings; without it, the one in its header.", VERSION_CHARACTERS_MAX),
    project: optionalText("The project that it is of; without it, the one in its header."),
  },
  takesBytes: true,
  answer: z.object({ status: Success, ota_image_id: z.string(), file_md5: z.string(), file_size: z.int() }),
});

const ADD = declared({
  about: "Takes an image in base64, as RainMaker does.",
  body: ImageBody,
  bodyBytesMax: BASE64_IMAGE_BYTES_MAX * 1.4,
  answer: z.object({ status: Success, ota_image_id: z.string() }),
});

const LIST = declared({
  about: "Lists the images, page by page, or the one with an id.",
  query: {
    ota_image_id: optionalText("Only this image."),
    archived: flag("Only archived images; without it, only the others."),
    all: flag("Archived images and the others."),
    num_records: wholeNumber(100, 1000, "Images in the answer, at most."),
    start_id: pageStart(),
  },
  answer: z.object({ ota_images: z.array(Image), next_id: z.string().optional() }),
});

const ARCHIVE = declared({
  about: "Puts an image away, so that no new job can use it, or takes it back.",
  query: {
    ota_image_id: text("The image."),
    archive: z.enum(["true", "false"], { error: "must be true or false" }).describe("Put away, or take back."),
  },
  answer: z.object({ status: Success, description: z.string() }),
});

export function imagesApi(ledger: Ledger): Hono {
  const api = new Hono();

  api.post("/upload", UPLOAD, async (context) => {
    const { image_name: name, fw_version: version, project } = UPLOAD.query(context);
    const image = addImage(ledger, {
      name,
      version,
      project,
      bytes: await readBytes(context, IMAGE_BYTES_MAX),
      fields: FIELDS,
    });
    await ledger.settled();
    const { id, md5, bytes } = image;
    return context.json({ status: "success", ota_image_id: id, file_md5: md5, file_size: bytes.length });
  });

  api.post("/", ADD, async (context) => {
    const body = await ADD.body(context);
    const image = addImage(ledger, {
      name: body.image_name,
      version: body.fw_version,
      project: body.model,
      bytes: new Uint8Array(Buffer.from(body.base64_fwimage, "base64")),
      fields: FIELDS,
    });
    await ledger.settled();
    return context.json({ status: "success", ota_image_id: image.id });
  });

  api.get("/", LIST, (context) => {
    const { ota_image_id: id, archived, all, num_records: count, start_id: from } = LIST.query(context);
    const found = ledger.images.filter((image) =>
      id === undefined ? all || image.isArchived === archived : image.id === id,
    );
    const images = found.slice(from, from + count).map(describeImage);
    const next = from + count < found.length ? { next_id: String(from + count) } : {};
    return context.json({ ota_images: images, ...next });
  });

  api.put("/", ARCHIVE, async (context) => {
    const { ota_image_id: id, archive } = ARCHIVE.query(context);
    archiveImage(ledger, id, archive === "true");
    await ledger.settled();
    return context.json({ status: "success", description: archive === "true" ? "archived" : "taken back" });
  });

  return api;
}

export interface ImageWish {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly project: string | undefined;
  readonly bytes: Uint8Array;
  /** How the API in question calls the two. */
  readonly fields: { readonly name: string; readonly version: string };
}

/** Takes an image into the books; a `Failure` names what is wrong with it. */
export function addImage(ledger: Ledger, { name, version, project, bytes, fields }: ImageWish): LedgerImage {
  if (name === undefined || name === "" || name.length > NAME_CHARACTERS_MAX) {
    throw new Failure(400, CODES.imageNameMissing, `${fields.name}: must be 1 to ${NAME_CHARACTERS_MAX} characters.`);
  }
  if (version !== undefined && (version === "" || version.length > VERSION_CHARACTERS_MAX)) {
    throw new Failure(
      400,
      CODES.versionMissing,
      `${fields.version}: must be 1 to ${VERSION_CHARACTERS_MAX} characters.`,
    );
  }
  if (bytes.length === 0) throw new Failure(400, CODES.badBody, "The body: must hold the image, but is empty.");
  const head = readImageHead(bytes);
  const brings = version ?? versionIn(head, fields.version);
  return ledger.addImage({ name, version: brings, project: (project ?? head?.project ?? "").slice(0, 64), bytes });
}

/** As RainMaker has it: what the request names goes before the header, and what neither names is refused. */
function versionIn(head: ImageHead | undefined, field: string): string {
  if (head === undefined) {
    const words = `${field}: is missing, and the image has no header to read it from; name it, or send an application.`;
    throw new Failure(400, CODES.imageUnreadable, words);
  }
  if (head.version !== "") return head.version;
  throw new Failure(400, CODES.versionMissing, `${field}: is missing, and the image's header has none; name it.`);
}

function archiveImage(ledger: Ledger, id: string, isArchived: boolean): void {
  const image = ledger.imageOf(id);
  if (image === undefined) {
    throw new Failure(404, CODES.imageUnknown, `ota_image_id: image ${id.slice(0, 64)} does not exist.`);
  }
  if (image.isArchived === isArchived) {
    const code = isArchived ? CODES.imageArchivedBefore : CODES.imageNotArchived;
    throw new Failure(400, code, `archive: image ${id} is ${isArchived ? "archived already" : "not archived"}.`);
  }
  ledger.archive(image, isArchived);
}

function describeImage(image: LedgerImage): z.output<typeof Image> {
  return {
    ota_image_id: image.id,
    image_name: image.name,
    model: image.project,
    fw_version: image.version,
    upload_timestamp: Math.floor(image.uploadedAtMs / 1000),
    file_size: image.bytes.length,
    file_md5: image.md5,
    archived: image.isArchived,
  };
}
