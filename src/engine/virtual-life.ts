/**
 * A fleet's life in virtual time, from its birth to what a result is computed of. It stands apart from reports and
 * folders, which a thread of a sweep has no use for: each thread loads it anew.
 */
import { BELIEFS } from "../base/belief.ts";
import { adapterOf } from "../adapters/adapters.ts";
import { assert } from "../base/assert.ts";
import { NEVER } from "../base/instant.ts";
import type { TraceRecorder } from "../drivers/trace/trace-recorder.ts";
import { dueBack } from "../drivers/virtual/due-back.ts";
import { VirtualFleet } from "../drivers/virtual/virtual-fleet.ts";
import type { VirtualImage } from "../drivers/virtual/virtual-images.ts";
import { EventHash } from "../measure/event-hash.ts";
import { emptyState, sinkOf } from "../measure/reducer.ts";
import { ALL_SETTLED } from "../measure/run-end.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { RunState } from "../measure/run-state.ts";
import { imagesOf } from "../scenario/job-images.ts";
import { DURATION } from "../scenario/units.ts";
import { allBegunAtUs, goesOnUntilUs, isPlanSettled } from "./end-rule.ts";
import { PlanProgress } from "./plan-progress.ts";
import type { RunDocument } from "./run-document.ts";
import type { RunWatcher } from "./run-options.ts";
import { planOf } from "./scenario-plan.ts";
import { factsOf } from "./stored-facts.ts";

/** The fleet's life in virtual time: what a result is computed of. Needs `readyHistograms` in this thread. */
export function livedThrough(
  document: RunDocument,
  watcher: RunWatcher,
  recorder?: TraceRecorder,
): { readonly state: RunState; readonly facts: RunFacts } {
  const { scenario } = document;
  const adapter = adapterOf(scenario.backend.adapter);
  assert(adapter !== undefined, "a scenario names an adapter that there is");
  const plan = planOf(scenario, 1);
  const state = emptyState(plan);
  const events = new EventHash(sinkOf(state));
  const images = virtualImages(document);
  const fleet = new VirtualFleet({ scenario, adapter, sink: events, images, watcher: recorder });
  recorder?.watch(fleet.table);
  const progress = new PlanProgress(state, scenario, watcher);
  const allBegunUs = allBegunAtUs(scenario, scenario.clock.speed);
  const mayEndEarly = scenario.end.when === "settled";
  const { endedAtUs, because, remarks, model } = fleet.run(
    (nowUs) => {
      progress.look(plan.nodes, fleet.events, fleet.reachedUs);
      return mayEndEarly && isPlanSettled(state, nowUs, allBegunUs);
    },
    {
      onBorn: (born) => progress.look(born, fleet.events, 0),
      goesOnUntilUs: (nextUsOf) => (mayEndEarly ? goesOnUntilUs(state, allBegunUs, nextUsOf) : NEVER),
    },
  );
  const stored = {
    endedAtUs: Math.max(endedAtUs, state.lastAtUs),
    wallMs: null,
    endedBecause: because === "settled" ? ALL_SETTLED : `${DURATION.print(scenario.end.afterUs)} of fleet time passed`,
    interruptedBecause: null,
    undone: [],
    remarks,
    lostWorkers: [],
    backend: fleet.backendCounters,
  };
  const beliefs = adapter.can.beliefs ? beliefsOf(fleet, plan.jobs.length, plan.nodes) : [];
  const facts = factsOf(document, plan, stored, { endMarks: [], health: [], beliefs });
  const away = dueBack(fleet.table, state, stored.endedAtUs);
  return { state, facts: { ...facts, eventHash: events.hex, model, dueBack: away } };
}

function virtualImages({ scenario, images }: RunDocument): readonly VirtualImage[] {
  return imagesOf(scenario).map(({ project, version, secureVersion, chip }, number) => {
    const file = images[number];
    assert(file !== undefined, "a run document tells of every image");
    return { project, version, secureVersion, chip, sizeBytes: file.sizeBytes, md5: file.md5 };
  });
}

function beliefsOf({ backend }: VirtualFleet, jobs: number, nodes: number): readonly Uint8Array[] {
  return Array.from({ length: jobs }, (_, job) => {
    const ofJob = new Uint8Array(nodes);
    for (let node = 0; node < nodes; node++) ofJob[node] = BELIEFS.indexOf(backend.beliefOf(job, node));
    return ofJob;
  });
}
