import type { IncomingMessage } from "node:http";

/**
 * Whether a request names one host only. RFC 9112 section 3.2 wants 400 for more: of two, each program on the way may
 * take another. Node refuses none, and takes the first of several.
 */
export function namesOneHost({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length <= 1;
}
