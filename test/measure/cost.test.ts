import fc from "fast-check";
import { expect, test } from "vitest";
import { costOf, messagesOfImage } from "../../src/measure/cost.ts";
import { GIB, graduatedPrice, LIST_PRICES, TIB } from "../../src/measure/prices.ts";
import { usageOf } from "../../src/measure/usage.ts";

const A_MILLION = {
  usage: { egressBytes: 1_500_000 * 1_000_000, messages: 0, connectionMinutes: 0, remoteActions: 1_000_000 },
  fleet: { nodes: 1_000_000, jobs: [{ targets: 1_000_000, imageBytes: 1_500_000 }] },
};

test("a million nodes and an image of 1.5 MB cost what the price lists work out to", () => {
  const { lines, besides } = costOf(LIST_PRICES, true, A_MILLION.usage, A_MILLION.fleet);
  const amounts = Object.fromEntries([...lines, ...besides].map(({ item, amount }) => [item, Math.round(amount)]));

  expect(amounts).toEqual({
    egress: 119,
    messages: 0,
    connections: 0,
    jobs: 1_875,
    imageOverMqtt: 390,
    connectedForAMonth: 3_456,
  });
});

test("the total is the sum of what the run itself used", () => {
  const usage = { egressBytes: GIB, messages: 2e6, connectionMinutes: 1e6, remoteActions: 10 };

  const { total } = costOf(LIST_PRICES, false, usage, { nodes: 10, jobs: [] });

  expect(total).toBeCloseTo(0.085 + 2 + 0.08 + 0.03, 12);
});

test("a free allowance is a first step without a price", () => {
  const steps = [{ upTo: TIB, price: 0 }, ...LIST_PRICES.egress];

  expect(Math.round(graduatedPrice(steps, A_MILLION.usage.egressBytes, GIB))).toBe(32);
});

test("each step takes the part that lies in it, its end included", () => {
  const steps = [
    { upTo: 10, price: 3 },
    { upTo: 20, price: 2 },
    { upTo: null, price: 1 },
  ];

  expect([0, 10, 11, 20, 25].map((quantity) => graduatedPrice(steps, quantity, 1))).toEqual([0, 30, 32, 50, 55]);
});

test("more never costs less, and the whole is never dearer than its first unit price", () => {
  const quantity = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(quantity, quantity, (one, more) => {
      const price = (of: number) => graduatedPrice(LIST_PRICES.jobs, of, 1);
      expect(price(one + more)).toBeGreaterThanOrEqual(price(one));
      expect(price(one)).toBeLessThanOrEqual(one * 0.003 + 1e-6);
    }),
  );
});

test("an image over MQTT is its blocks of 4 KiB and a request for every sixteen of them", () => {
  expect([0, 1, 4_096, 4_097, 65_536, 65_537].map(messagesOfImage)).toEqual([0, 2, 2, 3, 17, 19]);
});

test("usage counts what left the server, and what arrived where the server does not tell; targets as far as they were released", () => {
  const counters = {
    "image bytes received": 900,
    connected: 3,
    booted: 1,
    "fetch sent": 5,
    "fetch resent": 2,
    "report sent": 4,
  };
  const timelines = { nodesOnline: [1, 2, 2], bucketUs: 60e6 };
  const counted = {
    counters: { ...counters, "offer received": 2, "offer dropped": 1 },
    timelines,
    jobs: [
      { createdAtUs: 0, outcomes: { targeted: 7 } },
      // Released in stages and stopped; and one that was never made.
      { createdAtUs: 60e6, outcomes: { targeted: 100 }, rollout: { atEnd: { released: 20 } } },
      { createdAtUs: null, outcomes: { targeted: 50 } },
    ],
  } as unknown as Parameters<typeof usageOf>[0];
  const metering = { messagesPerConnect: 2, messagesPerBoot: 3 };

  expect(usageOf({ ...counted, backend: { imageBytesServed: 1_000, offersSent: 4 } }, metering)).toEqual({
    egressBytes: 1_000,
    messages: 3 * 2 + 1 * 3 + 5 + 2 + 4 + 4,
    connectionMinutes: 5,
    remoteActions: 7 + 20,
  });
  expect(usageOf({ ...counted, backend: {} }, metering)).toMatchObject({
    egressBytes: 900,
    messages: 6 + 3 + 5 + 2 + 4 + 3,
  });
  expect(usageOf({ ...counted, backend: {} }, undefined)).toMatchObject({ messages: 0, connectionMinutes: 0 });
});
