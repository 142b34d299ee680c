import type { BackendFault } from "./backend-fault.ts";

/** The node writes it again after a second and gives it up after 30 s, which for a status means that it is lost. */
export const lostMessages: BackendFault = {
  name: "lost-messages",
  about: "A node's message is swallowed before it is taken in: neither acted on nor acknowledged.",
  touch: { point: "message", effect: "swallowed" },
  link: "mqtt",
};
