/** What was thrown in a thread: a sentence for its result, and the whole of it for whoever looks for the fault. */
import { channel } from "node:diagnostics_channel";

/** Has each error that ended a thread, as that thread threw it. */
export const THREAD_FAULTS = "otafleet:thread-fault";

const faults = channel(THREAD_FAULTS);

/** Why a thread ended, as a sentence; tells all of it to who listens. */
export function threadFault(error: unknown): string {
  faults.publish(error);
  return error instanceof Error ? error.message : String(error);
}
