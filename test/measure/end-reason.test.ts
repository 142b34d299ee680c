import { beforeAll, expect, test } from "vitest";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { endReasonText } from "../../src/measure/end-reason.ts";
import { BOOT_STATES, NO_JOB, POWER_CAUSES } from "../../src/measure/event-record.ts";
import { nodeRows } from "../../src/measure/node-row.ts";
import { SECOND_US } from "../../src/base/instant.ts";
import { REASONS } from "../../src/measure/status-code.ts";
import { factsOf, NodeHistory, stateAfter } from "./history.ts";

beforeAll(readyHistograms);

const VALID = BOOT_STATES.indexOf("valid");

test.each<[reason: string, of: string, life: (node: NodeHistory) => NodeHistory]>([
  ["", "an update", (node) => node.update()],
  ["rolled back", "an image that ran and was not confirmed", (node) => node.failedUpdate()],
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
  const state = stateAfter(life(new NodeHistory(0).connect().after(2 * SECOND_US)));

  const [row] = nodeRows(state, factsOf());

  expect(row?.jobs[0]?.reason).toBe(reason);
});

test("every reason of a report has words, and none of them twice", () => {
  const words = Array.from({ length: 256 }, (_, number) => endReasonText(number)).filter((text) => text !== "");

  expect(words).toEqual([...REASONS, "second offer before the reboot", "new image did not boot"]);
});

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
