/**
 * Cohorts whose nodes come from a file: which file is asked for, how many of its rows are taken, and what they make of
 * a cohort. Whoever touches disks reads the file and hands the rows in.
 */
import { draw, seedOf } from "../base/random.ts";
import { type Mistake, UserError } from "../base/user-error.ts";
import type { CohortFile, RunningImage } from "../fleet/cohort.ts";
import { nodesOfCohorts } from "../fleet/fleet.ts";
import type { FleetBook, RowKind } from "../fleet/fleet-book.ts";
import type { FleetFile } from "../fleet/fleet-file/fleet-file-reader.ts";
import type { FleetFileWish } from "../fleet/fleet-file/fleet-columns.ts";
import { PURPOSE } from "../fleet/purposes.ts";
import type { GivenCohort } from "./cohort-schema.ts";
import type { DraftCohort, DraftFile } from "./draft.ts";
import type { Places } from "./mistakes.ts";

/** Reads a fleet file: its rows, or what is there instead; throws a `UserError` with the mistakes in the file. */
export type FleetFileReading = (wish: FleetFileWish) => FleetFile | Pick<Mistake, "seen" | "expected">;

/** The files of all cohorts, by cohort, and what is wrong in them. */
export interface FleetFiles {
  readonly files: readonly (FleetFile | undefined)[];
  /** In the files themselves. */
  readonly mistakes: readonly Mistake[];
  /** Every file that is asked for is there and right. */
  readonly areRight: boolean;
}

/** Reads the files of cohorts; what the scenario itself says wrong of them is added to `mistakes`. */
export function fleetFilesOf(
  cohorts: readonly GivenCohort[],
  read: FleetFileReading | undefined,
  places: Places,
  mistakes: Mistake[],
): FleetFiles {
  const inFiles: Mistake[] = [];
  let areRight = true;
  const files = cohorts.map((cohort, index): FleetFile | undefined => {
    const before = mistakes.length;
    const refuse = (key: string, expected: string, seen?: string): void => {
      const path = ["fleet", "cohorts", index, ...key.split(".")];
      mistakes.push({ ...places.of(path), seen: seen ?? places.seen(path), expected });
    };
    checkKeys(cohort, refuse);
    const { from, links } = cohort;
    if (from === undefined) return undefined;
    const file = mistakes.length > before ? undefined : readOne(cohort, read, refuse, inFiles);
    if (file !== undefined) checkLinks(file, links !== undefined, refuse);
    if (mistakes.length > before || file === undefined) areRight = false;
    return file;
  });
  return { files, mistakes: inFiles, areRight };
}

type Refuse = (key: string, expected: string, seen?: string) => void;

function checkKeys({ from, nodes, links, lastSeen }: GivenCohort, refuse: Refuse): void {
  if (from === undefined) {
    if (links !== undefined) refuse("links", "is for a cohort from a file: leave it out, or say from: fleet.csv");
    if (lastSeen !== undefined) refuse("lastSeen", "is for a cohort from a file: leave it out, or say from: fleet.csv");
    return;
  }
  if (nodes !== undefined)
    refuse("nodes", "must be left out: the cohort has a node for each row of its file; -n takes some of them");
  if (from.columns === undefined) return;
  if (links !== undefined && from.columns.link === undefined)
    refuse("links", "wants the column that has these words: say from.columns.link");
  if (lastSeen !== undefined && from.columns.lastSeen === undefined)
    refuse("lastSeen", "wants the column that says it: say from.columns.lastSeen");
}

function readOne(
  { from, links }: GivenCohort,
  read: FleetFileReading | undefined,
  refuse: Refuse,
  inFiles: Mistake[],
): FleetFile | undefined {
  if (from === undefined) return undefined;
  if (read === undefined) {
    refuse("from", "cannot be read here: whoever reads the scenario reads no fleet files");
    return undefined;
  }
  try {
    const { file, columns } = from;
    const found = read({ file, columns: columns && namedColumns(columns), links: links?.map(({ name }) => name) });
    if ("book" in found) return found;
    refuse(columns === undefined ? "from" : "from.file", found.expected, found.seen);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    inFiles.push(...error.mistakes);
  }
  return undefined;
}

