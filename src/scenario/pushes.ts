/** Which jobs send offers that no node asked for. */
import type { JobScenario, Scenario } from "./scenario.ts";

/**
 * Whether a job's offers may come unasked: pushed at its start, or sent when a user approves. A backend that follows
 * RainMaker's documents pushes a job with a timeout too.
 */
export function mayBePushed({ backend }: Pick<Scenario, "backend">, { trigger, timeoutUs }: JobScenario): boolean {
  return trigger !== "default" || (timeoutUs !== undefined && backend.strict === "documents");
}
