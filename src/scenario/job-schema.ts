/** Jobs as users write them: whom for, when, how they are let go. */
import * as z from "zod";
import { COHORT_NAME } from "./cohort-schema.ts";
import { APPROVAL_DEFAULTS } from "./defaults.ts";
import { names, NODE_RANGES } from "./group-schema.ts";
import { IMAGE } from "./image-schema.ts";
import { ROLLOUT } from "./rollout-schema.ts";
import { DURATION, INSTANT, SHARE, WINDOW } from "./units.ts";
import {
  block,
  distribution,
  oneOf,
  ONE_OF,
  optional,
  quantity,
  required,
  text,
  wholeNumber,
} from "./value-schemas.ts";

/** More would not be read as one question any more, and each costs a row a node. */
// The library's own schema of JSON has no word for what is none, such as a number beyond all numbers.
const JSON_VALUE: z.ZodType<z.core.util.JSONType, z.core.util.JSONType> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(JSON_VALUE), z.record(z.string(), JSON_VALUE)], {
    error: "must be what JSON can hold: text, a finite number, true, false, null, a list, a mapping",
  }),
);

const JOBS_MAX = 20;
/** RainMaker takes at most so many groups a job (code 105028), and so long a timeout (105055). */
const GROUPS_OF_JOB_MAX = 10;
const TIMEOUT_MAX_US = 30 * 86_400_000_000;

const TARGETS_EXPECTED = "must be all, or one of where, nodes, cohorts, groups, dynamic";

const DYNAMIC = block(
  {
    type: optional(text("a node type", 31), "Nodes whose configuration names this type (runs.type)."),
    model: optional(text("a model", 31), "Nodes whose configuration names this model (runs.model)."),
    version: optional(text("a version", 31), "Nodes that run this version, whenever they come to."),
  },
  "type, model and version",
);

const TARGETS = z.union(
  [
    oneOf(["all"]),
    block(
      {
        where: optional(
          block(
            {
              project: optional(text("a project name", 31), "Nodes that run this project."),
              version: optional(text("a version", 31), "Nodes that run this version."),
            },
            "project and version",
          ),
          "Nodes by what they run at the start.",
        ),
        nodes: optional(NODE_RANGES, 'Nodes by number: [0, 5, "10-19"].'),
        cohorts: optional(names("cohort", 200), "All nodes of these cohorts."),
        groups: optional(names("group", GROUPS_OF_JOB_MAX), "All nodes of these groups and their sub-groups."),
        dynamic: optional(
          DYNAMIC,
          "Nodes by what they say of themselves, for as long as the job lives: whoever comes to match is taken in.",
        ),
      },
      "one of where, nodes, cohorts, groups, dynamic",
    ).transform((given, context) => {
      if (Object.values(given).filter((value) => value !== undefined).length !== 1)
        context.addIssue({ code: "custom", message: TARGETS_EXPECTED });
      return given;
    }),
  ],
  { error: TARGETS_EXPECTED },
);

const TRIGGERS = ["default", "force-push", "user-approved"] as const;

export const TRIGGER = z.union(
  [
    oneOf(TRIGGERS),
    block(
      {
        "user-approved": required(
          block(
            {
              share: optional(quantity(SHARE), "Share of users who ever approve.", {
                default: APPROVAL_DEFAULTS.share,
                isModel: true,
              }),
              delay: optional(distribution(DURATION), "From the question, at the job's start, to the approval.", {
                default: APPROVAL_DEFAULTS.delay,
                isModel: true,
              }),
              forgetful: optional(
                quantity(SHARE),
                "Of those who ever approve, the share who forget it the first time, and need a reminder.",
                { default: APPROVAL_DEFAULTS.forgetful },
              ),
              reminder: optional(
                distribution(DURATION),
                "For forgetful users: from when they would have approved to when they do.",
                { default: APPROVAL_DEFAULTS.reminder, isModel: true },
              ),
            },
            "share, delay, forgetful and reminder",
          ),
          "How the users approve; fleet time.",
        ),
      },
      "user-approved, with share, delay, forgetful and reminder",
    ),
  ],
  { error: `${ONE_OF}${TRIGGERS.join(" ")}` },
);

const STARTS_EXPECTED = `must be ${DURATION.expected}; or: by timeline`;

const JOB = block(
  {
    name: required(COHORT_NAME, "Its name, unique among the jobs: letters, digits, - and _."),
    image: optional(
      IMAGE,
      "An image of its own, make or file; what make leaves out is as the scenario's image has it. Left out: the scenario's image.",
    ),
    targets: optional(TARGETS, "Which nodes it is for.", { default: "all" }),
    trigger: optional(
      TRIGGER,
      "default: served when a node asks. force-push: sent to the nodes at once. user-approved: served once the node's user has approved.",
      {
        default: "default",
      },
    ),
    window: optional(
      quantity(WINDOW),
      "Hours of the node's local day in which it may start; 22:00-04:30 goes across midnight.",
    ),
    validity: optional(
      block(
        {
          from: optional(quantity(INSTANT), "Not before this instant."),
          until: optional(quantity(INSTANT), "Not after this instant."),
        },
        "from and until",
      ),
      "Dates between which the job may be done.",
    ),
    metadata: optional(
      z.record(z.string(), JSON_VALUE, { error: "must be a mapping" }),
      "Sent to the nodes as it is, as JSON.",
    ),
    priority: optional(
      wholeNumber(1, 10),
      "Of several jobs for a node, the one with the smallest number comes first.",
      {
        default: 5,
      },
    ),
    timeout: optional(
      quantity(DURATION, {
        isGood: (us) => us >= 1_000_000 && us <= TIMEOUT_MAX_US && us % 1_000_000 === 0,
        expected: 'a duration of whole seconds from "1s" to "30d"',
      }),
      "After so long, whole seconds from 1s to 30d, the backend offers it to nobody any more. Left out: never.",
    ),
    starts: optional(
      z.union([z.literal("by timeline"), quantity(DURATION)], { error: STARTS_EXPECTED }),
      "Fleet time from the run's begin to the job's; or `by timeline`, which starts it.",
      { default: "0s" },
    ),
    cancel: optional(
      quantity(DURATION, { isGood: (us) => us > 0, expected: 'a duration above zero, such as "2h"' }),
      "Fleet time from the job's start to its cancel, above zero. Nodes that have the offer go on. Left out: it is not cancelled.",
    ),
    rollout: optional(
      ROLLOUT,
      "In stages: which targets are released when, and when to stop. Left out: all at the job's start.",
    ),
  },
  "a job",
);

export const JOBS = z
  .array(JOB, { error: "must be a list of jobs" })
  .min(1, { error: "must have at least one job" })
  .max(JOBS_MAX, { error: `must be at most ${JOBS_MAX} jobs` });
