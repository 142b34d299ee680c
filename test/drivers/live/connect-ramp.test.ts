import { expect, test } from "vitest";
import { ConnectRamp } from "../../../src/drivers/live/connect-ramp.ts";
import { hrtimeUs } from "../../../src/drivers/live/fleet-clock.ts";

const FLEET_NODES = 10;
const OVER_MS = 50;

test("each node goes at its own place of the fleet's ramp, whichever shard it is in", async () => {
  const originUs = hrtimeUs();
  const placesUs: number[] = [];
  const shards = [0, 5].map((firstNode) => {
    const ramp: ConnectRamp = new ConnectRamp({
      firstNode,
      nodes: 5,
      fleetNodes: FLEET_NODES,
      overMs: OVER_MS,
      release: (slot, latenessUs) => {
        placesUs[firstNode + slot] = Math.round((hrtimeUs() - latenessUs - originUs) / 1_000);
        return false;
      },
    });
    return ramp.run(originUs);
  });

  await Promise.all(shards);

  // Ten even places in 50 ms, in the middle of their parts; neighbours by number stand apart.
  expect(placesUs).toEqual([3, 38, 23, 8, 43, 28, 13, 48, 33, 18]);
});

test("it is over when each first dial has ended, however that came about", async () => {
  const events: string[] = [];
  const ramp: ConnectRamp = new ConnectRamp({
    firstNode: 0,
    nodes: 2,
    fleetNodes: 2,
    overMs: 0,
    release: (slot) => {
      // The first ends while it is begun, as where a backend has no links.
      if (slot === 0) ramp.dialEnded(0);
      else {
        setImmediate(() => {
          events.push("last dial");
          ramp.dialEnded(1);
          ramp.dialEnded(1);
        });
      }
      return true;
    },
  });

  await ramp.run(hrtimeUs());
  events.push("over");

  expect(events).toEqual(["last dial", "over"]);
});

test("it does not wait for nodes that do not dial, nor after it was closed", async () => {
  const idle = new ConnectRamp({ firstNode: 0, nodes: 3, fleetNodes: 3, overMs: 0, release: () => false });
  await idle.run(hrtimeUs());
  const endless = new ConnectRamp({ firstNode: 0, nodes: 3, fleetNodes: 3, overMs: 0, release: () => true });
  const run = endless.run(hrtimeUs());
  endless.close();

  await run;
});
