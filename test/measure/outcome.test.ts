import { beforeAll, describe, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { BOOT_STATES, NO_JOB } from "../../src/measure/event-record.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { nodeRows } from "../../src/measure/node-row.ts";
import { progressOf } from "../../src/measure/progress.ts";
import { computeResult } from "../../src/measure/result.ts";
import { passTime } from "../../src/measure/expiry.ts";
import type { RunPlan } from "../../src/measure/run-plan.ts";
import type { RunFacts } from "../../src/measure/run-facts.ts";
import { type HandRecord, JOB_CREATED, NodeHistory, factsOf, planOf, reduce, stateAfter } from "./history.ts";

beforeAll(readyHistograms);

const CANCELLED: HandRecord = { ...JOB_CREATED, kind: "job cancelled", atUs: HOUR_US };

describe("a node's outcome", () => {
  test("is success once its image was confirmed", () => {
    expect(outcomeOf(born().update())).toBe("success");
  });

  test("is success where the firmware boots without roll-back, which needs no confirmation", () => {
    expect(outcomeOf(born().fetch().offer().download().reboot(0, "undefined"))).toBe("success");
  });

  test("stays success, flagged as regressed, where the node falls back later", () => {
    const result = resultOf(born().update().after(HOUR_US).add("booted", BOOT_STATES.indexOf("valid"), NO_JOB));

    expect(result.outcomes.success).toBe(1);
    expect(result.outcomes.regressed).toBe(1);
  });

  test("is success where a first try rolled back and a second was confirmed", () => {
    expect(outcomeOf(born().failedUpdate().after(HOUR_US).update())).toBe("success");
  });

  test("is rolled back where the old image runs again, even while the node tries once more", () => {
    expect(outcomeOf(born().failedUpdate())).toBe("rolledBack");
    expect(outcomeOf(born().failedUpdate().fetch().offer().add("download started", 1, 0))).toBe("rolledBack");
  });

  test("is bricked whatever it had been before", () => {
    expect(outcomeOf(born().update().add("bricked"))).toBe("bricked");
    expect(outcomeOf(born().add("bricked"))).toBe("bricked");
  });

  test.each(["project mismatch", "same version", "lower secure version", "chip mismatch"] as const)(
    "is rejected where the node refuses the offer: %s",
    (reason) => {
      expect(outcomeOf(born().fetch().offer().ends(reason, "rejected"))).toBe("rejected");
    },
  );

  test("stays success where the image is offered again and refused as the same version", () => {
    expect(outcomeOf(born().update().fetch().offer().ends("same version", "rejected"))).toBe("success");
  });

  test("is cancelled where the job was cancelled before its download began", () => {
    expect(outcomeOf(born().fetch().offer().waits("outside window"), [CANCELLED])).toBe("cancelled");
    expect(outcomeOf(born(), [CANCELLED])).toBe("cancelled");
  });

  test("is settled unseen where a cancel came before anybody saw the node", () => {
    const { outcomes } = computeResult(reduce(planOf(2), [JOB_CREATED, ...born().records, CANCELLED]), factsOf());

    expect(outcomes).toMatchObject({ targeted: 2, reachable: 1, settled: 2, settledUnseen: 1, cancelled: 2 });
  });

  test("is not cancelled where the download had begun", () => {
    const downloading = born().fetch().offer().add("download started", 1, 0);

    expect(outcomeOf(downloading, [CANCELLED])).toBe("unfinished");
  });

  test("is success, flagged as installed after cancel, where the node went on", () => {
    const result = resultOf(
      born()
        .after(2 * HOUR_US)
        .update(),
      [CANCELLED],
    );

    expect(result.outcomes.success).toBe(1);
    expect(result.outcomes.installedAfterCancel).toBe(1);
  });

  test("is expired where the node said that validity is over", () => {
    expect(outcomeOf(born().fetch().offer().ends("validity over", "failed"))).toBe("expired");
  });

  test("is expired where validity is over by the end of the run and it never began", () => {
    const plan = planWithValidity(HOUR_US / 2);

    expect(outcomeOf(born().fetch().offer().waits("outside window"), [], {}, plan)).toBe("expired");
    expect(outcomeOf(born().fetch().offer().add("download started", 1), [], {}, plan)).toBe("unfinished");
    expect(outcomeOf(born().fetch().offer(), [], {}, planWithValidity(2 * HOUR_US))).toBe("unfinished");
  });

  test("is failed where the last attempt failed and the firmware will not ask again", () => {
    expect(outcomeOf(born().fetch().offer().download(10, "cut").spent(false))).toBe("failed");
    expect(outcomeOf(born().fetch().offer().ends("no url", "failed"))).toBe("failed");
  });

  test("is lost where its worker died before it was settled", () => {
    const lostWorkers = [{ worker: 0, shard: 0, firstNode: 0, lastNode: 0, lostMs: 250 }];

    expect(outcomeOf(born().fetch().offer(), [], { lostWorkers })).toBe("lost");
    expect(outcomeOf(born().update(), [], { lostWorkers })).toBe("success");
  });

  test("is success where its worker died and the confirmed image was found in the shared rows", () => {
    const lostWorkers = [{ worker: 0, shard: 0, firstNode: 0, lastNode: 0, lostMs: 250 }];
    const found = born().fetch().offer().add("found running", BOOT_STATES.indexOf("valid"), 0);
    const pending = born().fetch().offer().add("found running", BOOT_STATES.indexOf("pending-verify"), 0);

    expect(outcomeOf(found, [], { lostWorkers })).toBe("success");
    expect(outcomeOf(pending, [], { lostWorkers })).toBe("lost");
  });
});

describe("an unfinished node", () => {
  test.each([
    ["neverOffered", () => born().fetch()],
    ["offered", () => born().fetch().offer()],
    ["delayed", () => born().fetch().offer().waits("outside window")],
    ["downloading", () => born().fetch().offer().add("download started", 1, 0)],
    ["downloading", () => born().fetch().offer().download().add("image applied", 0, 0)],
    ["retrying", () => born().fetch().offer().download(10, "cut").spent(true)],
    ["retrying", () => born().fetch().offer().add("download started", 1, 0).add("powered off", 1)],
  ] as const)("is %s", (state, history) => {
    const { unfinishedBy, unfinished } = resultOf(history()).outcomes;

    expect(unfinished).toBe(1);
    expect(unfinishedBy[state].online + unfinishedBy[state].offline).toBe(1);
  });

  test("is counted online or offline by its link, and the hanging up at the end of the run does not count", () => {
    expect(resultOf(born()).outcomes.unfinishedBy.neverOffered).toEqual({ online: 1, offline: 0 });
    expect(resultOf(born().networkLost()).outcomes.unfinishedBy.neverOffered).toEqual({ online: 0, offline: 1 });
    expect(resultOf(born().add("disconnected", 5)).outcomes.unfinishedBy.neverOffered.online).toBe(1);
  });
});

describe("a target is settled", () => {
  test.each([
    ["once confirmed", true, () => born().update()],
    ["once bricked", true, () => born().add("bricked")],
    ["once it refused the offer", true, () => born().fetch().offer().ends("same version", "rejected")],
    ["not before it was offered anything", false, () => born().fetch().fetch().fetch()],
    ["not while it waits for its window", false, () => born().fetch().offer().waits("outside window").offer()],
    ["not between attempts", false, () => born().fetch().offer().download(5, "cut")],
    ["not while it will ask again", false, () => born().fetch().offer().download(5, "cut").spent(true)],
    ["where it will not ask again", true, () => born().fetch().offer().download(5, "cut").spent(false)],
    ["where it rolled back and the backend knows", true, () => born().failedUpdate()],
    ["not where it rolled back and is offered the job again", false, () => born().failedUpdate().fetch().offer()],
    ["not where its roll-back is unknown to the backend", false, () => rolledBackInSilence(born())],
    [
      "where it was offered the job twice more without a change",
      true,
      () => rolledBackInSilence(born()).offer().offer(),
    ],
    ["where it asked twice more and was offered nothing", true, () => spent(born()).fetch().fetch()],
    ["not where it asked once more", false, () => spent(born()).fetch()],
    ["where the same cycle failed twice more", true, () => spent(spent(spent(born())))],
    ["not where the same cycle failed once more", false, () => spent(spent(born()))],
    ["wherever in its circle it is", true, () => downloading(spent(spent(spent(born()))))],
    ["not while it downloads for the second time", false, () => downloading(spent(born()))],
    ["not where each cycle gets further", false, () => further(further(further(born(), 100), 200), 300)],
  ])("%s", (_, isSettled, history) => {
    expect(progressOf(stateAfter(history(), planOf(1))).isSettled).toBe(isSettled);
  });

  test("where its job was cancelled and it had not begun", () => {
    const state = reduce(planOf(1), [JOB_CREATED, ...born().records, CANCELLED]);

    expect(progressOf(state).isSettled).toBe(true);
  });

  test("where validity is over and it had not begun", () => {
    const state = stateAfter(born().fetch().offer().waits("outside window"), planWithValidity(HOUR_US, 1));

    passTime(state, HOUR_US);
    expect(progressOf(state).isSettled).toBe(false);

    passTime(state, HOUR_US + 1);
    expect(progressOf(state).isSettled).toBe(true);
  });
});

describe("a target is reachable", () => {
  const created = { ...JOB_CREATED, atUs: MINUTE_US };

  test.each([
    ["where it was online when the job was created", 1, () => born()],
    ["where it connected later", 1, () => new NodeHistory(0).after(HOUR_US).connect()],
    ["even if it went away again", 1, () => new NodeHistory(0).after(HOUR_US).connect().networkLost()],
    ["not where it had gone before the job was created", 0, () => born().networkLost()],
    ["not where it never connected", 0, () => new NodeHistory(0).connectFails()],
  ])("%s", (_, reachable, history) => {
    const jobFirst = reduce(planOf(1), [created, ...history().records]);
    const before = history().records.filter(({ atUs }) => atUs <= MINUTE_US);
    const after = history().records.filter(({ atUs }) => atUs > MINUTE_US);
    const inOrder = reduce(planOf(1), [...before, created, ...after]);

    expect(progressOf(jobFirst).reachable).toBe(reachable);
    expect(progressOf(inOrder).reachable).toBe(reachable);
  });
});

test("a node's line tells its outcome, its belief and its times", () => {
  const state = stateAfter(born().update(), planOf(2));

  const [first, second] = [...nodeRows(state, factsOf({ beliefs: [Uint8Array.of(5, 255)] }))];

  expect(first).toMatchObject({ node: 0, cohort: "homes", zone: "Europe/Berlin", isOnline: true, runsJob: "spring" });
  expect(first?.jobs[0]).toMatchObject({ outcome: "success", belief: "success", attempts: 1, isSettled: true });
  expect(first?.jobs[0]?.confirmedAtUs).toBe(2 * SECOND_US + 30_000 + 20_000 + 10_001_000 + 12 * SECOND_US + 30_000);
  expect(second?.jobs[0]).toMatchObject({
    outcome: "unfinished",
    unfinished: "neverOffered",
    belief: "unknown",
    offeredAtUs: null,
    attempts: 0,
  });
});

function born(): NodeHistory {
  return new NodeHistory(0).connect().after(2 * SECOND_US);
}

function rolledBackInSilence(history: NodeHistory): NodeHistory {
  history.fetch().offer().download().reboot().rollBack().connect();
  return history.reportLost("rejected", "rolled back").fetch();
}

function spent(history: NodeHistory): NodeHistory {
  return history.fetch().offer().download(5, "cut").spent(true);
}

function downloading(history: NodeHistory): NodeHistory {
  return history.fetch().offer().add("download started", 1, 0);
}

function further(history: NodeHistory, fromByte: number): NodeHistory {
  return history.fetch().offer().download(5, "cut", fromByte).spent(true);
}

function planWithValidity(validUntilUs: number, nodes = 4): RunPlan {
  return planOf(nodes, { jobs: [{ name: "spring", targets: "all", validUntilUs }] });
}

function onlyNode0(plan: RunPlan): RunPlan {
  const targets = Uint8Array.from({ length: plan.nodes }, (_, node) => (node === 0 ? 1 : 0));
  return { ...plan, jobs: plan.jobs.map((job) => ({ ...job, targets })) };
}

function resultOf(
  history: NodeHistory,
  before: readonly HandRecord[] = [],
  facts: Partial<RunFacts> = {},
  plan: RunPlan = planOf(4),
) {
  const state = reduce(onlyNode0(plan), [JOB_CREATED, ...before, ...history.records]);
  return computeResult(state, factsOf(facts));
}

function outcomeOf(
  history: NodeHistory,
  before: readonly HandRecord[] = [],
  facts: Partial<RunFacts> = {},
  plan?: RunPlan,
) {
  const { outcomes } = resultOf(history, before, facts, plan);
  const found = [
    "lost",
    "bricked",
    "success",
    "rolledBack",
    "rejected",
    "cancelled",
    "expired",
    "failed",
    "unfinished",
  ];
  return found.filter((name) => outcomes[name as "lost"] === 1).join();
}
