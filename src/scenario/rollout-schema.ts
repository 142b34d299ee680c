/** `rollout:` of a job: how it is written, what it means, and how it is shown. */
import * as z from "zod";
import { names } from "./group-schema.ts";
import { LOOK_DEFAULT, type RolloutPlan } from "./rollout.ts";
import { DURATION, SHARE } from "./units.ts";
import { block, optional, quantity, required, wholeNumber } from "./value-schemas.ts";

/** More stages are read by nobody; Chrome's and Memfault's ladders have five to seven. */
const STAGES_MAX = 50;
const TARGETS_MAX = 10_000_000;

const share = quantity(SHARE, { isGood: (value) => value > 0, expected: 'a share above "0%", at most "100%"' });
const least = quantity(DURATION, {
  isGood: (us) => us >= 1_000_000,
  expected: 'a duration of at least "1s", such as "10m"',
});
const RATE_PATTERN = /^([1-9]\d{0,7})\/(s|min|h|d)$/;
const RATE_EXPECTED = 'must be targets in a span, such as "1000/min" or "5000/h": in any such span at most so many';
const SPANS_US: Readonly<Record<string, number>> = { s: 1e6, min: 60e6, h: 3_600e6, d: 86_400e6 };

const RATE = z
  .string({ error: RATE_EXPECTED })
  .regex(RATE_PATTERN, { error: RATE_EXPECTED })
  .transform((text) => {
    const [, targets, span = ""] = RATE_PATTERN.exec(text) ?? [];
    return { targets: Number(targets), perUs: SPANS_US[span] ?? 1e6 };
  });

const STAGE_EXPECTED = "must have share or cohorts, one of them";

const STAGE = block(
  {
    share: optional(share, "Targets are released until this share of all of them has been."),
    cohorts: optional(names("cohort", 200), "Instead of a share: the targets in these cohorts."),
    done: optional(
      share,
      "The bake begins once this share of the stage's targets has come to an end on record. Left out: once its last target is released.",
    ),
    bake: optional(quantity(DURATION), "From there, how long to wait before the next stage.", { default: "0s" }),
    approve: optional(
      block({ after: required(quantity(DURATION), "From the end of the bake.") }, "after"),
      "A person lets the next stage go, so long after the bake.",
    ),
  },
  "share or cohorts, with bake, done and approve",
).transform((given, context) => {
  if ((given.share === undefined) === (given.cohorts === undefined))
    context.addIssue({ code: "custom", message: STAGE_EXPECTED, input: given });
  return given;
});

const STOP_EXPECTED = "must have failed, silent or both";

const STOP = block(
  {
    failed: optional(
      quantity(SHARE, { isGood: (value) => value < 1, expected: 'a share from "0%" to below "100%"' }),
      "Of the nodes that have come to an end on record, more than this share failed or was rejected, rolled back included.",
    ),
    of: optional(wholeNumber(1, TARGETS_MAX), "No rule fires on fewer nodes than so many.", { default: 1 }),
    silent: optional(
      block(
        {
          after: required(least, "From their release."),
          share: required(
            quantity(SHARE, { isGood: (value) => value < 1, expected: 'a share from "0%" to below "100%"' }),
            "More than this share of those that have heard of the job.",
          ),
        },
        "after and share",
      ),
      "Nodes that were offered the job and have come to no end so long after their release.",
    ),
  },
  "failed, of and silent",
).transform((given, context) => {
  if (given.failed === undefined && given.silent === undefined)
    context.addIssue({ code: "custom", message: STOP_EXPECTED, input: given });
  return given;
});

export const ROLLOUT = block(
  {
    stages: required(
      z
        .array(STAGE, { error: "must be a list of stages" })
        .min(1, { error: "must have at least one stage" })
        .max(STAGES_MAX, { error: `must be at most ${STAGES_MAX} stages` }),
      "In order; shares are cumulative, of the job's targets. The last one is { share: 100% }.",
    ),
    inFlight: optional(wholeNumber(1, TARGETS_MAX), "At most so many targets are released and have come to no end."),
    rate: optional(RATE, 'At most so many targets are released in any such span: "1000/min".'),
    look: optional(least, "How often the operator looks at what the backend has on record.", { default: LOOK_DEFAULT }),
    stop: optional(STOP, "Cancels what was released and releases nothing more."),
  },
  "stages, inFlight, rate, look and stop",
);

/** A rollout as written, units converted. */
export type GivenRollout = z.output<typeof ROLLOUT>;

/** What a rollout means, with what was left out; undefined = there is none. */
export function rolloutOf(given: GivenRollout | undefined): RolloutPlan | undefined {
  if (given === undefined) return undefined;
  const { stop } = given;
  return {
    stages: given.stages.map((stage) => ({
      share: stage.share,
      cohorts: stage.cohorts ?? [],
      done: stage.done,
      bakeUs: stage.bake ?? 0,
      approveAfterUs: stage.approve?.after,
    })),
    lookUs: given.look ?? DURATION.parse(LOOK_DEFAULT) ?? 0,
    inFlight: given.inFlight,
    rate: given.rate,
    stop: stop && {
      failedShare: stop.failed,
      of: stop.of ?? 1,
      silent: stop.silent && { afterUs: stop.silent.after, share: stop.silent.share },
    },
  };
}

/** In the words of the file. */
export function printedRollout({ stages, lookUs, inFlight, rate, stop }: RolloutPlan): unknown {
  const span = Object.entries(SPANS_US).find(([, us]) => us === rate?.perUs)?.[0] ?? "s";
  return {
    stages: stages.map(({ share: upTo, cohorts, done, bakeUs, approveAfterUs }) => ({
      share: upTo === undefined ? undefined : SHARE.print(upTo),
      cohorts: upTo === undefined ? cohorts : undefined,
      done: done === undefined ? undefined : SHARE.print(done),
      bake: DURATION.print(bakeUs),
      approve: approveAfterUs === undefined ? undefined : { after: DURATION.print(approveAfterUs) },
    })),
    inFlight,
    rate: rate && `${rate.targets}/${span}`,
    look: DURATION.print(lookUs),
    stop: stop && {
      failed: stop.failedShare === undefined ? undefined : SHARE.print(stop.failedShare),
      of: stop.of,
      silent: stop.silent && { after: DURATION.print(stop.silent.afterUs), share: SHARE.print(stop.silent.share) },
    },
  };
}
