import type { BackendFault } from "./backend-fault.ts";

/** What QoS 1 allows every broker to do; the firmware drops the second without a word while it is updating. */
export const doubledOffers: BackendFault = {
  name: "doubled-offers",
  about: "An offer is delivered twice.",
  touch: { point: "offer", effect: "doubled" },
  link: "mqtt",
};
