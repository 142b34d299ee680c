/** The bill in the terminal. */
import type { CostResult } from "../measure/cost.ts";
import { COST_WORDS, moneyText, pricesText, quantityText } from "./cost-words.ts";
import type { Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { wrapped } from "./text-wrapping.ts";

/** Lines of the bill; none where nothing is priced. */
export function consoleCost(cost: CostResult | null, { paint, columns }: Terminal): readonly string[] {
  if (cost === null) return [];
  const money = (amount: number): string => moneyText(amount, cost.currency);
  const besides = cost.besides.map(({ item, amount }) => `${COST_WORDS[item]} ${money(amount)}`).join("; ");
  return [
    ...wrapped(`Cost  ${money(cost.total)} ${pricesText(cost).replace("’", "'")}`, "", "", columns).map((line, place) =>
      place === 0 ? line.replace("Cost", paint.strong("Cost")) : line,
    ),
    ...plainTable(
      ["", "", ""],
      cost.lines.map((line) => [COST_WORDS[line.item], quantityText(line), money(line.amount)]),
    ).filter((line) => line.trim() !== ""),
    ...wrapped(`For comparison: ${besides}.`, "  ", "", columns).map(paint.quiet),
  ];
}
