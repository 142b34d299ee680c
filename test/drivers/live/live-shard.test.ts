import { expect, test } from "vitest";
import { brokenLaws, lifeOf, liveRun, liveScenario } from "./live-run.ts";

test("a node fetches, downloads over HTTPS, reboots, confirms and reports", async () => {
  const { outcomes, beliefs, records, result } = await liveRun({ scenario: liveScenario() });

  expect(outcomes).toEqual(["success"]);
  expect(beliefs).toEqual(["success"]);
  console.log(
    records
      .map((r) => `${r.kind} @${(r.atUs / 1e6).toFixed(1)} d=${r.detail} c=${r.count} a=${r.a} b=${r.b}`)
      .join("\n"),
  );
  expect(brokenLaws(result)).toEqual([]);
  expect(lifeOf(records)).toContain("confirmed");
});
