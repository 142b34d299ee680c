import { readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { readFleetFile } from "../../src/engine/fleet-file.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { reportOf, rewriteReports } from "../../src/engine/recompute.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { fleetCsv, fleetFile } from "../fleet/fleet-file/reading.ts";
import { brokenLaws, fileOf, freshPath, jsonOf, smallRun, watching } from "./small-runs.ts";

const ROWS = Array.from({ length: 24 }, (_, row) => ({
  id: row === 3 ? "=cmd()" : `unit-${row}`,
  zone: row % 2 === 0 ? "Asia/Tokyo" : "Europe/Berlin",
  project: "thermostat",
  // The last runs the image's version already, and refuses it.
  version: row === 23 ? "2.0.0" : `1.${row % 3}`,
  lastSeen: row === 5 ? "2025-03-10" : "2026-03-09T08:00:00Z",
}));

const TEXT = `
name: field
clock: { start: 2026-03-10T12:00:00Z, speed: 3600 }
image: { make: { chip: esp32c3, project: thermostat, version: 2.0.0, size: 16KiB } }
fleet:
  connect: { over: 200ms }
  cohorts: [{ name: field, from: fleet.csv, lastSeen: { gone: 90d }, offline: none, autofetch: { every: 20m } }]
jobs: [{ name: spring, targets: { where: { project: thermostat } } }, { name: old, starts: 1h, targets: { where: { version: "1.0" } }, image: { make: { project: thermostat, version: 3.0.0, size: 16KiB } } }]
end: { after: 12h }
`;

function scenarioOf(text = TEXT): Scenario {
  const options = { adapters: ADAPTERS, fleetFile: () => fleetFile(fleetCsv(ROWS)) };
  return resolveScenario(readScenario(text, "field.yaml", options)).scenario;
}

test("a plan of a fleet file has a node for each row, under the file's id in nodes.csv", async () => {
  const scenario = scenarioOf();
  const outDir = freshPath();

  const { result } = await planScenario({ scenario, imageBytes: madeImage(scenario), outDir }, watching());

  const lines = readFileSync(join(outDir, "nodes.csv"), "utf8").trimEnd().split("\r\n");
  const [head = [], ...rows] = lines.map((line) => line.split(","));
  const column = (name: string, row: readonly string[] | undefined): string => row?.[head.indexOf(name)] ?? "";
  const of = (fileId: string): string[] | undefined => rows.find((row) => column("fileId", row) === fileId);
  expect(result.populations).toMatchObject({ nodes: 24, targeted: 32, reachable: 31 });
  expect(brokenLaws(result)).toEqual([]);
  expect(result.remarks[0]).toMatch(/^1 of the 24 nodes of cohort field were last seen more than 90d before the begin/);
  expect(column("zone", of("unit-7"))).toBe("Europe/Berlin");
  expect(column("firstVersion", of("unit-7"))).toBe("1.1");
  expect(column("outcome", of("unit-23"))).toBe("rejected");
  expect(column("outcome", of("unit-5"))).toBe("unfinished");
  expect(column("startsOfflineForUs", of("unit-5"))).toBe("Infinity");
  // What a spreadsheet would run is made inert.
  expect(column("index", of("'=cmd()"))).toBe("3");
  expect(result.zones.map(({ name, nodes }) => [name, nodes])).toEqual([
    ["Asia/Tokyo", 12],
    ["Europe/Berlin", 12],
  ]);
});

test("a run of a fleet file agrees with its plan, and its folder gives the result again", async () => {
  const scenario = scenarioOf();
  const planned = await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching());

  const run = await smallRun(scenario, { workers: 2 });

  expect(brokenLaws(run.result)).toEqual([]);
  expect(run.result.outcomes).toEqual(planned.result.outcomes);
  const before = [jsonOf(run.result), fileOf(run, "nodes.csv")];
  const again = await rewriteReports(run.folder);
  expect([jsonOf(again.result), fileOf(run, "nodes.csv")]).toEqual(before);

  const book = join(run.folder, "fleet-field.book");
  const bytes = readFileSync(book);
  writeFileSync(book, bytes.with(bytes.length - 1, 0x21));
  await expect(reportOf(run.folder)).rejects.toThrow("has a fleet-field.book that was changed after the run wrote it");
  truncateSync(book, bytes.length >> 1);
  await expect(reportOf(run.folder)).rejects.toThrow("has no fleet-field.book, which holds the rows of fleet.csv");
  writeFileSync(
    book,
    bytes.map((byte, at) => (at === 30 ? 0x7d : byte)),
  );
  await expect(reportOf(run.folder)).rejects.toThrow("has no fleet-field.book");
});

test("a fleet file is read from the disk a piece at a time, whatever its length", () => {
  const path = freshPath();
  const rows = Array.from({ length: 60_000 }, (_, row) => ({ id: `unit-${row}`, zone: "Asia/Tokyo", version: "1.0" }));
  writeFileSync(path, fleetCsv(rows));

  const read = readFleetFile(path, { file: "fleet.csv", columns: undefined, links: undefined });

  if (!("book" in read)) throw new Error(read.seen);
  expect(read.book.rows).toBe(60_000);
  expect([0, 30_000, 59_999].map((row) => read.book.idOf(row))).toEqual(["unit-0", "unit-30000", "unit-59999"]);
});

test("a link to a fleet file is followed, and one that leads to no regular file is refused", () => {
  const file = freshPath();
  writeFileSync(file, "id\na\n");
  const read = (target: string): ReturnType<typeof readFleetFile> => {
    const link = freshPath();
    symlinkSync(target, link);
    return readFleetFile(link, { file: "fleet.csv", columns: undefined, links: undefined });
  };

  expect(read(file)).toMatchObject({ columns: ["id"] });
  expect(read(dirname(file))).toMatchObject({ seen: expect.stringMatching(/is a folder$/) as string });
  expect(read("/dev/null")).toMatchObject({ seen: expect.stringMatching(/is no regular file$/) as string });
  expect(read("nowhere")).toMatchObject({ seen: expect.stringMatching(/there is no such file or folder$/) as string });
});
