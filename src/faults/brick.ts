import type { Fault } from "./fault.ts";

/** Field cases: an application that rewrites the partition table or the bootloader, or burns the wrong eFuse. */
export const brick: Fault = {
  name: "brick",
  about: "The new image destroys what the chip boots from: the node is gone until somebody opens it.",
  touch: { point: "first boot", effect: "brick" },
};
