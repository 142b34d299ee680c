/** What became of a rollout in stages, in `result.json`. */
import { z } from "zod";
import { STOP_REASONS } from "./event-record.ts";

const count = z.int().min(0);
const instantUs = z.number().describe("Fleet time in microseconds since clock.start");

const stand = z.object({
  released: count,
  downloaded: count.describe("Had written the image whole"),
  confirmed: count,
  hit: count.describe("Rolled back, failed or bricked, by truth; but for those overtaken"),
  overtaken: count.describe("Rolled back as a second offer came before the reboot: no harm of the image"),
  hitOnRecord: count.nullable().describe("Failed or rejected by what the backend has on record"),
});

/** The rules of a rollout in stages, as zod has them. */
export const ROLLOUT_RESULT = z
  .object({
    stages: z.array(
      z.object({
        name: z.string(),
        targets: count,
        released: count,
        firstReleasedAtUs: instantUs.nullable(),
        lastReleasedAtUs: instantUs.nullable(),
        doneAtUs: instantUs.nullable().describe("When the last of its targets came to an end; null = not all did"),
        confirmed: count,
        hit: count,
      }),
    ),
    stop: z
      .object({
        atUs: instantUs,
        stage: count,
        reason: z.enum(STOP_REASONS),
        hitsOnRecord: count,
        ofOnRecord: count,
      })
      .nullable(),
    byThen: stand.describe("When the stop rule fired, or at the end"),
    atEnd: stand,
    wouldHit: count
      .nullable()
      .describe(
        "Targets that defects of the image or faults of their own end badly if every stage is released and all take the image; those whom network or power fails before they confirm it come on top",
      ),
    wouldHitLater: count
      .nullable()
      .describe("Of wouldHit: struck only where the image runs for long enough without a restart, so at most so many"),
  })
  .describe("Of a job that is released in stages");
