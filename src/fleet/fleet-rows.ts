/**
 * What a node of a fleet is by its row, where its cohort comes from a file, and else by its cohort. Whoever asks what a
 * node runs, or where it lives, asks here.
 */
import { assert } from "../base/assert.ts";
import type { Cohort, LinkClass, RunningImage } from "./cohort.ts";
import type { Distribution } from "./distribution.ts";
import { cohortOf, type Fleet } from "./fleet.ts";
import { FleetBook } from "./fleet-book.ts";

/** The book of a cohort; undefined where its nodes are drawn. */
export function bookOf({ name, from }: Cohort): FleetBook | undefined {
  if (from === undefined) return undefined;
  assert(from.book !== undefined, "the rows of a cohort are beside the scenario", name);
  return from.book;
}

/** What a node runs when the run begins. */
export function runsOf(fleet: Fleet, node: number): RunningImage {
  const cohort = cohortOf(fleet, node);
  return runsIn(cohort)[runsPlaceOf(cohort, node)] as RunningImage;
}

/** What the nodes of a cohort run when the run begins, each once. */
export function runsIn({ from, runs }: Cohort): readonly RunningImage[] {
  return from?.runs ?? [runs];
}

/** Place of a node's image in `runsIn` of its cohort. */
export function runsPlaceOf(cohort: Cohort, node: number): number {
  return bookOf(cohort)?.kindOf(node - cohort.firstNode) ?? 0;
}

/** Names of the zones that nodes of a cohort may live in, each once. */
export function zonesIn({ from, zones }: Cohort): readonly string[] {
  const drawn = from?.namesEveryZone === true ? [] : zones.map(({ value }) => value);
  return [...new Set([...drawn, ...(from?.zones ?? [])])];
}

/** The class of a node's link; undefined where its row names none. */
export function linkClassOf(cohort: Cohort, node: number): LinkClass | undefined {
  const book = bookOf(cohort);
  return book === undefined ? undefined : cohort.from?.links[book.linkOf(node - cohort.firstNode)];
}

/** How fast the links of a cohort's nodes may be, by class, those without one behind. */
export function throughputsIn({ from, throughputBytesPerSecond }: Cohort): readonly Distribution[] {
  const classes = from?.links.flatMap((link) => link.throughputBytesPerSecond ?? []) ?? [];
  return [...classes, throughputBytesPerSecond];
}

/** Whether a node was last seen so long ago that it never comes online again. */
export function isGone(cohort: Cohort, node: number): boolean {
  const book = bookOf(cohort);
  const before = cohort.from?.goneBeforeSeconds;
  if (book === undefined || before === undefined) return false;
  const seconds = book.lastSeenSecondsOf(node - cohort.firstNode);
  return seconds !== 0 && seconds < before;
}

/** The id that a fleet file gives a node: somebody else's text; "" where its cohort is drawn. */
export function fileIdOf(fleet: Fleet, node: number): string {
  const cohort = cohortOf(fleet, node);
  return bookOf(cohort)?.idOf(node - cohort.firstNode) ?? "";
}

/** The node that has an id in a fleet file; undefined where none has. */
export function nodeOfFileId(fleet: Fleet, id: string): number | undefined {
  for (const cohort of fleet.cohorts) {
    const row = bookOf(cohort)?.rowOf(id);
    if (row !== undefined) return cohort.firstNode + row;
  }
  return undefined;
}

/** The books of a fleet, by cohort; undefined where nodes are drawn. */
export function booksOf(fleet: Fleet): readonly (FleetBook | undefined)[] {
  return fleet.cohorts.map(bookOf);
}

/** A fleet that came to another thread, where a class is none any more: its books are the same memory. */
export function fleetOfThread(fleet: Fleet): Fleet {
  return withBooks(
    fleet,
    fleet.cohorts.map(({ from }) => from?.book && new FleetBook(from.book.buffer)),
  );
}

/** A fleet that came through JSON, with its books put back; asserts that they are the ones that it was made of. */
export function withBooks(fleet: Fleet, books: readonly (FleetBook | undefined)[]): Fleet {
  const cohorts = fleet.cohorts.map((cohort, index) => {
    const { from } = cohort;
    if (from === undefined) return cohort;
    const book = books[index];
    assert(book?.rows === cohort.nodes, `cohort ${cohort.name} has a row for each node`);
    return { ...cohort, from: { ...from, book } };
  });
  return { ...fleet, cohorts };
}
