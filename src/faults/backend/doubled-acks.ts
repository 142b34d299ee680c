import type { BackendFault } from "./backend-fault.ts";

/** The second names a packet id that is free again, or that another message has taken by then. */
export const doubledAcks: BackendFault = {
  name: "doubled-acks",
  about: "A node's message is acknowledged twice.",
  touch: { point: "message", effect: "acknowledged twice" },
  link: "mqtt",
};
