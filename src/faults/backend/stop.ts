import type { BackendFault } from "./backend-fault.ts";

/** Its kernel goes on accepting links and bytes, so nodes wait rather than fail. */
export const stop: BackendFault = {
  name: "stop",
  about: "The backend stands still, silent but alive.",
  touch: { point: "process", effect: "stop" },
  link: undefined,
};
