/** The bill: what the run used, what it costs, and what the same would cost otherwise. */
import type { CostLine, CostResult } from "../../measure/cost.ts";
import { costLabel, moneyText, pricesText, quantityText } from "../cost-words.ts";
import { html, type Html } from "./html-text.ts";
import { table } from "./table.ts";

/** @param runUs how long the run was, of fleet time */
export function costBlock(cost: CostResult, runUs: number): Html {
  return html`<p><strong>${moneyText(cost.total, cost.currency)}</strong> ${pricesText(cost)}.</p>
    ${lines("What the run used", cost.lines, cost, runUs)}
    ${lines("For comparison, no part of the sum", cost.besides, cost, runUs)}
    <p class="quiet">
      As if all of it fell into one month in which nothing else was bought. Each CONNECT, SUBSCRIBE and PUBLISH is one
      message; a cloud may take less for those that go straight to its rules. Being connected is counted from the start
      of the run to its end, so waiting for the last nodes makes it dearer.
    </p>`;
}

function lines(caption: string, rows: readonly CostLine[], { currency }: CostResult, runUs: number): Html {
  return table<CostLine>({
    caption,
    isStacking: true,
    rows,
    columns: [
      { head: "What", kind: "head", cell: (line) => costLabel(line, runUs) },
      { head: "Quantity", kind: "number", cell: quantityText },
      { head: "Amount", kind: "number", cell: ({ amount }) => moneyText(amount, currency) },
    ],
  });
}
