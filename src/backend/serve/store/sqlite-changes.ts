/** The statements by which the database is changed, and the changes that wait for their commit. */

/** `row` names the cells that say which row is changed. */
export const STATEMENTS = {
  setting: { sql: "INSERT OR REPLACE INTO settings VALUES (?, ?)", row: [0] },
  node: {
    sql: "INSERT OR REPLACE INTO nodes (number, id, project, version, type, model) VALUES (?, ?, ?, ?, ?, ?)",
    row: [0],
  },
  nodeGone: { sql: "UPDATE nodes SET isRemoved = 1 WHERE number = ?", row: [0] },
  image: {
    sql: "INSERT OR REPLACE INTO images (number, id, name, project, version, bytes, uploadedAtMs) VALUES (?, ?, ?, ?, ?, ?, ?)",
    row: [0],
  },
  job: { sql: "INSERT OR REPLACE INTO jobs (number, plan, state) VALUES (?, ?, ?)", row: [0] },
  jobState: { sql: "UPDATE jobs SET state = ? WHERE number = ?", row: [1] },
  target: { sql: "INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?, ?, ?)", row: [0, 1] },
  archivedImage: { sql: "UPDATE images SET isArchived = ? WHERE number = ?", row: [1] },
  archivedJob: { sql: "UPDATE jobs SET isArchived = ? WHERE number = ?", row: [1] },
  group: { sql: "INSERT INTO groups (id, fields) VALUES (?, ?)", row: [0] },
  groupGone: { sql: "DELETE FROM groups WHERE id = ?", row: [0] },
  membersGone: { sql: "DELETE FROM members WHERE groupId = ?", row: [0] },
  member: { sql: "INSERT OR REPLACE INTO members VALUES (?, ?)", row: [0, 1] },
  memberGone: { sql: "DELETE FROM members WHERE groupId = ? AND node = ?", row: [0, 1] },
} as const;

export type Statement = keyof typeof STATEMENTS;
export type Cell = string | number | Uint8Array;

export interface Change {
  readonly statement: Statement;
  readonly cells: Cell[];
}

/**
 * The last of each kind of change to each row, in their order. While a disk is full nodes go on asking and reporting,
 * and what waits for room must not grow without bound.
 */
export function latestOf(changes: readonly Change[]): Change[] {
  const latest = new Map<string, Change>();
  for (const change of changes) {
    const { statement, cells } = change;
    const key = JSON.stringify([statement, ...STATEMENTS[statement].row.map((index) => cells[index])]);
    latest.delete(key);
    latest.set(key, change);
  }
  return [...latest.values()];
}
