/**
 * What a result needs beside records, health and beliefs, as it lies in `facts.json`. It is written when a run has
 * ended, whichever way: without it the run was killed.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import { BELIEF_WORDS, type BeliefWord } from "../measure/outcome-class.ts";
import type { EndMark } from "../measure/record-batch.ts";
import { type HealthSample, type LostWorker, NO_BELIEF, type RunFacts } from "../measure/run-facts.ts";
import type { RunPlan } from "../measure/run-plan.ts";
import type { RunDocument } from "./run-document.ts";
import { thresholdsOf } from "./scenario-plan.ts";

/** How a run ended; see `RunFacts` for each field. */
export interface StoredFacts {
  readonly endedAtUs: number;
  readonly wallMs: number | null;
  readonly endedBecause: string;
  /** null = it was not stopped before its end. */
  readonly interruptedBecause: string | null;
  readonly lostWorkers: readonly LostWorker[];
  readonly backend: Readonly<Record<string, number>>;
}

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
    seed: scenario.seed,
    versions,
    clockStart: new Date(scenario.clock.startUtcMs).toISOString(),
    driver,
    endedAtUs: stored.endedAtUs,
    wallMs: stored.wallMs,
    endedBecause: stored.endedBecause,
    interruptedBecause: stored.interruptedBecause ?? undefined,
    shards,
    endMarks: evidence.endMarks,
    lostWorkers: stored.lostWorkers,
    health: evidence.health,
    backend: stored.backend,
    beliefs: evidence.beliefs,
    expected: {
      beliefs: adapterOf(scenario.backend.adapter)?.can.beliefs ?? false,
      counters: scenario.backend.urls.length === 0,
    },
    faultNames: FAULT_NAMES,
    thresholds: thresholdsOf(scenario, plan),
  };
}

/** Beliefs as text: for each job the word for each node, null where the backend said nothing. */
export function beliefsText(beliefs: readonly (Uint8Array | undefined)[]): string {
  const words = beliefs.map((job) =>
    job === undefined ? null : Array.from(job, (number) => BELIEF_WORDS[number] ?? null),
  );
  return `${JSON.stringify(words)}\n`;
}

/** Reads what `beliefsText` wrote; undefined where it is something else. */
export function readBeliefs(text: string): readonly (Uint8Array | undefined)[] | undefined {
  try {
    const jobs = JSON.parse(text) as readonly (readonly (BeliefWord | null)[] | null)[];
    return jobs.map((job) => (job === null ? undefined : Uint8Array.from(job, numberOf)));
  } catch {
    // Cut by a kill: nothing is known of the backend's beliefs.
    return undefined;
  }
}

function numberOf(word: BeliefWord | null): number {
  const number = word === null ? -1 : BELIEF_WORDS.indexOf(word);
  return number === -1 ? NO_BELIEF : number;
}
