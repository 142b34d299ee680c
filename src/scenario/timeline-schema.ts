/** `timeline:`: how it is written, what it means, and how it is shown. */
import * as z from "zod";
import { COHORT_NAME } from "./cohort-schema.ts";
import { type Condition, CONDITION_EXPECTED, parseCondition, printCondition } from "./condition.ts";
import { names } from "./group-schema.ts";
import type { TimelineAct, TimelineRule } from "./timeline.ts";
import { DURATION } from "./units.ts";
import { block, optional, quantity, required, text } from "./value-schemas.ts";

const RULES_MAX = 100;
const ACTS_MAX = 20;
/** As of `backend.faults`: one that is away for longer than an hour is another scenario. */
const OUTAGE = quantity(DURATION, {
  isGood: (us) => us >= 1_000_000 && us <= 3_600_000_000,
  expected: 'a duration from "1s" to "1h"',
});

const CONDITION = z.string({ error: CONDITION_EXPECTED }).transform((given, context): Condition => {
  const condition = parseCondition(given);
  if (condition !== undefined) return condition;
  context.addIssue({ code: "custom", message: CONDITION_EXPECTED, input: given });
  return z.NEVER;
});

const ACT_EXPECTED = "must be one thing: start, pause, resume, cancel, upload, restart, stop or powerCut";

const ACT = block(
  {
    start: optional(COHORT_NAME, "Starts a job that has `starts: by timeline`."),
    pause: optional(COHORT_NAME, "Nothing more of a job's rollout is released; what is released goes on."),
    resume: optional(COHORT_NAME, "A paused rollout goes on."),
    cancel: optional(COHORT_NAME, "Cancels a job; nodes that have the offer go on."),
    upload: optional(
      COHORT_NAME,
      "A job's image comes to the backend now, not before the run. A start of a job with this image waits for it.",
    ),
    restart: optional(OUTAGE, "The embedded backend is killed, and starts again after so long, wall time."),
    stop: optional(OUTAGE, "The embedded backend stands still for so long, wall time."),
    powerCut: optional(
      block(
        {
          cohorts: optional(names("cohort", 200), "Whose. Left out: everybody's."),
          zones: optional(
            z.array(text("a zone", 60), { error: "must be a list of zones" }).min(1).max(200),
            "Only nodes in these zones. Left out: in any.",
          ),
          for: required(quantity(DURATION), "How long, fleet time."),
        },
        "cohorts, zones and for",
      ),
      "Nodes lose their power.",
    ),
  },
  "start, pause, resume, cancel, upload, restart, stop or powerCut",
).transform((given, context) => {
  if (Object.values(given).filter((value) => value !== undefined).length !== 1)
    context.addIssue({ code: "custom", message: ACT_EXPECTED, input: given });
  return given;
});

const RULE_EXPECTED = "must have at or when, one of them";

const RULE = block(
  {
    at: optional(quantity(DURATION), "Fleet time from the run's begin."),
    when: optional(CONDITION, "Once the operator sees this on record; each entry is done once."),
    after: optional(quantity(DURATION), "With when: so much later.", { default: "0s" }),
    do: required(
      z.union(
        [
          ACT.transform((act) => ({ isList: false, acts: [act] })),
          z
            .array(ACT)
            .min(1, { error: "must have at least one thing to do" })
            .max(ACTS_MAX, { error: `must be at most ${ACTS_MAX} things to do` })
            .transform((acts) => ({ isList: true, acts })),
        ],
        { error: "must be a thing to do, such as { start: hotfix }, or a list of them" },
      ),
      "One thing, or a list of them in order.",
    ),
  },
  "at or when, and do",
).transform((given, context) => {
  if ((given.at === undefined) === (given.when === undefined))
    context.addIssue({ code: "custom", message: RULE_EXPECTED, input: given });
  return given;
});

export const TIMELINE = z
  .array(RULE, { error: "must be a list of entries with at or when, and do" })
  .min(1, { error: "must have at least one entry" })
  .max(RULES_MAX, { error: `must be at most ${RULES_MAX} entries` });

/** An entry as written, units converted. */
export type GivenRule = z.output<typeof RULE>;
/** One thing to do, as written. */
export type GivenAct = z.output<typeof ACT>;

/** What a timeline means; undefined = there is none. */
export function timelineOf(given: readonly GivenRule[] | undefined): readonly TimelineRule[] | undefined {
  return given?.map(({ at, when, after, do: { acts } }) => ({
    atUs: at,
    when,
    afterUs: after ?? 0,
    acts: acts.flatMap(actOf),
  }));
}

/** What is done to a job. */
export const JOB_ACTS = ["start", "pause", "resume", "cancel", "upload"] as const;

function actOf(given: GivenAct): TimelineAct[] {
  for (const kind of JOB_ACTS) {
    const job = given[kind];
    if (job !== undefined) return [{ kind, job }];
  }
  if (given.restart !== undefined) return [{ kind: "restart", forMs: given.restart / 1_000 }];
  if (given.stop !== undefined) return [{ kind: "stop", forMs: given.stop / 1_000 }];
  const cut = given.powerCut;
  if (cut === undefined) return [];
  return [{ kind: "powerCut", cohorts: cut.cohorts ?? [], zones: cut.zones ?? [], forUs: cut.for }];
}

/** When a job that the timeline starts may begin at the earliest; 0 where a condition decides. */
export function earliestStartUs(job: string, timeline: readonly GivenRule[] | undefined): number {
  const starts = (timeline ?? []).filter(({ do: { acts } }) => acts.some(({ start }) => start === job));
  return starts.length === 0 ? 0 : Math.min(...starts.map(({ at }) => at ?? 0));
}

/** In the words of the file. */
export function printedTimeline(timeline: readonly TimelineRule[]): unknown {
  return timeline.map(({ atUs, when, afterUs, acts }) => ({
    at: atUs === undefined ? undefined : DURATION.print(atUs),
    when: when && printCondition(when),
    after: afterUs === 0 ? undefined : DURATION.print(afterUs),
    do: acts.map(printedAct),
  }));
}

function printedAct(act: TimelineAct): unknown {
  if (act.kind === "powerCut") {
    const { cohorts, zones, forUs } = act;
    const some = (list: readonly string[]): readonly string[] | undefined => (list.length === 0 ? undefined : list);
    return { powerCut: { cohorts: some(cohorts), zones: some(zones), for: DURATION.print(forUs) } };
  }
  if ("job" in act) return { [act.kind]: act.job };
  return { [act.kind]: DURATION.print(Math.round(act.forMs * 1_000)) };
}
