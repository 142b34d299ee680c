import type { BackendFault } from "./backend-fault.ts";

/** Also what a server of known delays is made of: the latency that a run measures can be held against it. */
export const fetchLatency: BackendFault = {
  name: "fetch-latency",
  about: "The backend's answers to fetches come late.",
  touch: { point: "fetch answer", effect: "late" },
  link: undefined,
};
