import { beforeAll, describe, expect, test } from "vitest";
import { httpPoll } from "../../../src/adapters/http-poll/adapter.ts";
import { HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US } from "../../../src/base/instant.ts";
import type { Cohort } from "../../../src/fleet/cohort.ts";
import { readyHistograms } from "../../../src/measure/histogram.ts";
import type { RecordSink } from "../../../src/measure/event-record.ts";
import { PLAIN_BACKEND, PLAIN_JOB } from "../../scenario/plain.ts";
import { type ModelWorld, NO_LIMITS, recorderInto, type Row, runInto, toldBy } from "./model-world.ts";

beforeAll(readyHistograms);

const ASKING: Partial<Cohort> = {
  autofetch: { kind: "periodic", everyUs: 20 * SECOND_US, phase: "uniform", jitterUs: 0 },
  latencyUs: { kind: "lognormal", p50: 200 * MILLISECOND_US, p95: 900 * MILLISECOND_US },
};
const AWAY: Partial<Cohort> = {
  ...ASKING,
  // Often in mid-question.
  offline: { kind: "spells", perDay: 2_000, lastUs: { kind: "fixed", value: 15 * SECOND_US } },
};
const LATE_JOB = { ...PLAIN_JOB, startsUs: 20 * MINUTE_US + 7, cancelAfterUs: 10 * MINUTE_US };

describe("a question to which the answer is nothing, told with its answer at once", () => {
  const worlds: Readonly<Record<string, Omit<ModelWorld, "model">>> = {
    "a fleet that only asks": { cohorts: [ASKING], scenario: { jobs: [{ ...PLAIN_JOB, startsUs: 4 * HOUR_US }] } },
    "spells offline in mid-question": { cohorts: [AWAY], scenario: { jobs: [LATE_JOB] } },
    "a job that begins and is cancelled in between": { cohorts: [ASKING, AWAY], scenario: { jobs: [LATE_JOB] } },
    "a push to all in between": { cohorts: [ASKING], scenario: { jobs: [{ ...LATE_JOB, trigger: "force-push" }] } },
    "a job whose timeout ends in between": {
      cohorts: [ASKING],
      scenario: { jobs: [{ ...LATE_JOB, timeoutUs: 5 * MINUTE_US, cancelAfterUs: undefined }] },
    },
    "a job for whoever runs the old version": {
      cohorts: [AWAY],
      scenario: {
        jobs: [{ ...LATE_JOB, targets: { kind: "dynamic", type: undefined, model: undefined, version: "1.4.2" } }],
      },
    },
  };
  for (const [name, world] of Object.entries(worlds)) {
    test(`${name}: the same records of each node, and the same end`, () => {
      for (const seed of [1, 2, 3]) {
        const seeded = { ...world, model: undefined, scenario: { ...world.scenario, seed } };
        const [stepwise, ahead] = [lived(seeded, false), lived(seeded, true)];

        expect(ahead.lines === stepwise.lines).toBe(false);
        expect(ahead.sorted).toBe(stepwise.sorted);
        expect(ahead.end).toEqual(stepwise.end);
        expect(ahead.counters).toEqual(stepwise.counters);
      }
    });
  }

  test("where servers, outages, power cuts or misbehaviour may come in between, none is", () => {
    const outage = { of: "all", atUs: 15 * MINUTE_US, forUs: MINUTE_US } as const;
    const oneServer = { servers: 1, serviceUs: { kind: "fixed", value: MILLISECOND_US }, queueMax: undefined } as const;
    const lostAcks = { kind: "share", name: "lost-acks", share: 0.01 } as const;
    const eventful: readonly ModelWorld[] = [
      { model: { ...NO_LIMITS, outages: [outage] }, cohorts: [ASKING] },
      { model: { ...NO_LIMITS, fetch: oneServer }, cohorts: [ASKING] },
      { model: undefined, cohorts: [{ ...ASKING, powerCuts: [{ atUs: HOUR_US, forUs: MINUTE_US }] }] },
      { model: undefined, cohorts: [ASKING], scenario: { backend: { ...PLAIN_BACKEND, faults: [lostAcks] } } },
      { model: undefined, adapter: httpPoll, cohorts: [ASKING] },
    ];
    expect(eventful.map((world) => lived(world, true).lines === lived(world, false).lines)).toEqual(
      eventful.map(() => true),
    );
  });
});

function lived(world: ModelWorld, takesAnswersAhead: boolean) {
  const rows: Row[] = [];
  const sink: RecordSink = { record: recorderInto(rows), takesAnswersAhead: () => takesAnswersAhead };
  const { end, fleet } = runInto({ afterUs: HOUR_US, ...world }, sink);
  return { ...toldBy(rows), end, counters: fleet.backendCounters };
}
