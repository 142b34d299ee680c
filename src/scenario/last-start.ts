/** Until when nodes may begin a job: the nodes heed its validity, the backend its timeout and its cancel. */
import { SECOND_US } from "../base/instant.ts";
import type { JobScenario, Scenario } from "./scenario.ts";

/** After this instant of fleet time validity and timeout let no node begin a job; Infinity = it has neither. */
export function lastStartUs(
  { clock }: Pick<Scenario, "clock">,
  { validity, timeoutUs, startsUs }: Pick<JobScenario, "validity" | "timeoutUs" | "startsUs">,
): number {
  const endSeconds = validity?.endSeconds;
  return Math.min(
    endSeconds === undefined ? Infinity : endSeconds * SECOND_US - clock.startUtcMs * 1e3,
    timeoutUs === undefined ? Infinity : startsUs + timeoutUs,
  );
}
