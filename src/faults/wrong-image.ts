import type { Fault } from "./fault.ts";

/** A node of another product among the targets; final, as the firmware never asks again by itself. */
export const wrongImage: Fault = {
  name: "wrong-image",
  about: "The image's head names another project than the one that runs: the node rejects it after the first kilobyte.",
  touch: { point: "head", effect: "other project" },
};
