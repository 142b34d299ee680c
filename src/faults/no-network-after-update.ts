import type { Fault } from "./fault.ts";

/** Field cases: a driver or credentials partition that the new image does not read. */
export const noNetworkAfterUpdate: Fault = {
  name: "no-network-after-update",
  about: "The new image never reaches the network: after 90 s it is given up.",
  touch: { point: "first boot", effect: "no network" },
};
