/** What stood in a run's way, in `result.json`: how it ended and who was missing, defects of images, downloads in vain. */
import { z } from "zod";

const count = z.int().min(0);
const instantUs = z.number().describe("Fleet time in microseconds since clock.start");

export const END_RESULT = z
  .object({
    rule: z.enum(["settled", "time"]),
    by: z.enum(["settled", "time", "stopped"]),
    latestAtUs: instantUs,
    unseen: count.describe("Targets that were never connected between their job's start and the end"),
    dueBack: z
      .object({ targets: count, firstAtUs: instantUs.nullable(), lastAtUs: instantUs.nullable() })
      .nullable()
      .describe("Of them, who comes back by the latest end; null = not known, as in a live run"),
  })
  .describe("How it came to its end, and who was missing then");

export const RETRY_RESULT = z
  .object({
    most: count.describe("Downloads that the busiest target began; stops counting at 255"),
    mostNode: count.nullable(),
    mostJob: z.string().nullable(),
    usualMax: count,
    over: count.describe("Targets that began more than usualMax"),
    overUndone: count.describe("Those of them that did not succeed"),
    brokenBytes: count.describe("Image bytes of attempts that broke off; a later one may have gone on from them"),
  })
  .describe("Who began one download after the other");

export const DEFECT_RESULTS = z
  .array(
    z.object({
      job: z.string(),
      version: z.string(),
      fault: z.string(),
      hardware: z.string().nullable(),
      share: z.number(),
      afterUs: z.number(),
      targets: count.describe("Targets that it strikes if they boot the image"),
      installed: count.describe("Of them, who wrote the image whole and booted it, or was about to"),
      struck: count,
      inVain: z.string().describe('Why it could strike nobody; "" = it could'),
    }),
  )
  .describe("What the images of the jobs carry; left out where they carry nothing");
