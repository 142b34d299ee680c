/**
 * What a cloud takes for a rollout: graduated prices, as price lists have them. A quantity counts as if all of it fell
 * into one month in which nothing else was bought.
 */

/** One step of a graduated price: so much for each unit up to a quantity, counted from 0. */
export interface PriceStep {
  /** In single units: bytes, messages, remote actions. null = the last step, which has no end. */
  readonly upTo: number | null;
  /** Of one price unit: a GiB, a million messages, a remote action. */
  readonly price: number;
}

/** Prices of everything that a rollout uses. Steps ascend, and the last one has no end. */
export interface Prices {
  /** ISO 4217, such as USD. */
  readonly currency: string;
  /** Of a GiB that leaves the image server or CDN. */
  readonly egress: readonly PriceStep[];
  /** Of a million MQTT messages. */
  readonly messages: readonly PriceStep[];
  /** Of a million minutes of being connected. */
  readonly connections: readonly PriceStep[];
  /** Of one remote action: a job that is created for a node. */
  readonly jobs: readonly PriceStep[];
}

export const GIB = 2 ** 30;
export const TIB = 2 ** 40;
const MILLION = 1e6;

/** How many single units a price unit has. */
export const PRICE_UNITS = { egress: GIB, messages: MILLION, connections: MILLION, jobs: 1 } as const;

/** What is priced. */
export type PricedName = keyof typeof PRICE_UNITS;

/**
 * List prices of 2026 without any free allowance, which other products of the same account may have used up.
 * Egress: Amazon CloudFront to viewers in the US and Europe (smallestbusiness.com, 15 June 2026); beyond 500 TB the
 * price is a matter of contract, so the last step goes on. Messages and connections: AWS IoT Core, us-east-1 (price
 * list of 11 September 2026). Jobs: AWS IoT Device Management, remote actions (public cost notes; less certain).
 */
export const LIST_PRICES: Prices = {
  currency: "USD",
  egress: [
    { upTo: 10 * TIB, price: 0.085 },
    { upTo: 50 * TIB, price: 0.08 },
    { upTo: 150 * TIB, price: 0.06 },
    { upTo: null, price: 0.04 },
  ],
  messages: [
    { upTo: 1e9, price: 1 },
    { upTo: 5e9, price: 0.8 },
    { upTo: null, price: 0.7 },
  ],
  connections: [{ upTo: null, price: 0.08 }],
  jobs: [
    { upTo: 250_000, price: 0.003 },
    { upTo: null, price: 0.0015 },
  ],
};

/**
 * What a quantity costs: each step takes the part that lies in it.
 *
 * @param quantity in single units, from 0
 * @param unit single units in a price unit
 */
export function graduatedPrice(steps: readonly PriceStep[], quantity: number, unit: number): number {
  let from = 0;
  let amount = 0;
  for (const { upTo, price } of steps) {
    const until = Math.min(quantity, upTo ?? Infinity);
    if (until > from) amount += ((until - from) / unit) * price;
    from = Math.max(from, until);
  }
  return amount;
}
