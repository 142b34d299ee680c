/** Sets of nodes as ranges of their numbers: ascending, apart from each other, both ends included. */
import type { NodeRange } from "./scenario.ts";

/** The same nodes in order, each once. */
export function joined(ranges: readonly NodeRange[]): readonly NodeRange[] {
  const apart: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = apart.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else apart.push([first, last]);
  }
  return apart;
}

/** The nodes that are in both; both are joined. */
export function common(some: readonly NodeRange[], others: readonly NodeRange[]): readonly NodeRange[] {
  const both: NodeRange[] = [];
  let at = 0;
  for (const [first, last] of some) {
    // A range that ends before this one begins can touch no later one either.
    while (at < others.length && others[at]![1] < first) at += 1;
    for (let next = at; next < others.length && others[next]![0] <= last; next += 1)
      both.push([Math.max(first, others[next]![0]), Math.min(last, others[next]![1])]);
  }
  return both;
}

/** How many nodes from `first` up to and with `last` are in joined ranges. */
export function countWithin(ranges: readonly NodeRange[], first: number, last: number): number {
  return ranges.reduce((sum, [from, until]) => sum + Math.max(0, Math.min(last, until) - Math.max(first, from) + 1), 0);
}
