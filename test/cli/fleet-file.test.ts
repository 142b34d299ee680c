import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";
import { refused } from "./told.ts";

const folder = temporaryFolder();

const FIELD = SMALL_SCENARIO.replace("nodes: 40\n", "").replace(
  "name: homes, zones: Europe/Berlin",
  "name: field, from: fleet.csv",
);

test.concurrent("inspect shows what a fleet file is made of, its words made harmless", async () => {
  const place = join(folder, "sound");
  mkdirSync(place);
  const csv = ["id,zone,version,lastSeen", "a,Europe/Berlin,1.0,2026-03-09", "b,,<b>,2020-01-01", "c,Asia/Tokyo,1.0,"];
  written(place, "fleet.csv", csv.join("\r\n"));
  const scenario = written(
    place,
    "field.yaml",
    FIELD.replace("offline: none", "offline: none, lastSeen: { gone: 30d }"),
  );

  const { code, stdout: told } = await otafleet(["inspect", scenario]);
  const stdout = told.replaceAll(/\n {13}/g, " ");

  expect(code).toBe(0);
  expect(stdout).toContain("Cohort field from fleet.csv  3 rows");
  expect(stdout).toContain("  runs       demo 1.0 2 (66.7 %), demo <b> 1 (33.3 %)");
  expect(stdout).toContain("  zones      not said 1 (33.3 %), Asia/Tokyo 1 (33.3 %), Europe/Berlin 1 (33.3 %)");
  expect(stdout).toContain("  last seen  within 7 d 1 (33.3 %), earlier 1 (33.3 %), not said 1 (33.3 %)");
  expect(stdout).toContain("  gone       1 node (33.3 %) unseen for more than 30 d: they never come online");
  expect(stdout).not.toContain("hardware  ");
  // "offline: none" is given already, and brings nobody back who is gone.
  expect(stdout).not.toContain("are offline when the run begins");
});

test("what is wrong with a fleet file is told by its own place, or by the scenario's where there is no file", async () => {
  const place = join(folder, "wrong");
  mkdirSync(place);
  const scenario = written(place, "field.yaml", FIELD);

  const missing = await refused(["plan", scenario], place);
  written(place, "fleet.csv", "id,zone\na,Europe/Berln\na,\n");
  const wrong = await refused(["run", scenario], place);

  expect(missing).toEqual([
    `${scenario}:7:28: fleet.cohorts[0].from (${join(place, "fleet.csv")}) cannot be read: there is no such file or folder; name a CSV file of nodes that can be read`,
  ]);
  expect(wrong).toEqual([
    `${join(place, "fleet.csv")}:2:3: row 1, zone is "Europe/Berln"; did you mean Europe/Berlin? must be an IANA time zone such as Europe/Berlin, or empty`,
    `${join(place, "fleet.csv")}:3:1: row 2, id is "a"; must be of one row: row 1 has it already`,
    "2 mistakes.",
  ]);
});
