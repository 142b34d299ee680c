/** The whole scenario as users write it: what is read, what is checked first, and what is published as JSON Schema. */
import * as z from "zod";
import { CHIP_NAMES, type ChipName } from "../image/chips.ts";
import { BACKEND_FAULTS_BLOCK } from "./backend-faults.ts";
import { COHORT, COHORT_NAME, NODES_MAX } from "./cohort-schema.ts";
import { BACKEND_DEFAULTS, CONNECT_OVER, DEFAULT_NODES, IMAGE_DEFAULTS } from "./defaults.ts";
import { TAGS } from "./tags-schema.ts";
import { DURATION, INSTANT, SIZE, WINDOW } from "./units.ts";
import {
  block,
  numberAbove,
  oneOf,
  optional,
  quantity,
  required,
  text,
  wholeNumber,
  yesOrNo,
} from "./value-schemas.ts";

const CLOCK = block(
  {
    start: required(
      quantity(INSTANT),
      "The fleet's date and time when the run begins: an instant with Z or an offset.",
    ),
    speed: optional(
      numberAbove(0, 100_000, "fleet seconds in a wall second"),
      "Fleet seconds in a wall second: 600 makes ten minutes pass in a second.",
      { default: 1 },
    ),
  },
  "start and speed",
);

const URL_EXPECTED =
  "must be an URL such as mqtts://broker.example:8883 or https://api.example, without user and password in it";

const BACKEND_URL = z.string({ error: URL_EXPECTED }).transform((given, context) => {
  if (!isBackendUrl(given)) context.addIssue({ code: "custom", message: URL_EXPECTED });
  return given;
});

const BROKER_URL_EXPECTED =
  "must be an URL such as mqtt://127.0.0.1:1883 or mqtts://127.0.0.1:8883, without user and password in it";

const BROKER_URL = z.string({ error: BROKER_URL_EXPECTED }).transform((given, context) => {
  if (!isBackendUrl(given) || !given.startsWith("mqtt"))
    context.addIssue({ code: "custom", message: BROKER_URL_EXPECTED });
  return given;
});

function isBackendUrl(given: string): boolean {
  if (given.length > 2_000 || !URL.canParse(given)) return false;
  const url = new URL(given);
  const isKnown = ["mqtt:", "mqtts:", "http:", "https:"].includes(url.protocol);
  return isKnown && url.hostname !== "" && url.username === "" && url.password === "";
}

const BACKEND = block(
  {
    adapter: optional(oneOf(["rainmaker", "http-poll"]), "The kind of backend.", { default: BACKEND_DEFAULTS.adapter }),
    url: optional(
      z.union(
        [
          BACKEND_URL.transform((url) => [url]),
          z.array(BACKEND_URL).min(1, { error: URL_EXPECTED }).max(8, { error: "must be at most 8" }),
        ],
        {
          error: `${URL_EXPECTED}; or a list of them`,
        },
      ),
      "Where a backend of your own is. Left out: the embedded one, started for the run.",
    ),
    broker: optional(
      block(
        {
          url: required(BROKER_URL, "Where it is."),
          ca: optional(
            text("the path of a PEM file", 1_000),
            "Authorities of its certificate, as PEM; relative to the scenario. Left out: everybody's.",
          ),
          username: optional(
            text("a user name", 200),
            "As whom the backend goes there; its password is in OTAFLEET_BROKER_PASSWORD. Nodes show ids and secrets of their own.",
          ),
        },
        "url, ca and username",
      ),
      "A foreign broker such as Mosquitto, which nodes dial and the embedded backend is a client of. Left out: its own.",
    ),
    basicIngest: optional(
      yesOrNo(),
      "RainMaker: publish on the basic-ingest topics, as firmware is built by default.",
      {
        default: BACKEND_DEFAULTS.basicIngest,
      },
    ),
    tls: optional(yesOrNo(), "MQTT over TLS to the embedded backend.", { default: BACKEND_DEFAULTS.tls }),
    urlLife: optional(quantity(DURATION), "How long a signed image URL of the embedded backend is good, fleet time.", {
      default: BACKEND_DEFAULTS.urlLife,
    }),
    allowSpeed: optional(
      yesOrNo(),
      "A backend at an url lives in real time. true: run against it with a clock.speed other than 1 all the same.",
      { default: false },
    ),
    faults: optional(
      BACKEND_FAULTS_BLOCK,
      "Misbehaviour of the embedded backend. One that never takes place makes the run invalid.",
    ),
  },
  "the backend under test",
);

