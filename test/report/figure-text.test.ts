import { expect, test } from "vitest";
import { type FigureOfPlan, spreadOf } from "../../src/measure/figure-spread.ts";
import { HOUR_US } from "../../src/base/instant.ts";
import { formatOf, spreadText } from "../../src/report/figure-text.ts";

const FORMAT = formatOf({ name: "completion.p(95)", unit: "us" }, { currency: "USD", knobs: [] });
const never = (doneShare: number | null): FigureOfPlan => ({ value: "not reached", doneShare });
const after = (hours: number): FigureOfPlan => ({ value: hours * HOUR_US, doneShare: null });

test.each<[string, readonly FigureOfPlan[], number]>([
  ["50.5 % (50.4 to 50.6 %) at the end", [never(0.504), never(0.505), never(0.506)], 3],
  ["50.5 % (50.4 to 50.6 %; 2 of 3 seeds) at the end", [never(0.504), never(0.506)], 3],
  ["50.5 % at the end", [never(0.505), never(0.505)], 2],
  ["not reached", [never(null), never(null)], 2],
  ["5 h (5 h, or 60 % at the end)", [after(5), after(5), never(0.6)], 3],
])("a figure over seeds says once that its shares are those at the end: %s", (text, plans, of) => {
  expect(spreadText(spreadOf(plans, of), FORMAT)).toBe(text);
});
