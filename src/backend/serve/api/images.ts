/** `/v1/admin/otaimage`: RainMaker's upload in base64, one of our own for raw bytes, and the list. */
import { Hono } from "hono";
import { z } from "zod";
import type { Ledger, LedgerImage } from "../ledger.ts";
import { CODES, Failure, readNumber } from "./failure.ts";
import { readBody, readBytes } from "./request-body.ts";

/** RainMaker's limits: 200 MB for an image, 5 MB for one in base64. */
export const IMAGE_BYTES_MAX = 200_000_000;
const BASE64_IMAGE_BYTES_MAX = 5_000_000;
const NAME_CHARACTERS_MAX = 128;

const FIELDS = { name: "image_name", version: "fw_version" };

const ImageBody = z.strictObject({
  image_name: z.string().min(1).max(NAME_CHARACTERS_MAX),
  base64_fwimage: z.base64("must be base64").min(1),
  fw_version: z.string().max(64).optional(),
  model: z.string().max(64).optional(),
  type: z.string().max(64).optional(),
});

export function imagesApi(ledger: Ledger): Hono {
  const api = new Hono();

  api.post("/upload", async (context) => {
    const image = addImage(ledger, {
      name: context.req.query("image_name"),
      version: context.req.query("fw_version"),
      project: context.req.query("project"),
      bytes: await readBytes(context, IMAGE_BYTES_MAX),
      fields: FIELDS,
    });
    await ledger.settled();
    const { id, md5, bytes } = image;
    return context.json({ status: "success", ota_image_id: id, file_md5: md5, file_size: bytes.length });
  });

  api.post("/", async (context) => {
    const body = await readBody(context, ImageBody, BASE64_IMAGE_BYTES_MAX * 1.4);
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

  api.get("/", (context) => {
    const id = context.req.query("ota_image_id");
    const count = readNumber(context, "num_records", 100, 1000);
    const from = readNumber(context, "start_id", 0, Number.MAX_SAFE_INTEGER);
    const found = ledger.images.filter((image) => id === undefined || image.id === id);
    const images = found.slice(from, from + count).map(describeImage);
    const next = from + count < found.length ? { next_id: String(from + count) } : {};
    return context.json({ ota_images: images, ...next });
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
  if (version === undefined || version === "" || version.length > 64) {
    throw new Failure(400, CODES.versionMissing, `${fields.version}: must be 1 to 64 characters.`);
  }
  if (bytes.length === 0) throw new Failure(400, CODES.badBody, "The body: must hold the image, but is empty.");
  return ledger.addImage({ name, version, project: (project ?? "").slice(0, 64), bytes });
}

function describeImage(image: LedgerImage): Record<string, unknown> {
  return {
    ota_image_id: image.id,
    image_name: image.name,
    model: image.project,
    fw_version: image.version,
    upload_timestamp: Math.floor(image.uploadedAtMs / 1000),
    file_size: image.bytes.length,
    file_md5: image.md5,
  };
}