const IMAGE = block(
  {
    make: optional(
      block(
        {
          chip: optional(oneOf(CHIP_NAMES as readonly [ChipName, ...ChipName[]]), "The chip it is for.", {
            default: IMAGE_DEFAULTS.chip,
          }),
          project: optional(text("a project name", 31), "Project name in its app description.", {
            default: IMAGE_DEFAULTS.project,
          }),
          version: optional(text("a version", 31), "Version in its app description.", {
            default: IMAGE_DEFAULTS.version,
          }),
          size: optional(
            quantity(SIZE, {
              isGood: (bytes) => bytes >= 4_096 && bytes <= 16 * 2 ** 20,
              expected: 'a size from "4KiB" to "16MiB"',
            }),
            "Size of the file.",
            { default: IMAGE_DEFAULTS.size },
          ),
          secureVersion: optional(wholeNumber(0, 32), "Secure version in its app description, for anti-rollback.", {
            default: IMAGE_DEFAULTS.secureVersion,
          }),
        },
        "chip, project, version, size, secureVersion",
      ),
      "Make a valid image with this description.",
    ),
    file: optional(
      text("the path of an image file", 1_000),
      "Path of an ESP application image, relative to the scenario.",
    ),
  },
  "make or file",
).transform((given, context) => {
  if (given.make !== undefined && given.file !== undefined)
    context.addIssue({ code: "custom", message: "must have either make or file, not both" });
  return given;
});

const FLEET = block(
  {
    begins: optional(
      oneOf(["running", "booting"]),
      "running: nodes booted long ago, and connect again. booting: all boot along the ramp.",
      {
        default: "running",
      },
    ),
    connect: optional(
      block(
        { over: optional(quantity(DURATION), "Length of the ramp, wall time.", { default: CONNECT_OVER }) },
        "over",
      ),
      "The ramp along which the nodes connect, evenly.",
    ),
    cohorts: optional(
      z
        .array(COHORT, { error: "must be a list of cohorts" })
        .min(1, { error: "must have at least one cohort" })
        .max(200, { error: "must be at most 200 cohorts" }),
      "Groups of nodes that share traits. Left out: one cohort, all of it by default.",
    ),
  },
  "begins, connect and cohorts",
);

const NODE_RANGE_EXPECTED = 'must be a node\'s number from 0, or a range such as "10-19"';

const NODE_RANGE = z.union(
  [
    wholeNumber(0, NODES_MAX - 1).transform((node): [number, number] => [node, node]),
    z
      .string()
      .regex(/^\d{1,8}-\d{1,8}$/, { error: NODE_RANGE_EXPECTED })
      .transform((range, context): [number, number] => {
        const [first = 0, last = 0] = range.split("-").map(Number);
        if (first > last) context.addIssue({ code: "custom", message: NODE_RANGE_EXPECTED });
        return [first, last];
      }),
  ],
  { error: NODE_RANGE_EXPECTED },
);

const TARGETS_EXPECTED = "must be all, or one of where, nodes, cohorts";

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
        nodes: optional(
          z
            .array(NODE_RANGE, { error: "must be a list of node numbers and ranges" })
            .min(1, { error: "must name at least one node" })
            .max(10_000, { error: "must be at most 10000 entries" }),
          'Nodes by number: [0, 5, "10-19"].',
        ),
        cohorts: optional(
          z
            .array(COHORT_NAME, { error: "must be a list of cohorts" })
            .min(1, { error: "must name at least one cohort" }),
          "All nodes of these cohorts.",
        ),
      },
      "one of where, nodes, cohorts",
    ).transform((given, context) => {
      if (Object.values(given).filter((value) => value !== undefined).length !== 1)
        context.addIssue({ code: "custom", message: TARGETS_EXPECTED });
      return given;
    }),
  ],
  { error: TARGETS_EXPECTED },
);

