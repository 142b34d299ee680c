/** The bill: what the run used, what it costs, and what the same would cost otherwise. */
import type { CostLine, CostResult } from "../../measure/cost.ts";
import { COST_WORDS, moneyText, pricesText, quantityText } from "../cost-words.ts";
import { html, type Html } from "./html-text.ts";
import { table } from "./table.ts";

export function costBlock(cost: CostResult): Html {
  return html`<p><strong>${moneyText(cost.total, cost.currency)}</strong> ${pricesText(cost)}.</p>
    ${lines("What the run used", cost.lines, cost)} ${lines("For comparison, no part of the sum", cost.besides, cost)}
    <p class="quiet">
      As if all of it fell into one month in which nothing else was bought. Each CONNECT, SUBSCRIBE and PUBLISH is one
      message; a cloud may take less for those that go straight to its rules.
    </p>`;
}

function lines(caption: string, rows: readonly CostLine[], { currency }: CostResult): Html {
  return table<CostLine>({
    caption,
    isStacking: true,
    rows,
    columns: [
      { head: "What", kind: "head", cell: ({ item }) => COST_WORDS[item] },
      { head: "Quantity", kind: "number", cell: quantityText },
      { head: "Amount", kind: "number", cell: ({ amount }) => moneyText(amount, currency) },
    ],
  });
}
