/**
 * The `otaurl` message as a node reads it: each field on its own, in the firmware's order.
 * Source: esp_rainmaker src/ota/esp_rmaker_ota_using_topics.c and esp_rmaker_ota.c, and their answers when run.
 */
import type { LocalWindow, Offer, Validity } from "../../node/offer.ts";
import { LenientObject } from "./lenient-json.ts";

const UNREADABLE: Offer = {
  flaw: "not JSON",
  jobId: undefined,
  url: undefined,
  fileMd5: undefined,
  streamId: undefined,
  sizeBytes: 0,
  version: undefined,
  validity: undefined,
  window: undefined,
  metadata: undefined,
};

export function readOffer(text: string): Offer {
  const message = LenientObject.parse(text);
  if (message === undefined) return UNREADABLE;
  const jobId = message.string("ota_job_id");
  const url = message.string("url");
  const metadata = message.objectText("metadata");
  // The firmware keeps the metadata as text and parses it again, by itself.
  const limits = metadata === undefined ? undefined : LenientObject.parse(metadata);
  return {
    flaw: jobId === undefined ? "no job id" : url === undefined ? "no url" : undefined,
    jobId,
    url,
    fileMd5: message.string("file_md5"),
    streamId: message.string("stream_id"),
    sizeBytes: Math.max(0, message.int("file_size") ?? 0),
    version: message.string("fw_version"),
    validity: validityOf(limits?.object("validity")),
    window: windowOf(limits?.object("download_window")),
    metadata,
  };
}

/** -1 stands for "absent", and so does whatever is no whole number. */
function bound(object: LenientObject, key: string): number | undefined {
  const value = object.int(key);
  return value === -1 ? undefined : value;
}

function validityOf(object: LenientObject | undefined): Validity | undefined {
  return object && { startSeconds: bound(object, "start"), endSeconds: bound(object, "end") };
}

function windowOf(object: LenientObject | undefined): LocalWindow | undefined {
  return object && { startMinute: bound(object, "start"), endMinute: bound(object, "end") };
}
