/** The whole scenario as users write it: what is read, what is checked first, and what is published as JSON Schema. */
import * as z from "zod";
import { THRESHOLD_NAMES } from "../measure/threshold.ts";
import { BACKEND_FAULTS_BLOCK } from "./backend-faults.ts";
import { COHORT, COHORT_NAME, NODES_MAX } from "./cohort-schema.ts";
import { BACKEND_DEFAULTS, CONNECT_OVER, DEFAULT_NODES } from "./defaults.ts";
import { GROUPS } from "./group-schema.ts";
import { IMAGE } from "./image-schema.ts";
import { JOBS } from "./job-schema.ts";
import { MODEL } from "./model-schema.ts";
import { PRICES } from "./prices.ts";
import { TAGS } from "./tags-schema.ts";
import { TIMELINE } from "./timeline-schema.ts";
import { DURATION, START } from "./units.ts";
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
      quantity(START),
      "The fleet's date and time when the run begins: an instant with Z or an offset, to the second; or now.",
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
    strict: optional(
      oneOf(["rainmaker", "documents"]),
      "Where the real service and its documents differ, whom the embedded backend follows.",
      { default: BACKEND_DEFAULTS.strict },
    ),
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
    groups: optional(GROUPS, "Groups of nodes as an operator makes them, for a job's targets."),
  },
  "begins, connect, cohorts and groups",
);

const END = block(
  {
    when: optional(
      oneOf(["settled", "time"]),
      "`settled`: the run ends once no reachable target's outcome can change any more, though others may still be away. `time`: it ends when its time is up, never before.",
      { default: "settled" },
    ),
    after: required(
      quantity(DURATION, { isGood: (us) => us >= 1_000_000, expected: 'a duration of at least "1s", such as "72h"' }),
      "The run ends at the latest after so much fleet time, at least 1s.",
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
    model: optional(MODEL, "The servers' side in a plan; what is left out has no limit. A run has real servers."),
    jobs: required(JOBS, "What is rolled out, one to twenty jobs; where a node has several, it gets them by priority."),
    timeline: optional(
      TIMELINE,
      "What the operator does at a time, or when the backend's records say so: start, pause, resume, cancel, upload; outages and power cuts.",
    ),
    end: required(END, "When the run ends."),
    thresholds: optional(
      THRESHOLDS,
      `What must hold for the run to pass, in k6's manner: { completion: ["p(95)<30h"] }. A threshold may be on ${THRESHOLD_NAMES.join(", ")}; on a part of it with a tag in braces: cohort:NAME, job:NAME, zone:NAME, population:reachable.`,
    ),
    prices: optional(PRICES, "What a rollout costs. Left out: a plan assumes list prices, a run tells none."),
    selftest: optional(SELFTEST, "Harms the instrument on purpose, so that one sees the verdict do its work."),
  },
  "a scenario",
);

/** A scenario as written, units converted, nothing filled in. */
export type GivenScenario = z.output<typeof SCENARIO>;
