/** The block `backend.faults:`: how it is written, what it means, when it makes no sense, and how it is shown. */
import * as z from "zod";
import { assert } from "../base/assert.ts";
import type { BackendFaultPlan } from "../faults/backend/backend-fault.ts";
import { BACKEND_FAULT_NAMES, type BackendFaultName } from "../faults/backend/backend-fault-names.ts";
import { backendFaultOf } from "../faults/backend/backend-faults.ts";
import type { Distribution } from "../fleet/distribution.ts";
import { DURATION, SHARE } from "./units.ts";
import { block, distribution, optional, quantity, required, wholeNumber } from "./value-schemas.ts";

/** What a server says that cannot for now. */
const STATUS_DEFAULT = 503;

const share = quantity(SHARE);
/** A dead or silent backend is noticed within a second or so; one away for longer than an hour is another scenario. */
const outage = quantity(DURATION, {
  isGood: (us) => us >= 1_000_000 && us <= 3_600_000_000,
  expected: 'a duration from "1s" to "1h"',
});
const at = required(quantity(DURATION), "Fleet time from the begin of the run.");

function errors(statusMin: number) {
  const withStatus = block(
    {
      share: required(share, "Share of requests."),
      status: optional(wholeNumber(statusMin, 599), "HTTP status of the answer.", { default: STATUS_DEFAULT }),
    },
    "share and status",
  );
  return z.union([share.transform((given) => ({ share: given, status: undefined })), withStatus], {
    error: 'must be a share such as "5%", or a mapping with share and status',
  });
}

function about(name: BackendFaultName, what: string): string {
  return `${what} ${backendFaultOf(name).about}`;
}

const LATE = "Wall time, a value or a law with its figures.";
const OF_MESSAGES = "Share of the nodes' messages, repetitions included.";
const OF_OFFERS = "Share of offers.";
const OF_IMAGES = "Share of image requests.";

/** The block as written. */
export const BACKEND_FAULTS_BLOCK = block(
  {
    "fetch-latency": optional(distribution(DURATION), about("fetch-latency", LATE)),
    "status-latency": optional(distribution(DURATION), about("status-latency", LATE)),
    "image-latency": optional(distribution(DURATION), about("image-latency", LATE)),
    "lost-messages": optional(share, about("lost-messages", OF_MESSAGES)),
    "lost-acks": optional(share, about("lost-acks", OF_MESSAGES)),
    "doubled-acks": optional(share, about("doubled-acks", OF_MESSAGES)),
    "poll-errors": optional(errors(500), about("poll-errors", OF_MESSAGES)),
    "lost-offers": optional(share, about("lost-offers", OF_OFFERS)),
    "doubled-offers": optional(share, about("doubled-offers", OF_OFFERS)),
    "expired-urls": optional(share, about("expired-urls", OF_OFFERS)),
    "image-errors": optional(errors(400), about("image-errors", OF_IMAGES)),
    "truncated-images": optional(share, about("truncated-images", OF_IMAGES)),
    "wrong-bytes": optional(share, about("wrong-bytes", OF_IMAGES)),
    "stalled-images": optional(
      block({ share: required(share, OF_IMAGES), for: required(outage, "How long, wall time.") }, "share and for"),
      about("stalled-images", OF_IMAGES),
    ),
    restart: optional(
      block({ at, after: required(outage, "How long it is away before it starts again, wall time.") }, "at and after"),
      backendFaultOf("restart").about,
    ),
    stop: optional(
      block({ at, for: required(outage, "How long, wall time.") }, "at and for"),
      backendFaultOf("stop").about,
    ),
  } satisfies Record<BackendFaultName, z.ZodType>,
  "misbehaviours of the embedded backend by name",
);

/** Points that whoever runs the broker meets. */
const OF_BROKER: readonly string[] = ["message", "fetch answer", "status answer"];

type Given = z.output<typeof BACKEND_FAULTS_BLOCK>;
type Plan = BackendFaultPlan<Distribution>;

