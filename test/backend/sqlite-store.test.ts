import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, expect, test } from "vitest";
import { FleetClock } from "../../src/backend/serve/fleet-clock.ts";
import { Ledger } from "../../src/backend/serve/ledger.ts";
import { type Cell, type Change, latestOf, type Statement } from "../../src/backend/serve/store/sqlite-changes.ts";
import { SqliteStore } from "../../src/backend/serve/store/sqlite-store.ts";
import { nodeNamed } from "../adapters/plans.ts";
import { newJob } from "./new-job.ts";

const folder = mkdtempSync(join(tmpdir(), "otafleet-store-"));
const clock = new FleetClock(1_800_000_000_000);

afterAll(() => rmSync(folder, { recursive: true }));

test("a database gives back nodes, images, jobs with their ends, beliefs, secrets and counters", async () => {
  const file = join(folder, "whole.sqlite");
  const store = SqliteStore.open(file);
  const ledger = new Ledger(store, clock, {});
  const secret = ledger.enrol(nodeNamed("a"));
  ledger.enrol(nodeNamed("b"));
  const image = ledger.addImage({ name: "i", project: "p", version: "2", bytes: Uint8Array.of(1, 2, 3) });
  const plan = newJob(image, { targets: [0, 1] });
  const cancelled = ledger.createJob({ ...plan, name: "cancelled", priority: 1 }, () => false).job;
  ledger.cancelJob(cancelled);
  const job = ledger.createJob({ ...plan, name: "kept" }, () => false).job;
  ledger.fetch(0, "1.1");
  ledger.takeStatus(1, job.id, "rejected", "Project Name mismatch", 1_799_999_999);
  ledger.describeNode(0, { version: "1.2" });
  await ledger.settled();
  await store.close();

  const again = new Ledger(SqliteStore.open(file), clock, {});

  expect(again.secretOf("a")).toBe(secret);
  expect([again.operatorToken, again.urlSecret]).toEqual([ledger.operatorToken, ledger.urlSecret]);
  expect(again.rules.versionOf(0)).toBe("1.2");
  expect(again.imageOf(image.id)?.md5).toBe(image.md5);
  expect(again.stateOf(cancelled)).toBe("cancelled");
  expect(again.stateOf(job)).toBe("active");
  expect(again.recordOf(job, 0)).toEqual(ledger.recordOf(job, 0));
  expect(again.recordOf(job, 1)).toEqual(ledger.recordOf(job, 1));
  expect(again.rules.counters).toEqual(ledger.rules.counters);
  expect(again.fetch(0, "1.2")?.id).toBe(job.id);
  expect(again.fetch(1, "1.1")).toBeUndefined();
});

test("a database gives back groups, dynamic jobs with whom they took in, approvals and what is archived", async () => {
  const file = join(folder, "jobs.sqlite");
  const store = SqliteStore.open(file);
  const ledger = new Ledger(store, clock, {});
  for (const id of ["a", "b", "c"]) ledger.enrol(nodeNamed(id, { type: "lamp", model: id }));
  const group = { name: "house", type: "site", description: "x", parentId: undefined, conditions: undefined };
  const house = ledger.groups.make(group, [0, 1]);
  const room = ledger.groups.make({ ...group, name: "room", parentId: house.id }, [2]);
  const lamps = ledger.groups.make({ ...group, name: "lamps", conditions: { type: "lamp" } }, [0, 1, 2]);
  const gone = ledger.groups.make(group, [0, 1]);
  ledger.groups.remove(house, [0]);
  ledger.groups.drop(gone);
  const image = ledger.addImage({ name: "i", project: "p", version: "2", bytes: Uint8Array.of(1) });
  const dynamic = ledger.createJob(newJob(image, { name: "dynamic", dynamic: { version: "1.0.0" } }), () => false).job;
  ledger.enrol(nodeNamed("d"));
  ledger.describeNode(0, { version: "3.0.0" });
  const plan = { name: "asked", targets: [0, 1], groups: [house.id], trigger: "user-approved" } as const;
  const asked = ledger.createJob(newJob(image, { ...plan, description: "Why not?" }), () => false).job;
  ledger.approve(asked, 1);
  const over = ledger.createJob(newJob(image, { name: "over", targets: [0] }), () => false).job;
  ledger.cancelJob(over);
  ledger.archive(over, true);
  ledger.archive(image, true);
  await ledger.settled();
  await store.close();

  const again = new Ledger(SqliteStore.open(file), clock, {});

  expect(again.groups.all).toEqual([house, room, lamps]);
  expect(again.groups.membersOf(again.groups.all[0]!)).toEqual(new Set([1, 2]));
  expect(again.rules.fieldsOf(2)).toEqual({ project: "thermostat", version: "1.0.0", type: "lamp", model: "c" });
  expect(again.jobs.map(({ name, isArchived, description }) => [name, isArchived, description])).toEqual([
    ["dynamic", false, ""],
    ["asked", false, "Why not?"],
    ["over", true, ""],
  ]);
  expect(again.imageOf(image.id)?.isArchived).toBe(true);
  expect([...again.rules.targetsOf(dynamic.number)]).toEqual([0, 1, 2, 3]);
  expect([0, 1].map((node) => again.rules.isWaitingForApproval(asked.number, node))).toEqual([true, false]);
  expect(again.rules.counts(asked.number)).toEqual(ledger.rules.counts(asked.number));
  again.cancelJob(again.jobOf(dynamic.id)!);
  expect(again.fetch(0, "3.0.0")).toBeUndefined();
  expect(again.fetch(1, "1.0.0")?.id).toBe(asked.id);
});

