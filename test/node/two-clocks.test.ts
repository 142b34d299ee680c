/** What a node waits for by itself counts fleet time; what it waits for from the backend counts wall time. */
import { describe, expect, test } from "vitest";
import { HOUR_US, SECOND_US } from "../../src/base/instant.ts";
import { BOOT_US, LoneNode } from "./lone-node.ts";

const SPEED = 600;

describe("under a clock that is compressed, a node", () => {
  test("loses what it said offline at the same fleet age as at real speed", () => {
    const lostAt = [1, SPEED].map((fleetPerWall) => {
      const lone = new LoneNode({
        fleetPerWall,
        birth: { networkChangesAtUs: 20 * SECOND_US },
        cohort: { spellLengthUs: () => HOUR_US },
      });
      // The network goes away under the download: three failures are told to nobody.
      lone
        .online()
        .acknowledge()
        .offer()
        .acknowledge()
        .wait(20 * SECOND_US);
      lone.tell({ kind: "transfer failed", step: "begin", gotBytes: 0, err: "ESP_FAIL", errno: 113 }).wait(HOUR_US / 2);
      return lone.noted("message lost").map(({ atUs, why }) => [atUs, why]);
    });

    expect(lostAt[0]).not.toEqual([]);
    expect(lostAt[1]).toEqual(lostAt[0]);
  });

  test("asks again after a spell, though a question was open when it began", () => {
    const lone = new LoneNode({
      fleetPerWall: SPEED,
      birth: { networkChangesAtUs: 5 * SECOND_US + 1 },
      cohort: { spellLengthUs: () => 10 * 60 * SECOND_US },
    });
    lone
      .online()
      .wait(5 * SECOND_US)
      .tell({ kind: "app called", call: "fetch" });
    expect(lone.node.agent.openFetch).not.toBe(0);

    lone.wait(5 * 60 * SECOND_US);

    // Sixty seconds of the node's own time: the chain of retries has begun.
    expect(lone.node.agent.openFetch).toBe(0);
    expect(lone.node.agent.retries).toBeGreaterThan(0);
  });

  test("is not condemned for one dial that a healthy backend refused", () => {
    const verdicts = [1, SPEED].map((fleetPerWall) => {
      const lone = new LoneNode({ fleetPerWall, cohort: { bootUs: () => BOOT_US } }).online().install();
      lone.tell({ kind: "connection refused" }).wait(10 * SECOND_US * fleetPerWall);
      lone.tell({ kind: "connected" });
      return lone.noted("marked valid").length;
    });

    expect(verdicts).toEqual([1, 1]);
  });

  test("is condemned after as many refusals as at real speed", () => {
    const refusals = [1, SPEED].map((fleetPerWall) => {
      const lone = new LoneNode({ fleetPerWall, cohort: { bootUs: () => BOOT_US } }).online().install();
      let refused = 0;
      while (lone.noted("marked invalid").length === 0 && refused < 50) {
        lone.tell({ kind: "connection refused" }).wait(10 * SECOND_US * fleetPerWall);
        refused++;
      }
      return refused;
    });

    expect(refusals).toEqual([9, 9]);
  });
});
