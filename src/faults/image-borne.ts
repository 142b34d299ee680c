import type { FaultName } from "./fault-names.ts";

/**
 * The faults that an image can carry in itself: what happens when it boots or runs. The others befall a node whatever
 * it runs (its flash, its power) or the way of an image to it, so no image brings or cures them.
 */
export const IMAGE_BORNE_FAULTS = [
  "boot-loop",
  "self-test-fails",
  "no-network-after-update",
  "lost-status",
  "brick",
] as const satisfies readonly FaultName[];

/** What each comes to on a node that boots such an image for the first time; null = the node goes on with it. */
export const AT_FIRST_BOOT = {
  "boot-loop": "crashed",
  "self-test-fails": "selfTest",
  "no-network-after-update": "noNetwork",
  "lost-status": null,
  brick: "broken",
} as const satisfies Readonly<Record<ImageBorneFault, string | null>>;

export type ImageBorneFault = (typeof IMAGE_BORNE_FAULTS)[number];

/** Whether this is the name of a fault that an image can carry. */
export function isImageBorne(name: string): name is ImageBorneFault {
  return (IMAGE_BORNE_FAULTS as readonly string[]).includes(name);
}
