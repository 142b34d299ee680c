/** A bill for people: what each line is of, how much of it, and the amount. */
import { unreachable } from "../base/assert.ts";
import type { CostLine, CostResult } from "../measure/cost.ts";
import { bytesText, countText, significantText } from "./count-text.ts";
import { durationText } from "./duration-text.ts";

const COST_WORDS: Readonly<Record<CostLine["item"], string>> = {
  egress: "image bytes delivered",
  messages: "MQTT messages",
  connections: "being connected",
  jobs: "jobs for nodes",
  imageOverMqtt: "the image over MQTT, in 4 KiB blocks",
  connectedForAMonth: "being connected for 30 days",
};

/**
 * What a line is of. Nodes stay connected until the run is over, so that line grows with whoever it waits for.
 *
 * @param runUs how long the run was, of fleet time
 */
export function costLabel({ item }: Pick<CostLine, "item">, runUs: number): string {
  return item === "connections" ? `${COST_WORDS[item]}, in all ${durationText(runUs)} of the run` : COST_WORDS[item];
}

/** `$1,875`, `$0.35`, `1,875 EUR`: whole from 100 on, to a hundredth below. */
export function moneyText(amount: number, currency: string): string {
  const size = Math.abs(amount);
  const isTiny = size > 0 && size < 0.005;
  const digits = isTiny
    ? "0.01"
    : size >= 99.995 || Number.isInteger(amount)
      ? countText(Math.round(amount))
      : amount.toFixed(2);
  const text = currency === "USD" ? `$${digits}` : `${digits} ${currency}`;
  return isTiny ? `<${text}` : text;
}

/** `1.36 TiB`, `12.3 million`. */
export function quantityText({ item, quantity }: CostLine): string {
  switch (item) {
    case "egress":
      return bytesText(quantity);
    case "jobs":
      return countText(quantity);
    case "messages":
    case "imageOverMqtt":
      return millionText(quantity);
    case "connections":
    case "connectedForAMonth":
      return `${millionText(quantity)} min`;
    default:
      return unreachable(item);
  }
}

function millionText(value: number): string {
  return value < 1e6 ? countText(Math.round(value)) : `${significantText(value / 1e6)} million`;
}

/** Whose prices they are. */
export function pricesText({ isAssumed }: CostResult): string {
  return isAssumed
    ? "at list prices of a large cloud without free allowances, as the scenario gives none"
    : "at the scenario’s prices";
}
