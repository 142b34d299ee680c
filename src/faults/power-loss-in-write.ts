import type { Fault } from "./fault.ts";

/** The slot is partly written; what NVS remembers decides whether the download goes on or begins anew. */
export const powerLossInWrite: Fault = {
  name: "power-loss-in-write",
  about: "Power fails once, at a random byte of the download; a minute later it is back.",
  touch: { point: "write", effect: "power loss", outageMs: 60_000 },
};
