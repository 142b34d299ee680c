/** The tables of the database, version by version: one that an older program wrote is brought up to date at its opening. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";

/** Each step leads from the version that is its place in the list to the next; a new file takes all of them. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE nodes (number INTEGER PRIMARY KEY, id TEXT NOT NULL, project TEXT NOT NULL, version TEXT NOT NULL) STRICT;
  CREATE TABLE images (number INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, project TEXT NOT NULL,
    version TEXT NOT NULL, bytes BLOB NOT NULL, uploadedAtMs INTEGER NOT NULL) STRICT;
  CREATE TABLE jobs (number INTEGER PRIMARY KEY, plan TEXT NOT NULL, state TEXT NOT NULL) STRICT;
  CREATE TABLE targets (job INTEGER, node INTEGER, belief TEXT NOT NULL, text TEXT NOT NULL,
    atSeconds INTEGER NOT NULL, isNodeTime INTEGER NOT NULL, PRIMARY KEY (job, node)) STRICT, WITHOUT ROWID;
  `,
  // Nodes have a type and a model, which firmware fills with its project; images and jobs can be archived; groups.
  `
  ALTER TABLE nodes ADD COLUMN type TEXT NOT NULL DEFAULT '';
  ALTER TABLE nodes ADD COLUMN model TEXT NOT NULL DEFAULT '';
  UPDATE nodes SET type = project, model = project;
  ALTER TABLE images ADD COLUMN isArchived INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE jobs ADD COLUMN isArchived INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE groups (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, fields TEXT NOT NULL) STRICT;
  CREATE TABLE members (groupId TEXT NOT NULL, node INTEGER, PRIMARY KEY (groupId, node)) STRICT, WITHOUT ROWID;
  `,
  // Nodes can be removed; jobs that are over still speak of them.
  `
  ALTER TABLE nodes ADD COLUMN isRemoved INTEGER NOT NULL DEFAULT 0;
  `,
];

/** Brings a database, new or old, to the layout of this program; throws a sentence for one of a later program. */
export function layOut(database: DatabaseSyncInstance): void {
  const { user_version: found } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (found > STEPS.length) {
    throw new Error(`its layout is version ${found}, this program reads up to ${STEPS.length}`);
  }
  if (found === STEPS.length) return;
  // All or nothing: a crash in between leaves the old version.
  database.exec(`BEGIN IMMEDIATE; ${STEPS.slice(found).join("")} PRAGMA user_version = ${STEPS.length}; COMMIT;`);
}
