/**
 * Image URLs that one node may use for one job until they expire. The whole path and query is rebuilt from what it
 * says and compared byte by byte, so there is no second spelling of a URL that is valid too.
 */
import { createHmac } from "node:crypto";
import { isSameSecret } from "./credentials.ts";

export interface UrlClaim {
  readonly imageId: string;
  readonly imageName: string;
  readonly nodeId: string;
  readonly jobId: string;
  readonly sizeBytes: number;
  /** Whole seconds since 1970, fleet time. */
  readonly expiresSeconds: number;
}

/** Path and query; the scheme, host and port stand before it. */
export function signedPath(urlSecret: string, claim: UrlClaim): string {
  const path = `/images/${encodeURIComponent(claim.imageId)}/${encodeURIComponent(claim.imageName)}.bin`;
  const query =
    `X-Otafleet-Expires=${claim.expiresSeconds}` +
    `&node=${encodeURIComponent(claim.nodeId)}&job=${encodeURIComponent(claim.jobId)}`;
  const signature = createHmac("sha256", urlSecret)
    .update(["GET", path, query, claim.sizeBytes].join("\n"))
    .digest("base64url");
  return `${path}?${query}&sig=${signature}`;
}

export type UrlVerdict =
  | { readonly kind: "valid"; readonly imageId: string; readonly nodeId: string }
  | { readonly kind: "expired"; readonly imageId: string }
  | { readonly kind: "forged" };

const FORM =
  /^\/images\/([^/?]+)\/([^/?]+)\.bin\?X-Otafleet-Expires=(\d{1,12})&node=([^&]+)&job=([^&]+)&sig=[\w-]{43}$/;

/**
 * Judges the path and query of a request. `sizeOf` gives an image's size, undefined for one that is not there.
 */
export function judgeSignedPath(
  urlSecret: string,
  pathAndQuery: string,
  nowSeconds: number,
  sizeOf: (imageId: string) => number | undefined,
): UrlVerdict {
  const parts = FORM.exec(pathAndQuery)?.slice(1).map(decode);
  if (parts === undefined || parts.includes(undefined)) return { kind: "forged" };
  const [imageId = "", imageName = "", expires = "", nodeId = "", jobId = ""] = parts;
  const expiresSeconds = Number(expires);
  const claim = { imageId, imageName, nodeId, jobId, sizeBytes: sizeOf(imageId) ?? -1, expiresSeconds };
  if (!isSameSecret(pathAndQuery, signedPath(urlSecret, claim))) return { kind: "forged" };
  return nowSeconds < expiresSeconds ? { kind: "valid", imageId, nodeId } : { kind: "expired", imageId };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
