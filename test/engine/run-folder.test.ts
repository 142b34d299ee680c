import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assert } from "../../src/base/assert.ts";
import { ZONE_TABLE_TZDATA } from "../../src/fleet/zone-table.ts";
import { UserError } from "../../src/base/user-error.ts";
import { EventLog } from "../../src/engine/event-log.ts";
import { hashOf, readDocument, sealedDocument } from "../../src/engine/run-document.ts";
import { RunFolder } from "../../src/engine/run-folder.ts";
import { BatchWriter } from "../../src/measure/record-batch.ts";
import { fleetFile } from "../fleet/fleet-file/reading.ts";
import { freshPath, smallScenario } from "./small-runs.ts";

const AT = "2026-03-10T12:00:00.000Z";

test("a run's folder may be new, or there and empty", () => {
  const empty = freshPath();
  mkdirSync(empty);

  RunFolder.create(empty, AT, sealed()).events.close();
  RunFolder.create(join(freshPath(), "deep", "down"), AT, sealed()).events.close();

  expect(readdirSync(empty).sort()).toEqual(["events.log", "health.jsonl", "run.json"]);
});

test("of commands that begin in one second each has a folder of its own, before anything is in it", () => {
  const here = freshPath();
  mkdirSync(here);
  const module = new URL("../../dist/engine/run-folder.js", import.meta.url).href;
  const twice = `
    import { ownPath } from ${JSON.stringify(module)};
    console.log(ownPath("night", "2026-03-10T12:00:00.100Z", []), ownPath("night", "2026-03-10T12:00:00.900Z", []));`;

  const said = execFileSync(process.execPath, ["--input-type=module", "--eval", twice], {
    cwd: here,
    encoding: "utf8",
  });

  const names = ["night-2026-03-10T12-00-00Z", "night-2026-03-10T12-00-00Z-2"];
  expect(said.trim()).toBe(names.map((name) => join("reports", name)).join(" "));
  expect(readdirSync(join(here, "reports")).sort()).toEqual(names);
});

test("a folder with files in it is refused, and keeps them", () => {
  const used = freshPath();
  mkdirSync(used);
  writeFileSync(join(used, "thesis.txt"), "years of work");

  expect(() => RunFolder.create(used, AT, sealed())).toThrow(UserError);
  expect(() => RunFolder.create(used, AT, sealed())).toThrow(/has files in it \(thesis\.txt\)/);
  expect(readdirSync(used)).toEqual(["thesis.txt"]);
});

test("a folder that cannot be written is refused with the system's reason", () => {
  const file = freshPath();
  writeFileSync(file, "");

  expect(() => RunFolder.create(join(file, "run"), AT, sealed())).toThrow(UserError);
  expect(() => RunFolder.create(join(file, "run"), AT, sealed())).toThrow(
    /cannot be written: it, or a part of its path, is a file/,
  );
  expect(() => RunFolder.create(file, AT, sealed())).toThrow(/cannot be written: it, or a part of its path, is a file/);
});

test.skipIf(!existsSync("/proc/self"))("a parent that takes no folder is refused at once", () => {
  expect(() => RunFolder.create("/proc/otafleet/run", AT, sealed())).toThrow(
    /cannot be written: there is no such file/,
  );
});

test("a run that never began takes away what it has made: its files, and folders that were not there", () => {
  const [path, deep, empty] = [freshPath(), freshPath(), freshPath()];
  mkdirSync(empty);

  RunFolder.create(path, AT, sealed()).discard();
  RunFolder.create(join(deep, "down"), AT, sealed()).discard();
  const inEmpty = RunFolder.create(empty, AT, sealed());
  inEmpty.writeBeliefs([]);
  inEmpty.discard();

  expect([path, deep].map((folder) => existsSync(folder))).toEqual([false, false]);
  expect(readdirSync(empty)).toEqual([]);
});

test("folders that were made above one that cannot be made are taken away", () => {
  const above = freshPath();
  // No name of a folder is as long as that.
  const path = join(above, "deep", "e".repeat(300), "run");

  expect(() => RunFolder.create(path, AT, sealed())).toThrow(/cannot be written/);

  expect(existsSync(above)).toBe(false);
});