const JOB = block(
  {
    name: required(COHORT_NAME, "Its name: letters, digits, - and _."),
    targets: optional(TARGETS, "Which nodes it is for.", { default: "all" }),
    trigger: optional(
      oneOf(["default", "force-push"]),
      "default: served when a node asks. force-push: sent to the nodes at once.",
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
      z.record(z.string(), z.json(), { error: "must be a mapping" }),
      "Sent to the nodes as it is, as JSON.",
    ),
    priority: optional(wholeNumber(0, 100), "Of two jobs for a node, the one with the larger number comes first."),
  },
  "a job",
);

const END = block(
  {
    when: optional(oneOf(["settled"]), "The run ends once no reachable target's outcome can change any more.", {
      default: "settled",
    }),
    after: required(
      quantity(DURATION, { isGood: (us) => us >= 1_000_000, expected: 'a duration of at least "1s", such as "72h"' }),
      "The run ends at the latest after so much fleet time.",
    ),
  },
  "when and after",
);

const EXPRESSIONS = z
  .array(text("an expression such as p(95)<30m", 200), {
    error: 'must be a list of expressions, such as ["p(95)<30m"]',
  })
  .min(1, { error: 'must have at least one expression, such as ["p(95)<30m"]' })
  .max(20, { error: "must be at most 20 expressions" });

const THRESHOLDS = z.record(z.string(), EXPRESSIONS, {
  error: "must be a mapping of metrics to lists of expressions",
});

const SELFTEST = block(
  {
    "worker-dies": optional(quantity(DURATION), "A worker thread ends so long after the ramp, wall time."),
    "loop-blocked": optional(
      block(
        {
          at: required(quantity(DURATION), "Wall time from the end of the ramp."),
          for: required(quantity(DURATION), "How long, wall time."),
        },
        "at and for",
      ),
      "A worker's event loop stands still.",
    ),
    "backend-believes-first-status": optional(yesOrNo(), "The embedded backend takes any first status for a success."),
  },
  "worker-dies, loop-blocked, backend-believes-first-status",
);

export const SCENARIO = block(
  {
    name: required(COHORT_NAME, "Its name: letters, digits, - and _."),
    about: optional(text("what it is about", 2_000), "The question that this scenario answers, in a sentence or two."),
    tags: optional(TAGS, "Names and values to find and compare a run by; they reach every output and change nothing."),
    seed: optional(wholeNumber(0, 999_999_999_999_999), "Same scenario, same seed: same fleet.", { default: 1 }),
    clock: required(CLOCK, "The fleet's time."),
    backend: optional(BACKEND, "The backend under test. Left out: the embedded one."),
    image: optional(IMAGE, "The firmware that is rolled out: make or file. Left out: one is made."),
    nodes: optional(
      wholeNumber(1, NODES_MAX),
      "Nodes in all; cohorts with a count keep theirs, the shares divide the rest.",
      {
        default: DEFAULT_NODES,
      },
    ),
    fleet: optional(FLEET, "Who the nodes are."),
    jobs: required(
      z
        .array(JOB, { error: "must be a list with one job" })
        .min(1, { error: "must have one job" })
        .max(1, { error: "must have exactly one job: several in one run come later" }),
      "What is rolled out: exactly one job for now.",
    ),
    end: required(END, "When the run ends."),
    thresholds: optional(
      THRESHOLDS,
      'What must hold for the run to pass, in k6\'s manner: { completion: ["p(95)<30h"] }.',
    ),
    selftest: optional(SELFTEST, "Harms the instrument on purpose, so that one sees the verdict do its work."),
  },
  "a scenario",
);

/** A scenario as written, units converted, nothing filled in. */
export type GivenScenario = z.output<typeof SCENARIO>;
