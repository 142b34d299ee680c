import { expect, test } from "vitest";
import { LIST_PRICES, TIB } from "../../src/measure/prices.ts";
import { printScenario } from "../../src/scenario/printed-scenario.ts";
import { mistakesIn, scenarioOf, scenarioText } from "./reading.ts";

const pricesIn = (prices: string) => scenarioOf(scenarioText({ more: `prices: ${prices}` })).prices;

test("a scenario without prices has none, and one with some has list prices for the others", () => {
  expect(scenarioOf(scenarioText({})).prices).toBeUndefined();
  expect(pricesIn("{}")).toEqual(LIST_PRICES);
  expect(pricesIn("{ egress: 0.01 }")).toEqual({ ...LIST_PRICES, egress: [{ upTo: null, price: 0.01 }] });
});

test("another currency has prices of its own for all that is priced, as list prices are in USD", () => {
  const flat = (price: number) => [{ upTo: null, price }];

  expect(pricesIn("{ currency: EUR, egress: 0.01, messages: 0, connections: 0, jobs: 0.002 }")).toEqual({
    currency: "EUR",
    egress: flat(0.01),
    messages: flat(0),
    connections: flat(0),
    jobs: flat(0.002),
  });
});

test("a price may be graduated, with a free step before the others", () => {
  expect(
    pricesIn("{ egress: [{ upTo: 1TiB, price: 0 }, { upTo: 10TiB, price: 0.085 }, { price: 0.08 }] }")?.egress,
  ).toEqual([
    { upTo: TIB, price: 0 },
    { upTo: 10 * TIB, price: 0.085 },
    { upTo: null, price: 0.08 },
  ]);
});

test("printed prices read as the same again", () => {
  const scenario = scenarioOf(scenarioText({ more: "prices: { jobs: [{ upTo: 10, price: 1 }, { price: 0.5 }] }" }));

  expect(scenarioOf(printScenario(scenario)).prices).toEqual(scenario.prices);
});

const STEPS = "must have steps that rise, the last one without upTo";

test.each([
  [
    "{ currency: EUR }",
    'prices.currency is "EUR" | must come with a price of egress, messages, connections and jobs, 0 where there is none: what is left out (egress, messages, connections, jobs) has its list price, and list prices are in USD',
  ],
  ["{ currency: EUR, egress: 0.01, jobs: 1 }", "what is left out (messages, connections) has its list price"],
  ["{ currency: euro }", "must be a currency's three letters, such as USD"],
  ["{ egress: -1 }", "must be a price: a number from 0 to 1000000"],
  ["{ egress: free }", "must be a price, or steps such as [{ upTo: 10TiB, price: 0.5 }, { price: 0.4 }]"],
  ["{ jobs: [] }", "must be a price, or steps such as [{ upTo: 250000, price: 0.5 }, { price: 0.4 }]"],
  ["{ jobs: [{ upTo: 10, price: 1 }] }", STEPS],
  ["{ jobs: [{ price: 1 }, { price: 2 }] }", STEPS],
  ["{ jobs: [{ upTo: 10, price: 1 }, { upTo: 10, price: 2 }, { price: 3 }] }", STEPS],
])("prices: %s are refused", (prices, expected) => {
  const mistakes = mistakesIn(scenarioText({ more: `prices: ${prices}` }));

  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toContain(expected);
});