function namedColumns(columns: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function checkLinks({ book, columns }: FleetFile, hasLinks: boolean, refuse: Refuse): void {
  const { links } = book.words;
  if (!hasLinks && links.length > 0) {
    const first = links.slice(0, 8).join(", ");
    refuse("links", `must say what the words of the link column mean: ${first}${links.length > 8 ? ", ..." : ""}`);
  }
  if (hasLinks && !columns.includes("link"))
    refuse("links", "wants a column that has these words: the file has none called link");
}

/**
 * Nodes of each cohort that comes from a file, by cohort; undefined = it does not. All rows, unless there is room for
 * fewer beside the cohorts with counts: then each file gives its part.
 */
export function rowsTaken(
  files: readonly (FleetFile | undefined)[],
  countedElsewhere: number,
  total: number | undefined,
): readonly (number | undefined)[] {
  const rows = files.map((file) => file?.book.rows);
  const inFiles = rows.reduce((sum: number, count) => sum + (count ?? 0), 0);
  const room = (total ?? Infinity) - countedElsewhere;
  if (room >= inFiles || room < 1) return rows;
  const taken = nodesOfCohorts(
    rows.map((count) => ({ share: (count ?? 0) / inFiles })),
    room,
  );
  return rows.map((count, index) => (count === undefined ? undefined : taken[index]));
}

/** So many rows of a file, drawn by the seed, in the file's order. */
export function draftFileOf(file: FleetFile, count: number, seed: number, cohort: number): DraftFile {
  const rowsInFile = file.book.rows;
  if (count >= rowsInFile) return { book: file.book, rowsInFile };
  const draws = Float64Array.from({ length: rowsInFile }, (_, row) => draw(seedOf(seed), row, PURPOSE.row, cohort));
  const limit = draws.toSorted()[count - 1] ?? -1;
  const rows = new Uint32Array(count);
  let taken = 0;
  draws.forEach((each, row) => {
    if (each <= limit) rows[taken++] = row;
  });
  return { book: file.book.taking(rows), rowsInFile };
}

/** Zones that nodes of a cohort may live in. */
export function zonesOfDraft({ traits, from }: DraftCohort): readonly string[] {
  const drawn = traits.zones.map(({ value }) => value);
  if (from === undefined) return drawn;
  const { names, isEvery } = zonesNamed(from.book);
  return isEvery ? names : [...drawn, ...names];
}

/**
 * What a file makes of its cohort.
 *
 * @param runsOf what a row runs that says so much
 * @param startSeconds UTC at the run's begin, since 1970
 */
export function cohortFileOf(
  { from, links, lastSeen }: Pick<GivenCohort, "from" | "links" | "lastSeen">,
  { book, rowsInFile }: DraftFile,
  runsOf: (kind: RowKind) => RunningImage,
  startSeconds: number,
): CohortFile {
  const { names, isEvery } = zonesNamed(book);
  const goneBeforeSeconds = lastSeen === undefined ? undefined : startSeconds - lastSeen.gone / 1e6;
  return {
    file: from?.file ?? "",
    columns: from?.columns && namedColumns(from.columns),
    rowsInFile,
    sha256: book.sha256,
    runs: book.words.kinds.map(runsOf),
    zones: names,
    namesEveryZone: isEvery,
    links: (links ?? []).map(({ name, throughput, latency }) => ({
      name,
      throughputBytesPerSecond: throughput,
      latencyUs: latency,
    })),
    goneBeforeSeconds,
    gone: goneOf(book, goneBeforeSeconds),
    book,
  };
}

function zonesNamed({ words, columns }: FleetBook): { readonly names: readonly string[]; readonly isEvery: boolean } {
  const isUsed = new Uint8Array(words.zones.length + 1);
  for (const code of columns.zones) isUsed[code] = 1;
  return { names: words.zones.filter((_, place) => isUsed[place + 1] === 1), isEvery: isUsed[0] === 0 };
}

function goneOf({ columns }: FleetBook, beforeSeconds: number | undefined): number {
  if (beforeSeconds === undefined) return 0;
  let gone = 0;
  for (const seconds of columns.lastSeenSeconds) if (seconds !== 0 && seconds < beforeSeconds) gone++;
  return gone;
}
