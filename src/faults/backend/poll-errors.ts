import type { BackendFault } from "./backend-fault.ts";

/** Only where nodes ask over HTTP: MQTT 3.1.1 has no answer that says no to a message. */
export const pollErrors: BackendFault = {
  name: "poll-errors",
  about: "A poll or a status is answered with an error.",
  touch: { point: "message", effect: "error" },
  link: "none",
};
