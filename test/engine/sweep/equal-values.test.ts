import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { checkValuesDiffer } from "../../../src/engine/sweep/equal-values.ts";
import { inputsOf } from "../../../src/engine/sweep/plan-inputs.ts";
import { combinationsOf, parseKnobs } from "../../../src/scenario/knob.ts";
import { smallScenario } from "../small-runs.ts";

describe("values of a knob", () => {
  test.each([
    ["autofetch.every=1h,60m", "1h and 60m"],
    ["autofetch.every=20m,1h30m,2h,90m", "1h30m and 90m"],
    ["fleet.cohorts.homes.nodes=75%,75.0%", "75% and 75.0%"],
    ["model.cdn.egress=8Mbit/s,1MB/s", "8Mbit/s and 1MB/s"],
    ["nodes=40,40.0", "40 and 40.0"],
    ["model.fetch={servers: 2, service: 4ms},{service: 4ms, servers: 2}", "{servers: 2, service: 4ms} and"],
  ])("that mean the same are one mistake: --sweep %s", (knob, both) => {
    expect(() => checked(knob)).toThrow(UserError);
    expect(() => checked(knob)).toThrow(`--sweep ${knob.split("=")[0] ?? ""}: has ${both}`);
    expect(() => checked(knob)).toThrow("which come to the same scenario; name each value once");
  });

  test("may come to the same under some values of another knob, as long as they do not under all", () => {
    expect(() => checked("jobs.0.window=02:00-04:00,03:00-04:00", "jobs.0.priority=5,6")).not.toThrow();
    expect(() => checked("autofetch.every=1h,2h", "nodes=40,50")).not.toThrow();
  });

  test("are all told at once", () => {
    expect(() => checked("autofetch.every=1h,60m", "end.after=12h,720m")).toThrow(/1h and 60m[^]*12h and 720m/);
  });
});

function checked(...texts: readonly string[]): void {
  const knobs = parseKnobs(texts);
  const points = combinationsOf(knobs).map((values) => ({
    values,
    scenario: smallScenario(...knobs.map(({ path }, place) => `${path}=${values[place] ?? ""}`)),
  }));
  checkValuesDiffer(knobs, points, points.map(inputsOf));
}