/** What the block asks for, in the order of the names; shares of 0 ask for nothing. */
export function backendFaultsOf(given: Given | undefined): readonly Plan[] {
  return BACKEND_FAULT_NAMES.flatMap((name): Plan[] => {
    const plan = given === undefined ? undefined : planOf(name, given[name]);
    return plan === undefined || ("share" in plan && plan.share === 0) ? [] : [plan];
  });
}

function planOf(name: BackendFaultName, given: Given[BackendFaultName]): Plan | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "number") return { kind: "share", name, share: given };
  if ("kind" in given) return { kind: "latency", name, latencyUs: given };
  if ("after" in given) return { kind: "outage", name, atUs: given.at, forMs: given.after / 1_000 };
  if ("at" in given) return { kind: "outage", name, atUs: given.at, forMs: given.for / 1_000 };
  if ("for" in given) return { kind: "stall", name, share: given.share, forMs: given.for / 1_000 };
  return { kind: "error", name, share: given.share, status: given.status ?? STATUS_DEFAULT };
}

/** Why a block makes no sense: for each reason the key that is at fault ([] = the block), and what would be right. */
export function backendFaultMistakes(
  given: Given | undefined,
  world: {
    readonly link: "mqtt" | "none";
    readonly adapter: string;
    readonly isEmbedded: boolean;
    /** False: nodes dial a foreign broker, which acknowledges their messages. */
    readonly hasOwnBroker: boolean;
    readonly endUs: number;
  },
): readonly { readonly path: readonly string[]; readonly expected: string }[] {
  if (given === undefined) return [];
  if (!world.isEmbedded) return [{ path: [], expected: "harms the embedded backend only: leave backend.url out" }];
  const mistakes: { path: readonly string[]; expected: string }[] = [];
  const sums = new Map<string, number>();
  for (const plan of backendFaultsOf(given)) {
    const { link, touch } = backendFaultOf(plan.name);
    if (link !== undefined && link !== world.link) {
      const why = link === "mqtt" ? "has no MQTT links" : "has links, on which nothing is polled";
      mistakes.push({ path: [plan.name], expected: `the adapter ${world.adapter} ${why}: leave it out` });
    }
    if (!world.hasOwnBroker && OF_BROKER.includes(touch.point))
      mistakes.push({
        path: [plan.name],
        expected: "leave it out: the broker at backend.broker acknowledges messages",
      });
    if (plan.kind === "outage" && plan.atUs >= world.endUs) {
      const expected = `must be earlier than the end of the run, ${DURATION.print(world.endUs)}`;
      mistakes.push({ path: [plan.name, "at"], expected });
    }
    if (!("share" in plan)) continue;
    const sum = (sums.get(touch.point) ?? 0) + plan.share;
    sums.set(touch.point, sum);
    if (sum > 1 + 1e-9 && sum - plan.share <= 1 + 1e-9) {
      const what = { message: "messages", offer: "offers", image: "image requests" }[touch.point as "message"];
      mistakes.push({
        path: [plan.name],
        expected: `shares of ${what} must sum to at most 100%: none has two misbehaviours`,
      });
    }
  }
  return mistakes;
}

/** The block in the words of a scenario; undefined where nothing is asked for. */
export function printedBackendFaults(
  plans: readonly Plan[],
  printDistribution: (distribution: Distribution) => unknown,
): unknown {
  if (plans.length === 0) return undefined;
  return Object.fromEntries(plans.map((plan) => [plan.name, printed(plan, printDistribution)]));
}

function printed(plan: Plan, printDistribution: (distribution: Distribution) => unknown): unknown {
  const time = (ms: number): string => DURATION.print(Math.round(ms * 1_000));
  switch (plan.kind) {
    case "share":
      return SHARE.print(plan.share);
    case "error":
      return { share: SHARE.print(plan.share), status: plan.status };
    case "stall":
      return { share: SHARE.print(plan.share), for: time(plan.forMs) };
    case "latency":
      return printDistribution(plan.latencyUs);
    case "outage": {
      assert(plan.name === "restart" || plan.name === "stop", "only a process has outages");
      const [begins, lasts] = [DURATION.print(plan.atUs), time(plan.forMs)];
      return plan.name === "restart" ? { at: begins, after: lasts } : { at: begins, for: lasts };
    }
  }
}
