/**
 * Keeps the backend in one SQLite file, so that a backend that was killed comes back with every acknowledged status.
 * Changes of one turn of the event loop share a transaction, and nothing is acknowledged before it is on disk.
 * This is the one file that imports the database, which gives way to `node:sqlite` once Node 20 is gone.
 */
import { RECORDED_BELIEFS } from "../../../base/belief.ts";
import { closeSync, fchmodSync, openSync } from "node:fs";
import { DatabaseSync } from "@photostructure/sqlite";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { JobState, TargetRecord } from "../../rules/job-plan.ts";
import { type Change, type Cell, latestOf, type Statement, STATEMENTS } from "./sqlite-changes.ts";
import { layOut } from "./sqlite-layout.ts";
import { StartFailure } from "../start-failure.ts";
import { StoreFailure } from "./store.ts";
import type { Archivable, Store, Stored, StoredGroup, StoredImage, StoredJob, StoredNode } from "./store.ts";

export class SqliteStore implements Store {
  readonly isDurable = true;
  readonly #database: DatabaseSyncInstance;
  readonly #statements: Record<Statement, { run(...cells: Cell[]): unknown }>;
  #changes: Change[] = [];
  /** Settings change often and only their last value counts. */
  readonly #settings = new Map<string, string>();
  #commit: Promise<void> | undefined;
  #failure: string | undefined;

