import type { BackendFault } from "./backend-fault.ts";

/** As from a queue that is full. Only the node's next fetch brings the offer again. */
export const lostOffers: BackendFault = {
  name: "lost-offers",
  about: "An offer is written down as sent, and never leaves the backend.",
  touch: { point: "offer", effect: "lost" },
  link: "mqtt",
};
