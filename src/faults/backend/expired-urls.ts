import type { BackendFault } from "./backend-fault.ts";

/** Three quick attempts meet 403, and a fresh URL comes with the fetch five minutes later. */
export const expiredUrls: BackendFault = {
  name: "expired-urls",
  about: "The signed URL of an offer has expired before the node has it.",
  touch: { point: "offer", effect: "expired url" },
  link: undefined,
};
