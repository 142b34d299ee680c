import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FleetClock } from "../../src/backend/serve/fleet-clock.ts";
import { Ledger } from "../../src/backend/serve/ledger.ts";
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
