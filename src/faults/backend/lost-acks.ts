import type { BackendFault } from "./backend-fault.ts";

/** The node writes the message again: QoS 1 is at least once, and the backend must bear hearing it twice. */
export const lostAcks: BackendFault = {
  name: "lost-acks",
  about: "A node's message is taken in and acted on, and its acknowledgement is lost.",
  touch: { point: "message", effect: "unacknowledged" },
  link: "mqtt",
};
