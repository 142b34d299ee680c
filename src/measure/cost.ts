/** What a rollout costs: what it used, as the run counted it, at the prices that hold for it. */
import { DAY_US, MINUTE_US } from "../base/instant.ts";
import { graduatedPrice, PRICE_UNITS, type PricedName, type Prices } from "./prices.ts";

/** What a run used, in single units. */
export interface Usage {
  readonly egressBytes: number;
  /**
   * CONNECT, each SUBSCRIBE and each PUBLISH of either side count one, a PUBLISH that a node sends again once more;
   * acknowledgements and pings do not.
   */
  readonly messages: number;
  readonly connectionMinutes: number;
  /** Targets of jobs, as far as they were released. */
  readonly remoteActions: number;
}

/** What the fleet is, for what the same would cost otherwise. */
export interface FleetSize {
  readonly nodes: number;
  /** For each job: its targets, and the size of its image. */
  readonly jobs: readonly { readonly targets: number; readonly imageBytes: number }[];
}

/** How messages of a backend's nodes are metered; undefined where it has no MQTT. */
export interface Metering {
  /** CONNECT, and the subscriptions after it. */
  readonly messagesPerConnect: number;
  /** What a node says of itself once after a boot. */
  readonly messagesPerBoot: number;
}

/** One line of a bill. */
export interface CostLine {
  readonly item: PricedName | "imageOverMqtt" | "connectedForAMonth";
  /** In single units: bytes, messages, minutes, remote actions. */
  readonly quantity: number;
  /** In the currency; not rounded. */
  readonly amount: number;
}

/** The bill of a run. */
export interface CostResult {
  readonly currency: string;
  /** The scenario gives no prices: list prices of a large cloud are assumed. */
  readonly isAssumed: boolean;
  /** Sum of `lines`. */
  readonly total: number;
  /** What the run itself used. */
  readonly lines: readonly CostLine[];
  /** For comparison; no part of the total. */
  readonly besides: readonly CostLine[];
}

/** Payload of one block of an image over MQTT: with its head it stays below the 5 KB that are metered as one message. */
export const BLOCK_BYTES = 4_096;
/** Blocks that one request asks for: what a device library's window holds. */
export const BLOCKS_A_REQUEST = 16;

/** A month of thirty days. */
const MONTH_MINUTES = (30 * DAY_US) / MINUTE_US;

/**
 * Messages of the whole image over MQTT: its blocks, and a request for every sixteen of them. Both directions are
 * metered: 1.5 MB are 367 blocks and 23 requests.
 */
export function messagesOfImage(imageBytes: number): number {
  const blocks = Math.ceil(imageBytes / BLOCK_BYTES);
  return blocks + Math.ceil(blocks / BLOCKS_A_REQUEST);
}

/** Puts prices to what was used. */
export function costOf(prices: Prices, isAssumed: boolean, usage: Usage, fleet: FleetSize): CostResult {
  const line = (item: CostLine["item"], of: PricedName, quantity: number): CostLine => ({
    item,
    quantity,
    amount: graduatedPrice(prices[of], quantity, PRICE_UNITS[of]),
  });
  const lines = [
    line("egress", "egress", usage.egressBytes),
    line("messages", "messages", usage.messages),
    line("connections", "connections", usage.connectionMinutes),
    line("jobs", "jobs", usage.remoteActions),
  ];
  const overMqtt = fleet.jobs.reduce((sum, { targets, imageBytes }) => sum + targets * messagesOfImage(imageBytes), 0);
  return {
    currency: prices.currency,
    isAssumed,
    total: lines.reduce((sum, { amount }) => sum + amount, 0),
    lines,
    besides: [
      line("imageOverMqtt", "messages", overMqtt),
      line("connectedForAMonth", "connections", fleet.nodes * MONTH_MINUTES),
    ],
  };
}
