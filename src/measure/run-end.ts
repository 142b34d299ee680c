/**
 * How a run came to its end, and who was missing then. A run that ends as all who were seen so far are settled ends
 * when the last of them happens to be, while others are still away: its time, its shares of all targets and its cost
 * hang on chance there, and whoever reads them has to be told.
 */

/** By which rule a run ends: `settled` = once all reachable targets are, `time` = when its time is up, never before. */
export type EndRule = "settled" | "time";

/** `endedBecause` of a run that ended by the first rule. */
export const ALL_SETTLED = "all reachable targets settled";

/** Targets that were not there when a run ended before its latest end, and would have come. */
export interface DueBack {
  readonly targets: number;
  /** When the first and the last of them come back, fleet microseconds; null = none does. */
  readonly firstAtUs: number | null;
  readonly lastAtUs: number | null;
}

/** How a run came to its end. Instants are fleet microseconds. */
export interface EndResult {
  readonly rule: EndRule;
  /** `stopped`: by a person, or by what befell the run. */
  readonly by: EndRule | "stopped";
  readonly latestAtUs: number;
  /** Targets that were never connected between their job's start and the end. */
  readonly unseen: number;
  /** Of them, who comes back by the latest end; null = nobody knows, as in a live run. */
  readonly dueBack: DueBack | null;
}

/** @param latestAtUs fleet time at which the run would have ended at the latest */
export function endResult(
  { endRule, endedBecause, interruptedBecause, dueBack }: EndFacts,
  { targeted, reachable }: { readonly targeted: number; readonly reachable: number },
  latestAtUs: number,
): EndResult {
  const byItself = endedBecause === ALL_SETTLED ? "settled" : "time";
  const by = interruptedBecause === undefined ? byItself : "stopped";
  return { rule: endRule, by, latestAtUs, unseen: targeted - reachable, dueBack: dueBack ?? null };
}

/** What a run's facts say of its end. */
interface EndFacts {
  readonly endRule: EndRule;
  readonly endedBecause: string;
  readonly interruptedBecause: string | undefined;
  readonly dueBack?: DueBack | undefined;
}

/** Whether a run of the same scenario might as well have ended much later: somebody was away who would have come. */
export function isEndByChance({ by, unseen, dueBack }: EndResult): boolean {
  return by === "settled" && (dueBack === null ? unseen > 0 : dueBack.targets > 0);
}
