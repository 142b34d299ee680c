/** What fleet files say of their nodes, counted: `inspect` shows it, so that a wrong export is seen before it is planned with. */
import { DAY_US, SECOND_US } from "../base/instant.ts";
import type { Cohort, CohortFile } from "../fleet/cohort.ts";
import { bookOf } from "../fleet/fleet-rows.ts";
import type { Scenario } from "./scenario.ts";
import { DURATION } from "./units.ts";

/** A word of a file, and how many nodes have it. */
export interface WordCount {
  /** "" = the row does not say, and it is drawn. */
  readonly word: string;
  readonly nodes: number;
}

export interface FleetMakeUp {
  readonly cohort: string;
  readonly file: string;
  readonly nodes: number;
  readonly rowsInFile: number;
  /** Hex SHA-256 of the rows. */
  readonly sha256: string;
  /** Project and version, and hardware where the file says it; most first, as all lists. */
  readonly runs: readonly WordCount[];
  readonly hardware: readonly WordCount[];
  readonly zones: readonly WordCount[];
  readonly links: readonly WordCount[];
  /** By how long before the run's begin, from the latest on. */
  readonly lastSeen: readonly WordCount[];
  /** Nodes that count as gone, and for how long a node must be unseen; null = none is. */
  readonly gone: number;
  readonly goneAfterUs: number | null;
}

/** Ages in the order of `lastSeen`: up to so many days. */
const AGES_DAYS = [1, 7, 30, 90, 365] as const;

/** Of every cohort that comes from a file. */
export function fleetMakeUp(scenario: Scenario): readonly FleetMakeUp[] {
  const startSeconds = scenario.clock.startUtcMs / 1_000;
  return scenario.fleet.cohorts.flatMap((cohort) =>
    cohort.from === undefined ? [] : [makeUpOf(cohort, cohort.from, startSeconds)],
  );
}

function makeUpOf(cohort: Cohort, from: CohortFile, startSeconds: number): FleetMakeUp {
  const runs = new Map<string, number>();
  const hardware = new Map<string, number>();
  const zones = new Map<string, number>();
  const links = new Map<string, number>();
  const ages = new Map<string, number>(ageWords().map((word) => [word, 0]));
  const book = bookOf(cohort);
  for (let row = 0; book !== undefined && row < cohort.nodes; row += 1) {
    const kind = book.kindOf(row);
    const image = from.runs[kind];
    count(runs, `${image?.project ?? ""} ${image?.version ?? ""}`);
    count(hardware, book.words.kinds[kind]?.hardware ?? "");
    count(zones, book.zoneOf(row) ?? "");
    count(links, book.words.links[book.linkOf(row)] ?? "");
    count(ages, ageWord(book.lastSeenSecondsOf(row), startSeconds));
  }
  return {
    cohort: cohort.name,
    file: from.file,
    nodes: cohort.nodes,
    rowsInFile: from.rowsInFile,
    sha256: from.sha256,
    runs: mostFirst(runs),
    hardware: mostFirst(hardware),
    zones: mostFirst(zones),
    links: mostFirst(links),
    lastSeen: [...ages].map(([word, nodes]) => ({ word, nodes })).filter(({ nodes }) => nodes > 0),
    gone: from.gone,
    goneAfterUs: goneAfterUs(from, startSeconds),
  };
}

/** A sentence for each cohort of which nodes are gone. */
export function goneRemarks({ fleet, clock }: Scenario): readonly string[] {
  return fleet.cohorts.flatMap(({ name, nodes, from }) => {
    const afterUs = from === undefined ? null : goneAfterUs(from, clock.startUtcMs / 1_000);
    if (from === undefined || afterUs === null || from.gone === 0) return [];
    return [
      `${from.gone} of the ${nodes} nodes of cohort ${name} were last seen more than ${DURATION.print(afterUs)} before the begin: they count as gone, and never come online.`,
    ];
  });
}

function goneAfterUs({ goneBeforeSeconds }: CohortFile, startSeconds: number): number | null {
  return goneBeforeSeconds === undefined ? null : Math.round((startSeconds - goneBeforeSeconds) * SECOND_US);
}

const AFTER_BEGIN = "after the begin";
const EARLIER = "earlier";

function ageWords(): string[] {
  return [AFTER_BEGIN, ...AGES_DAYS.map(within), EARLIER, ""];
}

function ageWord(seconds: number, startSeconds: number): string {
  if (seconds === 0) return "";
  const ageDays = ((startSeconds - seconds) * SECOND_US) / DAY_US;
  if (ageDays < 0) return AFTER_BEGIN;
  const days = AGES_DAYS.find((limit) => ageDays <= limit);
  return days === undefined ? EARLIER : within(days);
}

function within(days: number): string {
  return `within ${days} d`;
}

function count(counts: Map<string, number>, word: string): void {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}

function mostFirst(counts: ReadonlyMap<string, number>): WordCount[] {
  const words = [...counts].map(([word, nodes]) => ({ word, nodes }));
  return words.sort((a, b) => b.nodes - a.nodes || (a.word < b.word ? -1 : 1));
}
