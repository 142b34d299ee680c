/**
 * How the plans of a sweep or a search ended: where `end: settled` leaves somebody behind who would have come back, when
 * a plan ends hangs on the seed, and shares, failures and costs with it.
 */
import { howMany } from "../base/how-many.ts";
import type { PlannedRun, PlanEnd } from "./planned-run.ts";
import type { EndResult } from "./run-end.ts";

/** Plans of the same values that ended further apart than this, the later over the earlier, are not alike. */
const ENDS_APART_MIN = 1.5;

/**
 * What is kept of a plan's end.
 *
 * @param hanging what hangs on it; see `hangingOnEnd`
 */
export function planEndOf(end: EndResult, endedAtUs: number, hanging: readonly string[]): PlanEnd {
  return {
    atUs: endedAtUs,
    by: end.by,
    unseen: end.unseen,
    dueBack: hanging.length > 0 ? (end.dueBack?.targets ?? 0) : 0,
  };
}

/**
 * What to know of the ends of all plans, as sentences; none where nobody was left behind.
 *
 * @param cells the plans of each combination or value, one a seed
 */
export function planEndRemarks(cells: readonly (readonly PlannedRun[])[]): readonly string[] {
  const ends = cells.map((runs) => runs.flatMap(({ end }) => (end === undefined ? [] : [end])));
  const all = ends.flat();
  const byChance = all.filter(({ dueBack }) => dueBack > 0);
  if (byChance.length === 0) return [];
  const apart = ends.filter((cell) => cell.some(({ dueBack }) => dueBack > 0) && isApart(cell)).length;
  const times = rangeOf(byChance.map(({ atUs }) => atUs)).map((us) => `${us} us`);
  const [least, most] = rangeOf(byChance.map(({ dueBack }) => dueBack));
  const away =
    most === 1 ? "1 target was away that comes" : `${span([String(least), String(most)])} targets were away that come`;
  const spread =
    apart === 0
      ? ""
      : ` Under the same values, seeds ended for different reasons or more than ${ENDS_APART_MIN} times apart in ${apart} of ${howMany(ends.length, "case")}.`;
  return [
    `${byChance.length} of ${howMany(all.length, "plan")} ended as all who had been seen were settled, after ${span(times)}, while ${away} back by the latest end.${spread} Shares of all targets, failures and costs follow it: --set end.when=time lets every plan go on to the latest end.`,
  ];
}

/**
 * What to know of costs that are set side by side: each counts until its plan's own end. None where the plans ended
 * about alike, or where no cost is told.
 */
export function costRemarks(
  figures: readonly { readonly name: string }[],
  cells: readonly (readonly PlannedRun[])[],
): readonly string[] {
  const ends = cells.flatMap((runs) => runs.flatMap(({ end }) => (end === undefined ? [] : [end])));
  if (ends.length === 0 || !figures.some(({ name }) => name === "cost")) return [];
  const [least, most] = rangeOf(ends.map(({ atUs }) => atUs));
  if (most <= least * ENDS_APART_MIN || ends.every(({ by }) => by === "time")) return [];
  return [
    `A cost counts connections and messages until its own plan ended, which was after ${least} us to ${most} us: it grows with the wait for the last nodes, whatever the values. --set end.when=time makes costs comparable.`,
  ];
}

function isApart(cell: readonly PlanEnd[]): boolean {
  const [least, most] = rangeOf(cell.map(({ atUs }) => atUs));
  return new Set(cell.map(({ by }) => by)).size > 1 || most > least * ENDS_APART_MIN;
}

function rangeOf(values: readonly number[]): readonly [least: number, most: number] {
  return [Math.min(...values), Math.max(...values)];
}

function span([least = "", most = ""]: readonly string[]): string {
  return least === most ? least : `${least} to ${most}`;
}
