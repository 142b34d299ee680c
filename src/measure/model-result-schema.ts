/** The rules of the modelled servers in a result, as zod has them. */
import { z } from "zod";
import { SERIES } from "./series-schema.ts";

const count = z.int().min(0);
const instantUs = z.number().describe("Fleet time in microseconds since clock.start");

const modelServer = z.object({
  name: z.enum(["fetch", "statuses", "broker connects", "broker fan-out"]),
  servers: count.nullable().describe("Served at once; null = a gate that lets so many through a second"),
  utilisation: z.number().describe("Share of what they could have done up to the end, 0 to 1"),
  queueMax: count.nullable().describe("null = any number may wait"),
  queuePeak: count,
  taken: count,
  refused: count.describe("Turned away since the queue was full"),
  lost: count.describe("Waiting or being served when an outage began"),
  wait: SERIES.describe("From arrival to the begin of the service, microseconds"),
});

/** What a scenario's model came to. */
export const MODEL_RESULT = z.object({
  servers: z.array(modelServer),
  downloads: z.object({
    inFlightPeak: count,
    inFlightMax: count.nullable(),
    refused: count.describe("Requests that were answered 503"),
    egressBytes: count,
    egressPeakBytesPerSecond: z.number(),
    egressMaxBytesPerSecond: z.number().nullable().describe("null = no limit"),
    utilisation: z.number().nullable(),
    capStep: z.number().describe("Ratio of a class of caps to the next; 1 = none was rounded"),
    egressBytesByBucket: z.array(z.number()).describe("One number a bucket of the timelines"),
  }),
  outages: z.array(z.object({ of: z.enum(["all", "broker", "cdn"]), atUs: instantUs, untilUs: instantUs })),
  values: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      isCalibrated: z.boolean().describe("false = assumed"),
      fit: z.string(),
    }),
  ),
  calibratedFrom: z.string().nullable(),
  leavesOut: z.array(z.string()).describe("What the model leaves out, as sentences"),
});
