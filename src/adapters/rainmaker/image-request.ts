/**
 * The image over HTTPS, as esp_https_ota asks for it: a plain GET, or a Range from the last whole KiB. A part needs a
 * 206; a 200 or 416 makes it ask for the whole. Any other status fails the attempt as ESP_FAIL.
 * Source: esp-idf components/esp_https_ota; esp_rainmaker src/ota/esp_rmaker_https_ota.c.
 */
import type { HttpReply, HttpRequest, ImageHead } from "../adapter.ts";

export function imageRequest(url: string, fromBytes: number, isRanged: boolean): HttpRequest {
  const headers: Record<string, string> = { "user-agent": "ESP32 HTTP Client/1.0" };
  if (isRanged) headers["range"] = `bytes=${fromBytes}-`;
  return { via: "http", method: "GET", url, headers, body: undefined };
}

/** How the answer to an image request begins, from its status and headers. */
export function imageHead(reply: Omit<HttpReply, "body">, fromBytes: number, isRanged: boolean): ImageHead {
  const length = Number(reply.headers["content-length"]);
  const lengthBytes = Number.isSafeInteger(length) && length >= 0 ? length : undefined;
  if (isRanged) {
    if (reply.status === 206 && rangeStart(reply) === fromBytes) return { kind: "begun", fromBytes, lengthBytes };
    if (reply.status === 200 || reply.status === 206 || reply.status === 416) return { kind: "range refused" };
  } else if (reply.status === 200) return { kind: "begun", fromBytes: 0, lengthBytes };
  return { kind: "failed", err: "ESP_FAIL", errno: 0 };
}

function rangeStart(reply: Omit<HttpReply, "body">): number | undefined {
  const match = /^bytes (\d+)-/.exec(reply.headers["content-range"] ?? "");
  return match === null ? undefined : Number(match[1]);
}
