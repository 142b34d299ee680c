/**
 * Conditions of the timeline: on what an operator sees, which only grows. `stopped{job:spring}`,
 * `failed{job:spring} > 2%`, `success{job:spring} >= 500`.
 */
import { isAbove, isAsMuchAs } from "./share-of.ts";
import { SHARE } from "./units.ts";

export type Condition =
  /** The stop rule of the job's rollout fired. */
  | { readonly kind: "stopped"; readonly job: string }
  | {
      readonly kind: "count";
      readonly of: ConditionCount;
      readonly job: string;
      /** The value itself is enough; else it must be passed. */
      readonly isEnough: boolean;
      /** 0 to 1, or a number of nodes. */
      readonly limit: number;
      readonly unit: "share" | "count";
    };

/**
 * `failed`: on record as failed or rejected; its share is of those that have come to an end, as in a stop rule.
 * `success`, `done` (any end) and `released`: their shares are of the job's targets.
 */
export const CONDITION_COUNTS = ["failed", "success", "done", "released"] as const;

export type ConditionCount = (typeof CONDITION_COUNTS)[number];

const STOPPED = /^stopped\s*\{\s*job:([A-Za-z0-9_-]+)\s*\}$/;
const COUNT =
  /^(failed|success|done|released)\s*\{\s*job:([A-Za-z0-9_-]+)\s*\}\s*(>=?)\s*(\d{1,8}|\d{1,3}(?:\.\d{1,6})?%)$/;

export const CONDITION_EXPECTED =
  'must be a condition such as "stopped{job:spring}", "failed{job:spring} > 2%", "success{job:spring} >= 50%", "done{job:spring} >= 100" or "released{job:spring} >= 25%"';

/** Undefined for a text that is none. */
export function parseCondition(text: string): Condition | undefined {
  const [, stopped] = STOPPED.exec(text.trim()) ?? [];
  if (stopped !== undefined) return { kind: "stopped", job: stopped };
  const [, of, job, sign, number = ""] = COUNT.exec(text.trim()) ?? [];
  const count = CONDITION_COUNTS.find((word) => word === of);
  if (count === undefined || job === undefined) return undefined;
  const limit = number.endsWith("%") ? SHARE.parse(number) : Number(number);
  if (limit === undefined) return undefined;
  const unit = number.endsWith("%") ? "share" : "count";
  return { kind: "count", of: count, job, isEnough: sign === ">=", limit, unit };
}

/** The text of a condition. */
export function printCondition(condition: Condition): string {
  if (condition.kind === "stopped") return `stopped{job:${condition.job}}`;
  const { of, job, isEnough, limit, unit } = condition;
  return `${of}{job:${job}} ${isEnough ? ">=" : ">"} ${unit === "share" ? SHARE.print(limit) : limit}`;
}

/** What an operator has on record for a job. */
export interface JobOnRecord {
  readonly targets: number;
  readonly released: number;
  readonly success: number;
  readonly failed: number;
  readonly done: number;
}

/** Whether a count has come so far. */
export function isReached(
  { of, isEnough, limit, unit }: Extract<Condition, { readonly kind: "count" }>,
  onRecord: JobOnRecord,
): boolean {
  const whole = of === "failed" ? onRecord.done : onRecord.targets;
  // Of nothing there is no share, and nothing is no news.
  if (whole === 0) return false;
  const count = onRecord[of];
  if (unit === "count") return isEnough ? count >= limit : count > limit;
  return isEnough ? isAsMuchAs(count, limit, whole) : isAbove(count, limit, whole);
}
