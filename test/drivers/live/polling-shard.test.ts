import { describe, expect, test } from "vitest";
import { brokenLaws, lifeOf, liveRun, liveScenario } from "./live-run.ts";
import { pollServer } from "./poll-server.ts";

describe("nodes that poll over plain HTTP", () => {
  test("update, and are confirmed by their first answered question", async () => {
    const on = await pollServer();
    const scenario = liveScenario({ adapter: "http-poll", nodes: 3 });

    const { outcomes, beliefs, records, result } = await liveRun({ scenario, on });

    expect(outcomes).toEqual(["success", "success", "success"]);
    expect(beliefs).toEqual(["success", "success", "success"]);
    expect(brokenLaws(result)).toEqual([]);
    expect(lifeOf(records)).not.toContain("dialled");
  });

  test("go back where the new image crashes, and say so", async () => {
    const on = await pollServer();
    const scenario = liveScenario({ adapter: "http-poll", cohort: "faults: { boot-loop: 100% }" });

    const { outcomes, beliefs, result } = await liveRun({ scenario, on });

    expect(outcomes).toEqual(["rolledBack"]);
    expect(beliefs).toEqual(["rejected"]);
    expect(brokenLaws(result)).toEqual([]);
  });

  test("ask again after an answer that is an error", async () => {
    const on = await pollServer();
    on.errors = 1;
    const scenario = liveScenario({ adapter: "http-poll" });

    const { outcomes, result } = await liveRun({ scenario, on });

    expect(outcomes).toEqual(["success"]);
    expect(result.counters["fetch lost: disconnected"]).toBe(1);
    expect(brokenLaws(result)).toEqual([]);
  });

  test("fail where the image is none, and do not turn to a host that is not allowed", async () => {
    const images = [
      { bytes: new Uint8Array(65_536).fill(7), imageUrl: undefined },
      { bytes: undefined, imageUrl: "http://192.0.2.1/image.bin" },
      { bytes: undefined, imageUrl: "http://" },
    ];
    for (const image of images) {
      const on = Object.assign(await pollServer(), image);
      const scenario = liveScenario({ adapter: "http-poll" });

      const { records, result } = await liveRun({
        scenario,
        on,
        isOver: (so) => so.some(({ kind }) => kind === "attempts spent"),
      });

      expect(records.filter(({ kind }) => kind === "download started")).toHaveLength(3);
      expect(result.counters["download ended: complete"]).toBeUndefined();
      expect(brokenLaws(result)).toEqual([]);
    }
  });

  test("take damaged bytes for what they are", async () => {
    const on = await pollServer();
    const scenario = liveScenario({ adapter: "http-poll" });
    on.operator.upload = damaged(on, on.operator.upload.bind(on.operator));

    const { records, result } = await liveRun({
      scenario,
      on,
      isOver: (so) => so.some(({ kind }) => kind === "attempts spent"),
    });

    expect(result.counters["download ended: complete"]).toBe(3);
    expect(lifeOf(records)).not.toContain("image applied");
  });
});

type Upload = Awaited<ReturnType<typeof pollServer>>["operator"]["upload"];

/** Serves the image that is uploaded with its last byte turned over. */
function damaged(on: Awaited<ReturnType<typeof pollServer>>, upload: Upload): Upload {
  return (image) => {
    on.bytes = image.bytes.slice();
    on.bytes[on.bytes.length - 1]! ^= 0xff;
    return upload(image);
  };
}
