import type { LedgerImage, NewJob } from "../../src/backend/serve/ledger-entries.ts";

/** A plain job as the ledger takes it. */
export function newJob(image: LedgerImage, changes: Partial<NewJob> = {}): NewJob {
  return {
    name: "spring",
    description: "",
    image,
    targets: [],
    groups: [],
    dynamic: undefined,
    trigger: "default",
    priority: 5,
    timeoutMs: undefined,
    metadata: "",
    ...changes,
  };
}
