import type { BackendFault } from "./backend-fault.ts";

/** Every link breaks at once, and all nodes dial again ten seconds later: the herd. */
export const restart: BackendFault = {
  name: "restart",
  about: "The backend is killed, and comes back with what it had acknowledged.",
  touch: { point: "process", effect: "restart" },
  link: undefined,
};
