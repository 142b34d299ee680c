import type { Fault } from "./fault.ts";

/** The firmware never compares the checksum of the offer; only the image's own hash, read back from flash, finds it. */
export const corruptBlock: Fault = {
  name: "corrupt-block",
  about:
    "One block of the first download is damaged in flash: the image does not verify, and the next attempt is good.",
  touch: { point: "write", effect: "damage" },
};
