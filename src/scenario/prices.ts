/** `prices:` of a scenario: what is read, what holds where it is left out, and how it is printed. */
import * as z from "zod";
import { GIB, LIST_PRICES, type PricedName, type Prices, type PriceStep, TIB } from "../measure/prices.ts";
import type { Unit } from "./units.ts";
import { block, optional, quantity, required, wholeNumber } from "./value-schemas.ts";

const VOLUME_UNITS = [
  ["GiB", GIB],
  ["TiB", TIB],
  ["PiB", 1024 * TIB],
] as const;

/** Whole bytes, of what a whole fleet draws. Clouds say TB and mean TiB. */
const VOLUME: Unit = {
  parse: (text) => {
    const match = /^(\d+(?:\.\d+)?)(GiB|TiB|PiB)$/.exec(text.slice(0, 60));
    const size = VOLUME_UNITS.find(([name]) => name === match?.[2])?.[1];
    if (match === null || size === undefined) return undefined;
    const bytes = Math.round(Number(match[1]) * size);
    return bytes > 0 && bytes <= 1e6 * TIB ? bytes : undefined;
  },
  print: (bytes) => {
    const [name, size] = VOLUME_UNITS.findLast(([, size]) => bytes >= size && bytes % size === 0) ?? ["GiB", GIB];
    return `${bytes / size}${name}`;
  },
  pattern: /^\d+(\.\d+)?(GiB|TiB|PiB)$/,
  expected: 'a volume such as "10TiB" (units GiB, TiB, PiB)',
  examples: ["10TiB"],
};

const PRICE_EXPECTED = "must be a price: a number from 0 to 1000000";
const PRICE = z.number({ error: PRICE_EXPECTED }).min(0, { error: PRICE_EXPECTED }).max(1e6, { error: PRICE_EXPECTED });

const STEPS_MAX = 20;

/** A single price, or steps of a graduated one: `[{ upTo: 10TiB, price: 0.085 }, { price: 0.08 }]`. */
function prices(upTo: z.ZodType<number>, example: string) {
  const expected = `must be a price, or steps such as [{ upTo: ${example}, price: 0.5 }, { price: 0.4 }]`;
  const step = block(
    {
      upTo: optional(upTo, "Where the step ends, counted from 0. Left out: nowhere; only of the last step."),
      price: required(PRICE, "What a unit costs in this step."),
    },
    "upTo and price",
  );
  const steps = z
    .array(step, { error: expected })
    .min(1, { error: expected })
    .max(STEPS_MAX, { error: `must be at most ${STEPS_MAX} steps` })
    .transform((given, context): readonly PriceStep[] => {
      const ends = given.map((one) => one.upTo ?? null);
      const isRising = ends.every((end, at) => at === 0 || (end ?? Infinity) > (ends[at - 1] ?? Infinity));
      const isOpen = ends.indexOf(null) === ends.length - 1;
      if (!isRising || !isOpen)
        context.addIssue({ code: "custom", message: "must have steps that rise, the last one without upTo" });
      return given.map(({ price }, at) => ({ upTo: ends[at] ?? null, price }));
    });
  const flat = PRICE.transform((price): readonly PriceStep[] => [{ upTo: null, price }]);
  return z.union([flat, steps], { error: expected });
}

const CURRENCY = /^[A-Z]{3}$/;
const CURRENCY_EXPECTED = "must be a currency's three letters, such as USD";

const WHOLE_COUNT = wholeNumber(1, 1e15);

export const PRICES = block(
  {
    currency: optional(
      z.string({ error: CURRENCY_EXPECTED }).regex(CURRENCY, { error: CURRENCY_EXPECTED }),
      "ISO 4217. A rollout is priced in one currency; list prices are in USD, so another one needs all four prices.",
      { default: LIST_PRICES.currency },
    ),
    egress: optional(
      prices(quantity(VOLUME) as z.ZodType<number>, "10TiB"),
      "Of a GiB that leaves the image server or CDN: one price, or steps by volume.",
      { default: printedSteps(LIST_PRICES.egress, VOLUME.print) },
    ),
    messages: optional(
      prices(WHOLE_COUNT, "1000000000"),
      "Of a million MQTT messages: each CONNECT, SUBSCRIBE and PUBLISH is one.",
      { default: printedSteps(LIST_PRICES.messages, Number) },
    ),
    connections: optional(prices(WHOLE_COUNT, "1000000000"), "Of a million minutes of being connected.", {
      default: printedSteps(LIST_PRICES.connections, Number),
    }),
    jobs: optional(prices(WHOLE_COUNT, "250000"), "Of a job for one node.", {
      default: printedSteps(LIST_PRICES.jobs, Number),
    }),
  },
  "currency, egress, messages, connections and jobs",
).superRefine(({ currency = LIST_PRICES.currency, ...given }, context) => {
  if (currency === LIST_PRICES.currency || !CURRENCY.test(currency)) return;
  const unpriced = PRICED.filter((name) => given[name] === undefined);
  if (unpriced.length === 0) return;
  const message = `must come with a price of ${inWords(PRICED)}, 0 where there is none: what is left out (${unpriced.join(", ")}) has its list price, and list prices are in ${LIST_PRICES.currency}`;
  context.addIssue({ code: "custom", path: ["currency"], message, input: currency });
});

const PRICED = ["egress", "messages", "connections", "jobs"] as const satisfies readonly PricedName[];

function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** What is left out has its list price. */
export function pricesOf(given: z.output<typeof PRICES> | undefined): Prices | undefined {
  if (given === undefined) return undefined;
  return {
    currency: given.currency ?? LIST_PRICES.currency,
    egress: given.egress ?? LIST_PRICES.egress,
    messages: given.messages ?? LIST_PRICES.messages,
    connections: given.connections ?? LIST_PRICES.connections,
    jobs: given.jobs ?? LIST_PRICES.jobs,
  };
}

/** Prices in the words of a scenario. */
export function printedPrices({ currency, egress, messages, connections, jobs }: Prices): unknown {
  return {
    currency,
    egress: printedSteps(egress, VOLUME.print),
    messages: printedSteps(messages, Number),
    connections: printedSteps(connections, Number),
    jobs: printedSteps(jobs, Number),
  };
}

function printedSteps(steps: readonly PriceStep[], print: (upTo: number) => unknown): unknown {
  const [only] = steps;
  if (steps.length === 1 && only?.upTo === null) return only.price;
  return steps.map(({ upTo, price }) => ({ ...(upTo === null ? {} : { upTo: print(upTo) }), price }));
}
