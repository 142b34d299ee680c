/** What is wrong with a rollout whose every value is right. */
import type { AdapterFacts } from "./draft.ts";
import type { Refuse } from "./refuse.ts";
import type { GivenRollout } from "./rollout-schema.ts";
import { shareCount } from "./share-of.ts";
import { SHARE } from "./units.ts";

/** Each batch is a job of the backend: more of them no console shows, and each costs the backend room. */
const BATCHES_MAX = 500;

interface RolloutJob {
  readonly rollout?: GivenRollout | undefined;
  readonly targets?: unknown;
  readonly timeout?: number | undefined;
}

/** Mistakes of the rollout of a job at a path. `nodes`: of the whole fleet, 0 where nobody knows. */
export function rolloutMistakes(
  job: RolloutJob,
  cohorts: readonly string[],
  nodes: number,
  { kind, can }: AdapterFacts,
  at: readonly PropertyKey[],
  refuse: Refuse,
): void {
  const { rollout, targets, timeout } = job;
  if (rollout === undefined) return;
  const lacks = (isLacking: boolean, path: readonly PropertyKey[], what: string): void => {
    if (isLacking) refuse([...at, "rollout", ...path], `the adapter ${kind} ${what}: leave it out`);
  };
  const isWatched = rollout.inFlight !== undefined || rollout.stages.some(({ done }) => done !== undefined);
  lacks(isWatched && !can.beliefs, [rollout.inFlight === undefined ? "stages" : "inFlight"], "tells no statuses");
  lacks(rollout.stop !== undefined && !can.beliefs, ["stop"], "tells no statuses");
  lacks(rollout.stop !== undefined && can.beliefs && !can.cancel, ["stop"], "cannot cancel a job");
  if (typeof targets === "object" && targets !== null && "dynamic" in targets && targets.dynamic !== undefined)
    refuse(
      [...at, "rollout"],
      "must be left out with dynamic targets: who they are is not known before; name cohorts, groups or nodes",
    );
  if (timeout !== undefined)
    refuse(
      [...at, "timeout"],
      "must be left out with a rollout: each batch would have its own; cancel the job instead",
    );
  stageMistakes(rollout, cohorts, [...at, "rollout", "stages"], refuse);
  batchMistakes(rollout, nodes, [...at, "rollout"], refuse);
}

function stageMistakes(
  { stages }: GivenRollout,
  cohorts: readonly string[],
  at: readonly PropertyKey[],
  refuse: Refuse,
): void {
  let shareBefore = 0;
  stages.forEach(({ share: upTo, cohorts: named, bake, approve, done }, index) => {
    const isLast = index === stages.length - 1;
    named?.forEach((name, place) => {
      if (!cohorts.includes(name)) refuse([...at, index, "cohorts", place], `cohorts are ${cohorts.join(", ")}`);
    });
    if (isLast && upTo !== 1)
      refuse(
        upTo === undefined ? [...at, index] : [...at, index, "share"],
        "the last stage must be { share: 100% }: whoever is in no stage would wait for ever; narrow the targets instead",
      );
    else if (upTo !== undefined && upTo <= shareBefore)
      refuse([...at, index, "share"], `must be above the ${SHARE.print(shareBefore)} before it: shares are cumulative`);
    shareBefore = upTo ?? shareBefore;
    if (!isLast) return;
    const waits = { bake, approve, done };
    for (const [key, value] of Object.entries(waits))
      if (value !== undefined)
        refuse([...at, index, key], "must be left out of the last stage: nothing comes after it");
  });
}

/** How many batches there will be is known where a limit alone makes them. */
function batchMistakes(
  { rate, inFlight, stages }: GivenRollout,
  nodes: number,
  at: readonly PropertyKey[],
  refuse: Refuse,
): void {
  const byRate = rate === undefined ? 0 : Math.ceil(nodes / rate.targets);
  const byFlight = inFlight === undefined ? 0 : Math.ceil(nodes / Math.max(1, Math.floor(inFlight / 10)));
  const key = byRate > BATCHES_MAX ? "rate" : byFlight > BATCHES_MAX ? "inFlight" : undefined;
  if (key === undefined) return;
  const advice =
    key === "rate"
      ? `write a longer span, such as ${shareCount(1 / BATCHES_MAX, nodes)} or more in it`
      : `make it at least ${Math.ceil((nodes * 10) / BATCHES_MAX)}`;
  refuse(
    [...at, key],
    `would make ${Math.max(byRate, byFlight) + stages.length} batches of ${nodes} nodes, each a job of the backend, and ${BATCHES_MAX} is the most: ${advice}`,
  );
}
