import type { BackendFault } from "./backend-fault.ts";

/** The next attempt asks for the rest by Range. */
export const truncatedImages: BackendFault = {
  name: "truncated-images",
  about: "The body of an image ends early, and the link with it.",
  touch: { point: "image", effect: "truncated" },
  link: undefined,
};
