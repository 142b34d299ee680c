import type { BackendFault } from "./backend-fault.ts";

/** A node waits with its next message on no acknowledgement, but writes this one again after a second. */
export const statusLatency: BackendFault = {
  name: "status-latency",
  about: "The backend's acknowledgements of statuses come late.",
  touch: { point: "status answer", effect: "late" },
  link: undefined,
};
