/** The block `model:`: how it is written, and what it means. Its sense is in `model-sense.ts`. */
import * as z from "zod";
import type { BrokerModel, CdnModel, ServerModel, ServerPoolPlan } from "./server-model.ts";
import { BANDWIDTH, DURATION, PER_SECOND } from "./units.ts";
import { block, distribution, oneOf, optional, quantity, required, text, wholeNumber } from "./value-schemas.ts";

/** More servers than nodes serve nobody. */
const SERVERS_MAX = 10_000_000;
const QUEUE_MAX = 1_000_000_000;
const OUTAGES_MAX = 50;

export const MODEL_DEFAULTS = {
  connectBurst: 1,
} as const;

/** Linux's net.core.somaxconn since 5.4: what a listening socket holds. */
const BACKLOG_MAX = 4_096;
/** Nodes give a dial up after 10 s. A line that is longer than that serves whoever has left it, and nobody else. */
const BACKLOG_SECONDS = 5;

/** An outage of less is a hiccup that no dial would notice. */
const LASTS = quantity(DURATION, { isGood: (us) => us >= 1_000_000, expected: 'a duration of at least "1s"' });

function pool(what: string) {
  return block(
    {
      servers: required(wholeNumber(1, SERVERS_MAX), `How many ${what} are served at once.`),
      service: required(distribution(DURATION), "How long one takes, a value or a law with its figures."),
      queue: optional(wholeNumber(0, QUEUE_MAX), `How many ${what} may wait; one more is turned away.`),
    },
    "servers, service and queue",
  );
}

const BROKER = block(
  {
    connects: optional(quantity(PER_SECOND), "Connects that it takes."),
    connectBurst: optional(wholeNumber(1, QUEUE_MAX), "Connects that it takes at once after a quiet moment.", {
      default: MODEL_DEFAULTS.connectBurst,
    }),
    backlog: optional(
      wholeNumber(0, QUEUE_MAX),
      `Connects that may wait; one more is refused. Left out: those of ${BACKLOG_SECONDS} s, at most ${BACKLOG_MAX}. More than those of 10 s wait in vain.`,
    ),
    fanOut: optional(quantity(PER_SECOND), "Offers that it gives out, pushed ones and answers."),
  },
  "connects, connectBurst, backlog and fanOut",
);

const CDN = block(
  {
    egress: optional(quantity(BANDWIDTH), "What all downloads share, max-min fairly, each under its own cap."),
    perConnection: optional(quantity(BANDWIDTH), "What one download gets at most."),
    connections: optional(wholeNumber(1, QUEUE_MAX), "Downloads at once; one more is answered 503."),
    firstByte: optional(distribution(DURATION), "From request to first byte, beside the network's trips."),
    retryAfter: optional(
      quantity(DURATION, {
        isGood: (us) => us >= 1_000_000 && us % 1_000_000 === 0,
        expected: 'a duration of whole seconds, such as "30s"',
      }),
      "What a 503 says in Retry-After. Firmware that does not read it does not wait.",
    ),
  },
  "egress, perConnection, connections, firstByte and retryAfter",
);

const OUTAGES = z
  .array(
    block(
      {
        at: required(quantity(DURATION), "Fleet time from the run's begin."),
        for: required(LASTS, "How long it is away, fleet time."),
        of: optional(oneOf(["all", "broker", "cdn"]), "What is away: everything, the broker or the images.", {
          default: "all",
        }),
      },
      "at, for and of",
    ),
    { error: "must be a list of outages, each { at: 26h, for: 1h }" },
  )
  .max(OUTAGES_MAX, { error: `must be at most ${OUTAGES_MAX} outages` });

const CALIBRATED = block(
  {
    from: required(text("the name of a run", 200), "The run that the values were fitted to."),
    values: required(
      z.record(z.string(), text("how well the value fits", 200), {
        error: "must be a mapping of values such as fetch.service to how well each fits",
      }),
      "By the value's name, such as fetch.service: how well it fits.",
    ),
  },
  "from and values",
);

export const MODEL = block(
  {
    fetch: optional(pool("questions"), "Who answers the nodes' questions. One too many gets no acknowledgement."),
    broker: optional(BROKER, "What the broker takes and gives out."),
    cdn: optional(CDN, "Where images come from."),
    statuses: optional(pool("statuses"), "Who takes statuses in. One too many gets no acknowledgement."),
    outages: optional(OUTAGES, "When the backend is away: links break and dials are refused."),
    calibrated: optional(CALIBRATED, "Which values were fitted to a run; all others count as assumed."),
  },
  "fetch, broker, cdn, statuses, outages and calibrated",
);

/** The block as written, units converted. */
export type GivenModel = z.output<typeof MODEL>;

/** What the block means; undefined where there is none. */
export function modelOf(given: GivenModel | undefined): ServerModel | undefined {
  if (given === undefined) return undefined;
  return {
    fetch: poolOf(given.fetch),
    statuses: poolOf(given.statuses),
    broker: brokerOf(given.broker),
    cdn: cdnOf(given.cdn),
    outages: (given.outages ?? [])
      .map(({ at, for: lasts, of }) => ({ of: of ?? ("all" as const), atUs: at, forUs: lasts }))
      .toSorted((a, b) => a.atUs - b.atUs),
    calibrated: given.calibrated,
  };
}

function poolOf(given: GivenModel["fetch"]): ServerPoolPlan | undefined {
  return given && { servers: given.servers, serviceUs: given.service, queueMax: given.queue };
}

function brokerOf(given: GivenModel["broker"]): BrokerModel | undefined {
  return (
    given && {
      connectsPerSecond: given.connects,
      connectBurst: given.connectBurst ?? MODEL_DEFAULTS.connectBurst,
      backlogMax: given.backlog ?? Math.min(BACKLOG_MAX, Math.ceil((given.connects ?? 0) * BACKLOG_SECONDS)),
      fanOutPerSecond: given.fanOut,
    }
  );
}

function cdnOf(given: GivenModel["cdn"]): CdnModel | undefined {
  return (
    given && {
      egressBytesPerSecond: given.egress,
      perConnectionBytesPerSecond: given.perConnection,
      connectionsMax: given.connections,
      firstByteUs: given.firstByte,
      retryAfterUs: given.retryAfter,
    }
  );
}
