/**
 * What a result needs beside records, health and beliefs, as it lies in `facts.json`. It is written when a run has
 * ended, whichever way: without it the run was killed.
 */
import { BELIEFS, type Belief } from "../base/belief.ts";
import { z } from "zod";
import { adapterOf } from "../adapters/adapters.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import type { EndMark } from "../measure/record-batch.ts";
import { type HealthSample, type LostWorker, NO_BELIEF, type RunFacts } from "../measure/run-facts.ts";
import type { RunPlan } from "../measure/run-plan.ts";
import { outagesOf } from "../scenario/outages.ts";
import { goneRemarks } from "../scenario/fleet-make-up.ts";
import { noRoomRemarks } from "../scenario/image-room.ts";
import type { RunDocument } from "./run-document.ts";
import { backendFaultCounts } from "./backend-counters.ts";
import { pricingOf } from "./pricing.ts";
import { thresholdsOf } from "./scenario-plan.ts";

/** How a run ended; see `RunFacts` for each field. */
export interface StoredFacts {
  readonly endedAtUs: number;
  readonly wallMs: number | null;
  readonly endedBecause: string;
  /** null = it was not stopped before its end. */
  readonly interruptedBecause: string | null;
  /** What the scenario asked of the operator and could not be done. */
  readonly undone: readonly string[];
  /** What came otherwise than the scenario has it and takes nothing from the run. */
  readonly remarks: readonly string[];
  readonly lostWorkers: readonly LostWorker[];
  readonly backend: Readonly<Record<string, number>>;
}

const BELIEFS_FILE = z.array(z.array(z.enum(BELIEFS).nullable()).nullable());

const FACTS_FILE = z.strictObject({
  endedAtUs: z.number(),
  wallMs: z.number().nullable(),
  endedBecause: z.string(),
  interruptedBecause: z.string().nullable(),
  undone: z.array(z.string()).default([]),
  remarks: z.array(z.string()).default([]),
  lostWorkers: z.array(
    z.strictObject({
      worker: z.number(),
      shard: z.number(),
      firstNode: z.number(),
      lastNode: z.number(),
      lostMs: z.number(),
    }),
  ),
  backend: z.record(z.string(), z.number()),
});

const HEALTH_LINE = z.object({
  of: z.literal("worker"),
  worker: z.number(),
  atWallMs: z.number(),
  loopDelayMaxMs: z.number(),
  loopLatenessMs: z.number(),
  cpuMs: z.number(),
  runQueueWaitMs: z.number(),
  sockets: z.number(),
});

/** What lies in the other files of a folder. */
export interface Evidence {
  readonly endMarks: readonly EndMark[];
  readonly health: readonly HealthSample[];
  readonly beliefs: readonly (Uint8Array | undefined)[];
}

/** Everything that is no record, put together from what is known of a run. */
export function factsOf(document: RunDocument, plan: RunPlan, stored: StoredFacts, evidence: Evidence): RunFacts {
  const { scenario, versions, driver, shards } = document;
  return {
    scenario: { name: scenario.name, about: scenario.about },
    tags: scenario.tags,
    seed: scenario.seed,
    versions,
    clockStart: new Date(scenario.clock.startUtcMs).toISOString(),
    driver,
    endedAtUs: stored.endedAtUs,
    wallMs: stored.wallMs,
    endedBecause: stored.endedBecause,
    endRule: scenario.end.when,
    interruptedBecause: stored.interruptedBecause ?? undefined,
    undone: stored.undone,
    remarks: [...goneRemarks(scenario), ...noRoomRemarks(scenario), ...stored.remarks],
    shards,
    endMarks: evidence.endMarks,
    lostWorkers: stored.lostWorkers,
    health: evidence.health,
    backend: stored.backend,
    beliefs: evidence.beliefs,
    expected: {
      beliefs: adapterOf(scenario.backend.adapter)?.can.beliefs ?? false,
      counters: scenario.backend.urls.length === 0,
      // The coordinator is the last shard, and no worker.
      healthOf: Math.max(0, shards - 1),
    },
    isBackendShared: scenario.backend.urls.length > 0,
    faultNames: FAULT_NAMES,
    backendFaults: backendFaultCounts([...scenario.backend.faults, ...outagesOf(scenario)], stored.backend),
    thresholds: thresholdsOf(scenario, plan),
    pricing: pricingOf(scenario, driver),
  };
}

/** Beliefs as text: for each job the word for each node, null where the backend said nothing. */
export function beliefsText(beliefs: readonly (Uint8Array | undefined)[]): string {
  const words = beliefs.map((job) => (job === undefined ? null : Array.from(job, (number) => BELIEFS[number] ?? null)));
  return `${JSON.stringify(words)}\n`;
}

/** Reads what `beliefsText` wrote for so many nodes; undefined where it is something else, job by job or in whole. */
export function readBeliefs(text: string, nodes: number): readonly (Uint8Array | undefined)[] | undefined {
  try {
    const jobs = BELIEFS_FILE.parse(JSON.parse(text));
    return jobs.map((job) => (job?.length === nodes ? Uint8Array.from(job, numberOf) : undefined));
  } catch {
    // Cut by a kill, or changed by somebody: nothing is known of the backend's beliefs.
    return undefined;
  }
}

/** Reads `facts.json`; undefined where it is something else. */
export function readFacts(text: string): StoredFacts | undefined {
  try {
    return FACTS_FILE.parse(JSON.parse(text));
  } catch {
    // Not there, cut, or changed by somebody: what a run did not say itself is not known.
    return undefined;
  }
}

/** Reads a worker's line of `health.jsonl`; undefined where it is something else. */
export function readHealth(line: string): HealthSample | undefined {
  try {
    const { of: _, ...sample } = HEALTH_LINE.parse(JSON.parse(line));
    return sample;
  } catch {
    // The backend's, the empty last line, one that a kill has cut.
    return undefined;
  }
}

function numberOf(word: Belief | null): number {
  const number = word === null ? -1 : BELIEFS.indexOf(word);
  return number === -1 ? NO_BELIEF : number;
}