test("a dynamic job that a database gave back goes on taking in nodes, and keeps them too", async () => {
  const file = join(folder, "dynamic.sqlite");
  const first = SqliteStore.open(file);
  const ledger = new Ledger(first, clock, {});
  const image = ledger.addImage({ name: "i", project: "p", version: "2", bytes: Uint8Array.of(1) });
  ledger.createJob(newJob(image, { dynamic: { type: "lamp" } }), () => false);
  await ledger.settled();
  await first.close();

  const second = SqliteStore.open(file);
  const again = new Ledger(second, clock, {});
  again.enrol(nodeNamed("late", { type: "lamp" }));
  await again.settled();
  await second.close();

  const third = new Ledger(SqliteStore.open(file), clock, {});
  expect(third.rules.counts(0)).toMatchObject({ triggered: 1, total: 1 });
});

test("a job whose timeout is over is so for whoever looks, is counted once, and stays so after a restart", async () => {
  const file = join(folder, "expired.sqlite");
  const store = SqliteStore.open(file);
  const time = new FleetClock(undefined);
  const ledger = new Ledger(store, time, {});
  ledger.enrol(nodeNamed("a"));
  const image = ledger.addImage({ name: "i", project: "p", version: "2", bytes: Uint8Array.of(1) });
  const { job } = ledger.createJob(newJob(image, { targets: [0], timeoutMs: 60_000 }), () => false);
  const before = ledger.stateOf(job);
  time.set({ originHrtimeNs: "0", fleetStartEpochMs: Date.now() + 60_000, speed: 1 });

  const after = ledger.stateOf(job);
  await ledger.settled();
  await store.close();

  const again = new Ledger(SqliteStore.open(file), time, {});
  expect([before, after, again.stateOf(again.jobs[0]!)]).toEqual(["active", "expired", "expired"]);
  expect(again.fetch(0, "1.0.0")).toBeUndefined();
  expect(again.rules.counters.jobsExpired).toBe(1);
});

test("a version that a node tells with a fetch is kept", async () => {
  const file = join(folder, "version.sqlite");
  const store = SqliteStore.open(file);
  const ledger = new Ledger(store, clock, {});
  ledger.enrol(nodeNamed("a"));
  ledger.fetch(0, "1.5.0");
  await ledger.settled();
  await store.close();

  expect(new Ledger(SqliteStore.open(file), clock, {}).rules.versionOf(0)).toBe("1.5.0");
});

