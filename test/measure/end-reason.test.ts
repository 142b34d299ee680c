import { beforeAll, expect, test } from "vitest";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { END_REASON, endReasonText } from "../../src/measure/end-reason.ts";
import { BOOT_STATES, NO_JOB, POWER_CAUSES } from "../../src/measure/event-record.ts";
import { nodeRows } from "../../src/measure/node-row.ts";
import { SECOND_US } from "../../src/base/instant.ts";
import { REASONS } from "../../src/measure/status-code.ts";
import type { RunPlan } from "../../src/measure/run-plan.ts";
import { factsOf, JOB_CREATED, NodeHistory, planOf, reduce } from "./history.ts";

beforeAll(readyHistograms);

const [BOOT_LOOP, SELF_TEST_FAILS, NO_NETWORK, BRICK] = [0, 1, 2, 8];
const PLAN: RunPlan = planOf(1, {
  endsOfFaults: [
    END_REASON.crashed,
    END_REASON.selfTest,
    END_REASON.noNetwork,
    ...Array.from({ length: 5 }, () => 0),
    END_REASON.broken,
  ],
});

const VALID = BOOT_STATES.indexOf("valid");

test.each<[reason: string, of: string, life: (node: NodeHistory) => NodeHistory]>([
  ["", "an update", (node) => node.update()],
  ["rolled back", "a fall back of which nothing more is on record", (node) => fallen(node.reboot())],
  ["no connection in time", "an image that waited, was not confirmed and gave up", (node) => node.failedUpdate()],
  ["boot loop", "a crash before the image was confirmed", (node) => fallen(off(node.reboot(), "crash"))],
  [
    "power lost before the image was confirmed",
    "a power cut before the image was confirmed",
    (node) => fallen(off(node.reboot(), "power loss")),
  ],
  ["", "a power cut after the image was confirmed", (node) => off(node.update(), "power loss")],
  ["self-test failed", "a fault of its own that fails the self-test", (node) => struck(node, SELF_TEST_FAILS, NO_JOB)],
  ["no network after the update", "a fault of the image that leaves no network", (node) => struck(node, NO_NETWORK, 0)],
  [
    "boot loop",
    "a crash, whatever its next try comes to",
    (node) => fallen(off(node.reboot(), "crash")).offer().ends("project mismatch", "rejected"),
  ],
  [
    "no connection in time",
    "two updates that did not last, by the second",
    (node) => fallen(off(node.reboot(), "crash")).failedUpdate(),
  ],
  [
    "broke at its first boot",
    "a brick at the first boot",
    (node) => off(fired(node.reboot(), BRICK), "crash").add("bricked"),
  ],
  [
    "crashed after it was confirmed",
    "a late boot loop",
    (node) => off(fired(node.update(), BOOT_LOOP), "crash").add("bricked", 0, NO_JOB),
  ],
  ["project mismatch", "a refusal", (node) => node.fetch().offer().ends("project mismatch", "rejected")],
  ["transfer failed", "attempts that are spent", (node) => node.fetch().offer().download(5, "cut").spent(true)],
  ["", "an update after attempts that were spent", (node) => node.offer().download(5, "cut").spent(true).update()],
  ["no connection in time", "a firmware that tells why", (node) => fellBack(node, "no connection in time")],
  ["same version", "an offer after the update", (node) => node.update().offer().ends("same version", "rejected")],
  ["new image did not boot", "an image that never ran", (node) => unbooted(applied(node))],
  [
    "second offer before the reboot",
    "a second update that the reboot cut",
    (node) => unbooted(applied(node).offer().add("download started", 1, 0, 0)),
  ],
  [
    "new image did not boot",
    "a second update that was done by the reboot",
    (node) => unbooted(applied(node).offer().download().add("image applied", 0, 0)),
  ],
])("the reason is %j after %s", (reason, _, life) => {
  const { records } = life(new NodeHistory(0).connect().after(2 * SECOND_US));
  const state = reduce(PLAN, [JOB_CREATED, ...records]);

  const [row] = nodeRows(state, factsOf());

  expect(row?.jobs[0]?.reason).toBe(reason);
});

test("every reason of a report has words, and none of them twice", () => {
  const words = Array.from({ length: 256 }, (_, number) => endReasonText(number)).filter((text) => text !== "");

  expect(words).toEqual([
    ...REASONS,
    "second offer before the reboot",
    "new image did not boot",
    "boot loop",
    "no network after the update",
    "power lost before the image was confirmed",
    "crashed after it was confirmed",
    "broke at its first boot",
  ]);
});

/** The old image runs again. */
function fallen(node: NodeHistory): NodeHistory {
  return node.after(SECOND_US).add("booted", VALID, NO_JOB).add("rolled back", 0, 0).connect();
}

function off(node: NodeHistory, why: (typeof POWER_CAUSES)[number]): NodeHistory {
  return node.add("powered off", POWER_CAUSES.indexOf(why));
}

function fired(node: NodeHistory, fault: number): NodeHistory {
  return node.add("fault fired", fault, 0);
}

/** A new image boots, a fault strikes it, and it gives up. */
function struck(node: NodeHistory, fault: number, job: number): NodeHistory {
  return node.reboot().add("fault fired", fault, job).rollBack().connect();
}

function applied(node: NodeHistory): NodeHistory {
  return node.fetch().offer().download().add("image applied", 0, 0).after(SECOND_US);
}

/** The old image runs again, and the new one never did. */
function unbooted(node: NodeHistory): NodeHistory {
  node.add("powered off", POWER_CAUSES.indexOf("restart")).after(SECOND_US).add("booted", VALID, NO_JOB);
  return node.add("rolled back", 0, 0).connect().report("rejected", "rolled back");
}

function fellBack(node: NodeHistory, why: "no connection in time"): NodeHistory {
  return node.fetch().offer().download().reboot().rollBack().connect().report("failed", why);
}
