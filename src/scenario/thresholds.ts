/** A scenario's thresholds: their syntax belongs to `measure/`, the names that they may use to the scenario. */
import { assert } from "../base/assert.ts";
import type { Mistake } from "../base/user-error.ts";
import { type KnownNames, parseThreshold, type Threshold } from "../measure/threshold.ts";
import { zonesIn } from "../fleet/fleet-rows.ts";
import type { DraftCohort } from "./draft.ts";
import { zonesOfDraft } from "./fleet-files.ts";
import type { Places } from "./mistakes.ts";
import type { Scenario } from "./scenario.ts";
import type { GivenScenario } from "./schema.ts";

/** What is wrong with the thresholds as they are written. */
export function thresholdMistakes(given: GivenScenario, cohorts: readonly DraftCohort[], places: Places): Mistake[] {
  const known = namesOf(
    cohorts.map(({ name }) => name),
    cohorts.flatMap(zonesOfDraft),
    given.jobs.map(({ name }) => name),
  );
  return Object.entries(given.thresholds ?? {}).flatMap(([metric, expressions]) =>
    expressions.flatMap((expression, index): Mistake[] => {
      const parsed = parseThreshold(metric, expression, known);
      if (!isMistaken(parsed)) return [];
      return parsed.map((mistake) => {
        const path = ["thresholds", metric];
        const place = mistake.in === "metric" ? places.of(path, "key") : places.of([...path, index]);
        return { ...place, seen: `is ${mistake.seen}`, expected: mistake.expected };
      });
    }),
  );
}

/** The thresholds of a scenario that was read, ready to be judged. */
export function thresholdsOf(scenario: Scenario): Threshold[] {
  const known = knownNamesOf(scenario);
  return scenario.thresholds.flatMap(({ metric, expressions }) =>
    expressions.map((expression) => {
      const parsed = parseThreshold(metric, expression, known);
      assert(!isMistaken(parsed), `${metric}: ${expression} was read as a threshold`);
      return parsed;
    }),
  );
}

/** What may stand in the braces of a metric: `completion{cohort:homes}`. */
export function knownNamesOf({ fleet, jobs }: Scenario): KnownNames {
  return namesOf(
    fleet.cohorts.map(({ name }) => name),
    fleet.cohorts.flatMap(zonesIn),
    jobs.map(({ name }) => name),
  );
}

function namesOf(cohorts: readonly string[], zones: readonly string[], jobs: readonly string[]): KnownNames {
  return { cohorts, zones: [...new Set(zones)], jobs };
}

type Parsed = ReturnType<typeof parseThreshold>;

function isMistaken(parsed: Parsed): parsed is Exclude<Parsed, Threshold> {
  return Array.isArray(parsed);
}
