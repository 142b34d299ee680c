import type { BackendFault } from "./backend-fault.ts";

/** Any status but 200 and 206 fails the attempt before its first byte; the firmware heeds no Retry-After. */
export const imageErrors: BackendFault = {
  name: "image-errors",
  about: "A request of an image is answered with an error.",
  touch: { point: "image", effect: "error" },
  link: undefined,
};
