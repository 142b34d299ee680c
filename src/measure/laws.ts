/**
 * The conservation laws of a run, C1 to C13, checked at the end of every one. The worst bugs of measuring tools are
 * bookkeeping bugs: samples lost, counted twice, averaged. Each breaks a law.
 */
import type { Law, LawInput } from "./law.ts";
import { POPULATION_LAWS } from "./population-laws.ts";
import type { LawResult } from "./run-result.ts";
import { TIME_LAWS } from "./time-laws.ts";
import { TRAFFIC_LAWS } from "./traffic-laws.ts";

/** All laws, by number. */
const LAWS: readonly Law[] = [...POPULATION_LAWS, ...TRAFFIC_LAWS, ...TIME_LAWS].sort(
  (a, b) => lawNumber(a) - lawNumber(b),
);

/** Checks every law. */
export function checkLaws(input: LawInput): readonly LawResult[] {
  const concerned = LAWS.filter((law) => law.concerns?.(input.state) ?? true);
  return concerned.map((law) => ({ id: law.id, sentence: law.sentence, ...law.check(input) }));
}

function lawNumber({ id }: Law): number {
  return Number.parseInt(id.slice(1), 10);
}
