/** The bill in the terminal. */
import type { CostResult } from "../measure/cost.ts";
import { costLabel, moneyText, pricesText, quantityText } from "./cost-words.ts";
import type { Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { wrapped } from "./text-wrapping.ts";

/**
 * Lines of the bill; none where nothing is priced.
 *
 * @param runUs how long the run was, of fleet time
 */
export function consoleCost(cost: CostResult | null, runUs: number, { paint, columns }: Terminal): readonly string[] {
  if (cost === null) return [];
  const money = (amount: number): string => moneyText(amount, cost.currency);
  const besides = cost.besides.map(({ item, amount }) => `${costLabel({ item }, runUs)} ${money(amount)}`).join("; ");
  return [
    ...wrapped(`Cost  ${money(cost.total)} ${pricesText(cost).replace("’", "'")}`, "", "", columns).map((line, place) =>
      place === 0 ? line.replace("Cost", paint.strong("Cost")) : line,
    ),
    ...plainTable(
      ["", "", ""],
      cost.lines.map((line) => [costLabel(line, runUs), quantityText(line), money(line.amount)]),
    ).filter((line) => line.trim() !== ""),
    ...wrapped(`For comparison: ${besides}.`, "  ", "", columns).map(paint.quiet),
  ];
}
