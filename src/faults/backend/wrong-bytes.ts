import type { BackendFault } from "./backend-fault.ts";

/** Behind the head, so that no gate sees it: only the digest of the whole image does. */
export const wrongBytes: BackendFault = {
  name: "wrong-bytes",
  about: "One bit of an image is wrong on its way.",
  touch: { point: "image", effect: "damaged" },
  link: undefined,
};
