/** `/v1/admin/otaimage`: RainMaker's upload in base64, one of our own for raw bytes, and the list. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { Ledger, LedgerImage } from "../ledger.ts";
import { CODES, Failure, failureAnswer, readBody, readNumber } from "./failure.ts";

/** RainMaker's limits: 200 MB for an image, 5 MB for one in base64. */
const IMAGE_BYTES_MAX = 200_000_000;
const BASE64_IMAGE_BYTES_MAX = 5_000_000;
const NAME_CHARACTERS_MAX = 128;

const ImageBody = z.strictObject({
  image_name: z.string().min(1).max(NAME_CHARACTERS_MAX),
  base64_fwimage: z.base64("must be base64").min(1),
  fw_version: z.string().max(64).optional(),
  model: z.string().max(64).optional(),
  type: z.string().max(64).optional(),
});

export function imagesApi(ledger: Ledger): Hono {
  const api = new Hono();

  api.post("/upload", limitTo(IMAGE_BYTES_MAX), async (context) => {
    const name = context.req.query("image_name") ?? "";
    if (name === "" || name.length > NAME_CHARACTERS_MAX) {
      throw new Failure(
        400,
        CODES.imageNameMissing,
        `image_name: must be 1 to ${NAME_CHARACTERS_MAX} characters in the query.`,
      );
    }
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    const image = addImage(ledger, name, context.req.query("fw_version"), context.req.query("project"), bytes);
    await ledger.settled();
    return context.json({ status: "success", ota_image_id: image.id, file_md5: image.md5, file_size: bytes.length });
  });

  api.post("/", limitTo(BASE64_IMAGE_BYTES_MAX * 1.4), async (context) => {
    const body = await readBody(context, ImageBody);
    const bytes = new Uint8Array(Buffer.from(body.base64_fwimage, "base64"));
    const image = addImage(ledger, body.image_name, body.fw_version, body.model, bytes);
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

function addImage(
  ledger: Ledger,
  name: string,
  version: string | undefined,
  project: string | undefined,
  bytes: Uint8Array,
): LedgerImage {
  if (version === undefined || version === "" || version.length > 64) {
    throw new Failure(400, CODES.versionMissing, "fw_version: must be 1 to 64 characters.");
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

function limitTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: (context) =>
      failureAnswer(context, new Failure(413, CODES.imageTooLarge, `The body: must be at most ${maxSize} bytes.`)),
  });
}
