import fc from "fast-check";
import { expect, test } from "vitest";
import type { BackendFaultPlan } from "../../src/faults/backend/backend-fault.ts";
import { BACKEND_FAULT_NAMES } from "../../src/faults/backend/backend-fault-names.ts";
import { BACKEND_FAULTS } from "../../src/faults/backend/backend-faults.ts";
import { BackendFaultDraws, type DrawnFault, seedOfLife } from "../../src/faults/backend/fault-draws.ts";
import { FAULT_NAMES } from "../../src/faults/fault-names.ts";

const IMAGES: readonly BackendFaultPlan<number>[] = [
  { kind: "error", name: "image-errors", share: 0.1, status: 503 },
  { kind: "share", name: "truncated-images", share: 0.2 },
  { kind: "stall", name: "stalled-images", share: 0.05, forMs: 7_000 },
];

test("every misbehaviour has its name, one sentence, and a name that no fault of a node has", () => {
  expect(BACKEND_FAULTS.map(({ name }) => name)).toEqual(BACKEND_FAULT_NAMES);
  for (const { name, about } of BACKEND_FAULTS) {
    expect(about).toMatch(/^[A-Z].*\.$/);
    expect(FAULT_NAMES).not.toContain(name);
  }
});

test("occasions are hit by their shares, none of them twice", () => {
  const draws = new BackendFaultDraws(IMAGES, 7, at);
  const hits: DrawnFault[] = [];
  const occasions = 20_000;
  for (let i = 0; i < occasions; i++) hits.push(...[draws.at("image", i % 500)].filter((hit) => hit !== undefined));

  for (const plan of IMAGES) {
    const { share } = plan as { readonly share: number };
    const hit = hits.filter(({ name }) => name === plan.name).length;
    // Five standard deviations of so many draws.
    expect(Math.abs(hit - occasions * share)).toBeLessThan(5 * Math.sqrt(occasions * share * (1 - share)));
    expect(draws.counts.get(plan.name)).toEqual({ drawn: hit, fired: 0 });
  }
  expect(hits.find(({ name }) => name === "image-errors")).toMatchObject({ effect: "error", status: 503, forMs: 0 });
  expect(hits.find(({ name }) => name === "stalled-images")).toMatchObject({ effect: "stalled", forMs: 7_000 });
});

test("what befalls a node hangs on seed, node and its own occasions, whatever other nodes do", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }), (seed, order) => {
      const mixed = new BackendFaultDraws(IMAGES, seed, at);
      const met = order.map((node) => [node, mixed.at("image", node)] as const);
      for (const node of [0, 1, 2, 3]) {
        const alone = new BackendFaultDraws(IMAGES, seed, at);
        const mine = met.filter(([who]) => who === node).map(([, hit]) => hit);
        expect(mine).toEqual(mine.map(() => alone.at("image", node)));
      }
    }),
  );
});

test("a next life draws as a process of its own with the seed of that life, and goes on counting", () => {
  const draws = new BackendFaultDraws(IMAGES, 7, at);
  const hits = () => Array.from({ length: 100 }, () => draws.at("image", 3));
  const first = hits();
  const drawn = draws.counts.get("truncated-images")?.drawn ?? 0;

  draws.beginNextLife();
  draws.beginNextLife();

  const own = new BackendFaultDraws(IMAGES, seedOfLife(7, 2), at);
  const third = hits();
  expect(third).toEqual(Array.from({ length: 100 }, () => own.at("image", 3)));
  expect(third).not.toEqual(first);
  expect(draws.counts.get("truncated-images")?.drawn).toBeGreaterThan(drawn);
});

test("points do not disturb each other, and one without misbehaviour is never hit", () => {
  const draws = new BackendFaultDraws(IMAGES, 1, at);
  const alone = new BackendFaultDraws(IMAGES, 1, at);

  const hits = Array.from({ length: 200 }, () => {
    expect(draws.at("offer", 3)).toBeUndefined();
    expect(draws.lateUs("fetch answer", 3)).toBe(0);
    return draws.at("image", 3);
  });

  expect(hits).toEqual(Array.from({ length: 200 }, () => alone.at("image", 3)));
});

test("a share of 100 % hits every occasion, and a place lies inside of a body", () => {
  const draws = new BackendFaultDraws([{ kind: "share", name: "truncated-images", share: 1 }], 1, at);

  for (let i = 0; i < 1_000; i++) {
    const hit = draws.at("image", 0);
    expect(hit?.effect).toBe("truncated");
    expect(hit?.place).toBeGreaterThan(0);
    expect(hit?.place).toBeLessThan(1);
  }
});

test("every answer of a late kind is late by a draw from its distribution, and never by less than nothing", () => {
  const plans: readonly BackendFaultPlan<number>[] = [
    { kind: "latency", name: "fetch-latency", latencyUs: 1_000 },
    { kind: "latency", name: "status-latency", latencyUs: -5 },
  ];
  const draws = new BackendFaultDraws(plans, 1, at);

  const late = Array.from({ length: 500 }, (_, node) => draws.lateUs("fetch answer", node));

  expect(new Set(late).size).toBe(500);
  expect(late.reduce((sum, us) => sum + us, 0) / 500).toBeCloseTo(500, -2);
  expect(draws.counts.get("fetch-latency")).toEqual({ drawn: 500, fired: 500 });
  expect(draws.lateUs("status answer", 1)).toBe(0);
});

test("what took place is counted beside what was drawn; outages are not drawn at all", () => {
  const plans: readonly BackendFaultPlan<number>[] = [
    { kind: "share", name: "lost-offers", share: 1 },
    { kind: "outage", name: "stop", atUs: 1, forMs: 1 },
  ];
  const draws = new BackendFaultDraws(plans, 1, at);

  draws.at("offer", 1);
  draws.at("offer", 1);
  draws.fired("lost-offers");

  expect([...draws.counts]).toEqual([["lost-offers", { drawn: 2, fired: 1 }]]);
});

/** Stands in for a distribution: uniform from 0 to its figure. */
function at(most: number, u: number): number {
  return most * u;
}
