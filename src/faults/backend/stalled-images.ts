import type { BackendFault } from "./backend-fault.ts";

/** The firmware's read loop takes a timeout for progress: a silent but live server hangs the node until it speaks. */
export const stalledImages: BackendFault = {
  name: "stalled-images",
  about: "The body of an image stands still for a while, its link alive, and then goes on.",
  touch: { point: "image", effect: "stalled" },
  link: undefined,
};