test("a database of the first layout is brought up to date, with the project as type and model", () => {
  const file = join(folder, "first.sqlite");
  const old = new DatabaseSync(file);
  old.exec(`
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE nodes (number INTEGER PRIMARY KEY, id TEXT NOT NULL, project TEXT NOT NULL, version TEXT NOT NULL) STRICT;
    CREATE TABLE images (number INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, project TEXT NOT NULL,
      version TEXT NOT NULL, bytes BLOB NOT NULL, uploadedAtMs INTEGER NOT NULL) STRICT;
    CREATE TABLE jobs (number INTEGER PRIMARY KEY, plan TEXT NOT NULL, state TEXT NOT NULL) STRICT;
    CREATE TABLE targets (job INTEGER, node INTEGER, belief TEXT NOT NULL, text TEXT NOT NULL,
      atSeconds INTEGER NOT NULL, isNodeTime INTEGER NOT NULL, PRIMARY KEY (job, node)) STRICT, WITHOUT ROWID;
    INSERT INTO nodes VALUES (0, 'a', 'boiler', '1');
    INSERT INTO images VALUES (0, 'image', 'i', 'boiler', '2', x'0102', 1800000000000);
    INSERT INTO jobs VALUES (0, '{"number":0,"id":"job","name":"old","image":0,"targets":[0],"trigger":"default",
      "priority":5,"metadata":"","createdAtMs":1800000000000}', 'active');
    INSERT INTO targets VALUES (0, 0, 'failed', 'x', 1800000000, 0);
    PRAGMA user_version = 1;
  `);
  old.close();

  const ledger = new Ledger(SqliteStore.open(file), clock, {});

  expect(ledger.rules.fieldsOf(0)).toEqual({ project: "boiler", version: "1", type: "boiler", model: "boiler" });
  expect(ledger.jobs[0]).toMatchObject({ name: "old", groups: [], description: "", isArchived: false });
  expect(ledger.rules.beliefOf(0, 0)).toBe("failed");
  expect(ledger.fetch(0, "1")?.id).toBe("job");
});

test("a database of a later program is refused in one sentence", () => {
  const file = join(folder, "later.sqlite");
  const later = new DatabaseSync(file);
  later.exec("PRAGMA user_version = 99");
  later.close();

  expect(() => SqliteStore.open(file)).toThrow(/its layout is version 99, this program reads up to \d+$/);
});

test("changes of one turn share one commit, and a later change has one of its own", async () => {
  const store = SqliteStore.open(join(folder, "commits.sqlite"));
  store.putSetting("a", "1");
  const first = store.settled();
  store.putSetting("b", "2");
  expect(store.settled()).toBe(first);

  await first;
  expect(store.settled()).toBeUndefined();
  store.putSetting("a", "3");
  await store.settled();

  expect(store.load().settings).toEqual(
    new Map([
      ["a", "3"],
      ["b", "2"],
    ]),
  );
  await store.close();
});

test("a file that is no database is refused in one sentence", () => {
  expect(() => SqliteStore.open(new URL(import.meta.url).pathname)).toThrow(
    /^the backend cannot use the database .*: .*$/,
  );
});

test("a node that was removed stays unknown, and one enrolled under its id again is another one", async () => {
  const file = join(folder, "removed.sqlite");
  const store = SqliteStore.open(file);
  const ledger = new Ledger(store, clock, {});
  for (const id of ["run-1", "run-2", "other"]) ledger.enrol(nodeNamed(id));
  const group = ledger.groups.make(
    { name: "g", type: "", description: "", parentId: undefined, conditions: undefined },
    [0, 2],
  );

  expect(ledger.removeNodes("run-")).toBe(2);
  ledger.enrol(nodeNamed("run-2"));
  await ledger.settled();
  await store.close();
  const again = new Ledger(SqliteStore.open(file), clock, {});

  for (const books of [ledger, again]) {
    expect(["run-1", "run-2", "other"].map((id) => books.nodeOf(id))).toEqual([undefined, 3, 2]);
    expect([...books.rules.nodesMatching({})]).toEqual([2, 3]);
    expect(books.rules.nodeCount).toBe(2);
    expect([...(books.groups.groupOf(group.id)?.members ?? [])]).toEqual([2]);
  }
});

test("what waits for room on a disk is the last change of each kind to each row, in their order", () => {
  const change = (statement: Statement, ...cells: Cell[]): Change => ({ statement, cells });

  const latest = latestOf([
    change("target", 0, 1, "started", "", 1, 0),
    change("target", 0, 2, "started", "", 1, 0),
    change("member", "g", 1),
    change("memberGone", "g", 1),
    change("archivedJob", 1, 5),
    change("target", 0, 1, "success", "done", 2, 0),
    change("archivedJob", 1, 6),
    change("member", "g", 1),
  ]);

  expect(latest).toEqual([
    change("target", 0, 2, "started", "", 1, 0),
    change("memberGone", "g", 1),
    change("archivedJob", 1, 5),
    change("target", 0, 1, "success", "done", 2, 0),
    change("archivedJob", 1, 6),
    change("member", "g", 1),
  ]);
});
