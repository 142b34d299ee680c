/**
 * What the nodes of a dead worker really run. Their rows lie in shared memory, so they are still there; what the
 * worker did not send any more can be read from them by whoever else holds the buffer.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { assert } from "../base/assert.ts";
import { jobImageNumbers, jobsByImage } from "../drivers/live/shard-images.ts";
import { fleetOfShard } from "../fleet/node-settings.ts";
import { BOOT_STATES, NO_JOB, type RecordSink } from "../measure/event-record.ts";
import { kindNumber } from "../measure/record-codec.ts";
import { NodeTable } from "../node/node-table.ts";
import type { VirtualNode } from "../node/virtual-node.ts";
import { imagesOf } from "../scenario/job-images.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { targetsOf } from "../scenario/targets.ts";

const FOUND_RUNNING = kindNumber("found running");

/** The nodes of a shard, as whoever holds their rows sees them. */
export interface ShardRows {
  readonly firstNode: number;
  readonly nodes: number;
  readonly rows: SharedArrayBuffer;
}

/** Writes a record "found running" for every node of a shard that is not bricked. */
export function recordFound(scenario: Scenario, shard: ShardRows, atUs: number, sink: RecordSink): void {
  const adapter = adapterOf(scenario.backend.adapter);
  assert(adapter !== undefined, "the adapter of a run is known");
  const { firstNode, nodes, rows } = shard;
  const { fleet, seed, clock } = scenario;
  const { speed } = clock;
  const plan = { fleet, seed, adapter, firstNode, startUtcMs: clock.startUtcMs, speed, rampSpeed: speed };
  const { settings } = fleetOfShard(plan);
  const jobs = jobsByImage(scenario);
  const plans = imagesOf(scenario);
  const secureVersions = new Map(
    jobImageNumbers(scenario).flatMap((pair, image) =>
      pair.map((number) => [number, plans[image]?.secureVersion ?? 0] as const),
    ),
  );
  const targets = scenario.jobs.map((job) => targetsOf(scenario, job));
  // A copy: finding out what a node that is off would boot changes its flash.
  const copy = new SharedArrayBuffer(rows.byteLength);
  new Uint8Array(copy).set(new Uint8Array(rows));
  const table = new NodeTable(settings, nodes, copy);
  const secureVersionOf = (image: number): number => {
    const known = secureVersions.get(image);
    if (known !== undefined) return known;
    return settings.books.images.has(image) ? settings.books.images.get(image).secureVersion : 0;
  };
  for (let slot = 0; slot < nodes; slot++) {
    const running = runningOf(table.at(slot), secureVersionOf);
    if (running === undefined) continue;
    // Where several jobs bring one image, it is the first's that wants this node.
    const wanting = jobs.get(running.image)?.find((number) => targets[number]?.has(firstNode + slot) === true);
    const job = wanting ?? NO_JOB;
    const state = Math.max(0, (BOOT_STATES as readonly string[]).indexOf(running.state));
    sink.record(FOUND_RUNNING, firstNode + slot, atUs, state, job, 0, 0);
  }
}

/** The image of a node and the state it is in; of a node that is off, what its bootloader will choose. */
function runningOf(
  node: VirtualNode,
  secureVersionOf: (image: number) => number,
): { readonly image: number; readonly state: string } | undefined {
  const { power, flash } = node;
  if (power.isBricked) return undefined;
  if (power.isOn) return { image: node.runningImage, state: power.state };
  const choice = flash.boot(secureVersionOf);
  return choice === undefined ? undefined : { image: flash.imageIn(choice.slot), state: choice.state };
}