test.each(["", "new"])("a folder whose begin cannot be written whole is as it was: %s", (name) => {
  const above = freshPath();
  mkdirSync(above);
  const path = join(above, name);
  const whole = sealed();
  const { document } = whole;
  const { scenario } = document;
  const [homes] = scenario.fleet.cohorts;
  assert(homes !== undefined, "the small scenario has a cohort");
  const { book } = fleetFile("id\na\n");
  const rows = { rowsInFile: 1, sha256: book.sha256, runs: [homes.runs], zones: [], namesEveryZone: false, links: [] };
  const from = { file: "fleet.csv", columns: undefined, ...rows, goneBeforeSeconds: undefined, gone: 0, book };
  // As on a full disk, the file behind run.json cannot be made.
  const fleet = { ...scenario.fleet, cohorts: [{ ...homes, name: "no/such", from }] };

  const create = (): unknown =>
    RunFolder.create(path, AT, { ...whole, document: { ...document, scenario: { ...scenario, fleet } } });

  expect(create).toThrow(/cannot be written: there is no such file/);
  expect(readdirSync(above)).toEqual([]);
});

test("a file that cannot be written is told of once", () => {
  const folder = RunFolder.create(freshPath(), AT, sealed());

  expect(folder.write(join("no", "such", "folder.txt"), "")).toBe(false);
  expect(folder.write(join("no", "such", "folder.txt"), "")).toBe(false);

  expect(folder.unwritten).toEqual([
    expect.stringMatching(/^no.such.folder\.txt cannot be written: there is no such file/),
  ]);
  folder.events.close();
});

test("health is written on in no file but its own: a link that is laid in its place leads nowhere, and is told of", () => {
  const [path, elsewhere] = [freshPath(), freshPath()];
  writeFileSync(elsewhere, "somebody's own");
  const folder = RunFolder.create(path, AT, sealed());
  folder.addHealth({ worker: 0 });
  const own = readFileSync(join(path, "health.jsonl"), "utf8");
  rmSync(join(path, "health.jsonl"));
  symlinkSync(elsewhere, join(path, "health.jsonl"));

  folder.addHealth({ worker: 1 });
  folder.addHealth({ worker: 2 });

  expect(own).toBe('{"worker":0}\n');
  expect(readFileSync(elsewhere, "utf8")).toBe("somebody's own");
  expect(folder.unwritten).toEqual(["health.jsonl cannot be written: it is a link, or no file"]);
  folder.events.close();
});

test("a report is never written through a link that somebody laid in its place, and never stands half written", () => {
  const folder = RunFolder.create(freshPath(), AT, sealed());
  const theirs = freshPath();
  writeFileSync(theirs, "years of work");
  symlinkSync(theirs, join(folder.path, "report.html"));
  linkSync(theirs, join(folder.path, "nodes.csv"));
  const failing = function* (): Generator<string> {
    yield "half of it";
    throw new Error("no more");
  };

  expect(folder.write("report.html", "a report")).toBe(true);
  expect(folder.write("nodes.csv", "index")).toBe(true);
  expect(folder.writePieces("report.html", failing())).toBe(false);

  expect(readFileSync(theirs, "utf8")).toBe("years of work");
  expect(lstatSync(join(folder.path, "report.html")).isFile()).toBe(true);
  expect(readFileSync(join(folder.path, "report.html"), "utf8")).toBe("a report");
  expect(readdirSync(folder.path).filter((name) => name.endsWith(".draft"))).toEqual([]);
  folder.events.close();
});

test.skipIf(!existsSync("/dev/full"))("a disk that is full stops the log, not the program", () => {
  const log = new EventLog("/dev/full");
  const writer = new BatchWriter("run", 0);

  log.addBatch(writer.flush());
  log.addBatch(writer.flush());
  log.addEndMark(writer.end());
  log.close();

  expect(log.failure).toBe("the event log cannot be written: the disk is full");
});

test("a run document is what was written: its hash tells one run from another", () => {
  const one = sealed();
  const other = sealed("seed=2");

  expect(one.sha256).toBe(hashOf(one.text));
  expect(other.sha256).not.toBe(one.sha256);
  expect(readDocument(one.text)).toEqual(JSON.parse(JSON.stringify(one.document)));
  expect(readDocument(one.text.slice(0, -10))).toBeUndefined();
  expect(readDocument("null")).toBeUndefined();
  expect(readDocument('{"schema":"otafleet/run","version":2,"scenario":{}}')).toBeUndefined();
});

test("a run document names programs, tables and workers, and no path of this machine", () => {
  const { document, text } = sealed();

  expect(document.versions).toMatchObject({ node: process.versions.node, tzdata: ZONE_TABLE_TZDATA });
  expect(document).toMatchObject({ workers: 2, shards: 3, startedAt: AT });
  expect(text).not.toContain(process.cwd());
  expect(readFileSync("package.json", "utf8")).toContain(`"version": "${document.versions["otafleet"]}"`);
});

function sealed(...set: readonly string[]) {
  const scenario = smallScenario(...set);
  const images = [new Uint8Array(100)];
  return sealedDocument({ scenario, images, driver: "live", workers: 2, startedAt: AT, command: undefined });
}
