import type { Fault } from "./fault.ts";

/** The firmware forgets the job before the report is acknowledged, and never repeats it. */
export const lostStatus: Fault = {
  name: "lost-status",
  about: "The final report never leaves the node: the backend goes on believing what it believed.",
  touch: { point: "final report", effect: "lost" },
};