  private constructor(database: DatabaseSyncInstance) {
    this.#database = database;
    const prepared = Object.entries(STATEMENTS).map(([statement, { sql }]) => [statement, database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared) as Record<Statement, { run(...cells: Cell[]): unknown }>;
  }

  /**
   * Opens or makes the file, readable by its owner only, and keeps every other process out of it until it is closed
   * or this process has ended, however it ends. Throws a `StartFailure`.
   */
  static open(file: string): SqliteStore {
    try {
      // It holds the secrets of the run, and its journal takes its mode from it.
      const made = openSync(file, "a", 0o600);
      fchmodSync(made, 0o600);
      closeSync(made);
      const database = new DatabaseSync(file);
      // Two backends on one file would each write their own truth over the other's. The lock is the kernel's, so it
      // is gone with its process.
      database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
      layOut(database);
      return new SqliteStore(database);
    } catch (error) {
      const words = wordsOf(error);
      const why = words.includes("database is locked") ? "another process is using it" : words;
      throw new StartFailure(`the backend cannot use the database ${file}: ${why}`, { cause: error });
    }
  }

  load(): Stored {
    const rows = <T>(sql: string) => this.#database.prepare(sql).all() as T[];
    const settings = rows<{ key: string; value: string }>("SELECT * FROM settings");
    const jobs = rows<{ plan: string; state: JobState }>("SELECT plan, state FROM jobs ORDER BY number");
    const targets = rows<Omit<TargetRecord, "isNodeTime"> & { job: number; isNodeTime: number }>(
      "SELECT * FROM targets",
    );
    const archived = (table: "images" | "jobs") =>
      rows<{ number: number }>(`SELECT number FROM ${table} WHERE isArchived = 1`).map(({ number }) => number);
    return {
      nodes: rows<StoredNode>("SELECT number, id, project, version, type, model FROM nodes ORDER BY number"),
      images: rows<StoredImage>(
        "SELECT number, id, name, project, version, bytes, uploadedAtMs FROM images ORDER BY number",
      ),
      // The first layout knew neither groups nor descriptions.
      jobs: jobs.map(({ plan, state }) =>
        Object.assign({ groups: [], description: "" }, JSON.parse(plan) as StoredJob, { state }),
      ),
      targets: targets
        .filter((row) => RECORDED_BELIEFS.includes(row.belief))
        .map(({ job, ...record }) => ({ job, record: { ...record, isNodeTime: record.isNodeTime === 1 } })),
      groups: this.#loadGroups(),
      removed: rows<{ number: number }>("SELECT number FROM nodes WHERE isRemoved = 1").map(({ number }) => number),
      archived: { image: archived("images"), job: archived("jobs") },
      settings: new Map(settings.map(({ key, value }) => [key, value])),
    };
  }

  putSetting(key: string, value: string): void {
    this.#settings.set(key, value);
    this.#schedule();
  }

  putNode(node: StoredNode): void {
    this.#put("node", [node.number, node.id, node.project, node.version, node.type, node.model]);
  }

  dropNode(node: number): void {
    this.#put("nodeGone", [node]);
  }

  putImage(image: StoredImage): void {
    const { number, id, name, project, version, bytes, uploadedAtMs } = image;
    this.#put("image", [number, id, name, project, version, bytes, uploadedAtMs]);
  }

  putJob(job: StoredJob): void {
    this.#put("job", [job.number, JSON.stringify(job), job.state]);
  }

  putJobState(job: number, state: JobState): void {
    this.#put("jobState", [state, job]);
  }

  putTarget(job: number, record: TargetRecord): void {
    const { node, belief, text, atSeconds, isNodeTime } = record;
    this.#put("target", [job, node, belief, text, atSeconds, isNodeTime ? 1 : 0]);
  }

  putArchived(what: Archivable, number: number, isArchived: boolean): void {
    this.#put(what === "image" ? "archivedImage" : "archivedJob", [isArchived ? 1 : 0, number]);
  }

  putGroup(group: StoredGroup): void {
    this.#put("group", [group.id, JSON.stringify(group)]);
  }

  dropGroup(groupId: string): void {
    this.#put("membersGone", [groupId]);
    this.#put("groupGone", [groupId]);
  }

  putMember(groupId: string, node: number): void {
    this.#put("member", [groupId, node]);
  }

  dropMember(groupId: string, node: number): void {
    this.#put("memberGone", [groupId, node]);
  }

  settled(): Promise<void> | undefined {
    return this.#commit;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  async close(): Promise<void> {
    await this.#commit?.catch(() => {});
    try {
      // The library finalizes no statement, and a database with statements keeps its lock when it is closed. Leaving
      // the journal's mode gives the lock back at the next read.
      this.#database.exec("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT key FROM settings;");
    } catch {
      // A disk without room: the journal stays, and is read at the next start.
    }
    this.#database.close();
  }

  #loadGroups(): Stored["groups"] {
    const rows = <T>(sql: string) => this.#database.prepare(sql).all() as T[];
    const members = new Map<string, number[]>();
    for (const { groupId, node } of rows<{ groupId: string; node: number }>("SELECT * FROM members")) {
      const known = members.get(groupId);
      if (known === undefined) members.set(groupId, [node]);
      else known.push(node);
    }
    return rows<{ id: string; fields: string }>("SELECT id, fields FROM groups ORDER BY number").map(
      ({ id, fields }) => ({ group: JSON.parse(fields) as StoredGroup, members: members.get(id) ?? [] }),
    );
  }

  #put(statement: Statement, cells: Cell[]): void {
    this.#changes.push({ statement, cells });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#commit !== undefined) return;
    this.#commit = new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#commit = undefined;
        try {
          this.#write();
          this.#failure = undefined;
          resolve();
        } catch (error) {
          this.#failure = `the change could not be stored: ${wordsOf(error)}`;
          this.#changes = latestOf(this.#changes);
          reject(new StoreFailure(this.#failure, { cause: error }));
        }
      });
    });
    // Whoever waits hears of a failure; where nobody does, the changes stay queued for the next commit.
    this.#commit.catch(() => {});
  }

  /** One transaction for all that is queued. After a failure everything stays queued. */
  #write(): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const { statement, cells } of this.#changes) this.#statements[statement].run(...cells);
      for (const [key, value] of this.#settings) this.#statements.setting.run(key, value);
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#changes = [];
    this.#settings.clear();
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
