/** Whether an image fits into the OTA slots of the nodes that it is for. */
import { howMany } from "../base/how-many.ts";
import { SLOT_BYTES } from "../fleet/node-settings.ts";
import { imageOfJob } from "./job-images.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";
import { SIZE } from "./units.ts";

/**
 * What follows where it does not: the write of the first byte behind the slot fails, so the firmware learns of it at the
 * slot's end, makes its attempts, and asks again for as long as it is offered the job. Firmware that resumes goes on from
 * the slot's end, and draws next to nothing from the second attempt on.
 */
export const NO_ROOM =
  "each attempt fails at the end of the slot, firmware that does not resume draws all of it each time, and nodes ask again for as long as they are offered the job";

/** `has 4MiB, more than the 3MiB of the OTA slot of each of its 150 targets`; undefined = it fits. */
export function noRoomText(scenario: Scenario, job: JobScenario): string | undefined {
  const { sizeBytes } = imageOfJob(scenario, job);
  if (sizeBytes <= SLOT_BYTES) return undefined;
  const nodes = howMany(targetsOf(scenario, job).size, "target");
  return `has ${SIZE.print(sizeBytes)}, more than the ${SIZE.print(SLOT_BYTES)} of the OTA slot of each of its ${nodes}`;
}

/** A sentence for each job whose image does not fit. */
export function noRoomRemarks(scenario: Scenario): readonly string[] {
  return scenario.jobs.flatMap((job) => {
    const text = noRoomText(scenario, job);
    return text === undefined ? [] : [`The image of job ${job.name} ${text}: ${NO_ROOM}.`];
  });
}
