import fc from "fast-check";
import { expect, test } from "vitest";
import { draw } from "../../../../src/base/random.ts";
import { ServerPool } from "../../../../src/drivers/virtual/models/server-pool.ts";
import { isWithinConfidence } from "./confidence.ts";

const JOBS = 20_000;
const SEEDS = 20;
const MEAN_US = 1_000;

test.each([
  // Wq = rho / (mu - lambda)
  ["M/M/1", 1, "exponential", (rho: number) => (rho / (1 - rho)) * MEAN_US],
  // Pollaczek and Khinchine: half of M/M/1's, as nothing varies
  ["M/D/1", 1, "fixed", (rho: number) => (rho / (2 * (1 - rho))) * MEAN_US],
  // Erlang C of four servers
  ["M/M/4", 4, "exponential", (rho: number) => (erlangC(4, 4 * rho) / (4 * (1 - rho))) * MEAN_US],
] as const)("the mean wait of %s is its formula's, over seeds", (_, servers, law, formula) => {
  const rho = 0.7;

  const waits = Array.from({ length: SEEDS }, (_each, seed) => meanWait(seed, servers, law, rho));

  expect(isWithinConfidence(waits, formula(rho))).toBe(true);
  // The bounds are narrow enough to tell one formula from another.
  expect(isWithinConfidence(waits, formula(rho) * 1.1)).toBe(false);
});

test("who waits at once in the mean is the rate of arrivals times the mean wait (Little)", () => {
  const pool = new ServerPool(2, Infinity);
  const changes: (readonly [atUs: number, change: number])[] = [];
  let [nowUs, waited] = [0, 0];
  for (let job = 0; job < 5_000; job++) {
    nowUs += exponential(1, job, 1) * 600;
    const beginsUs = pool.arrive(nowUs, exponential(1, job, 2) * MEAN_US) ?? Number.NaN;
    waited += beginsUs - nowUs;
    changes.push([nowUs, 1], [beginsUs, -1]);
  }

  const { area, most } = swept(changes);
  const endUs = Math.max(...changes.map(([atUs]) => atUs));
  expect(area / endUs).toBeCloseTo((5_000 / endUs) * (waited / 5_000), 6);
  expect(pool.queuePeak).toBe(most);
});

test("a pool does as a list of servers and a queue do that are walked one by one", () => {
  const jobs = fc.array(fc.tuple(fc.nat(50), fc.nat(200)), { maxLength: 60 });
  fc.assert(
    fc.property(jobs, fc.integer({ min: 1, max: 4 }), fc.nat(5), (given, servers, queueMax) => {
      const pool = new ServerPool(servers, queueMax);
      let nowUs = 0;
      const arrivals = given.map(([gapUs, lengthUs]) => ({ atUs: (nowUs += gapUs), lengthUs }));

      const begins = arrivals.map(({ atUs, lengthUs }) => pool.arrive(atUs, lengthUs));

      expect(begins).toEqual(walked(arrivals, servers, queueMax));
      expect(pool.counts.taken + pool.counts.turnedAway).toBe(given.length);
      const work = arrivals.reduce((sum, { lengthUs }, job) => sum + (begins[job] === undefined ? 0 : lengthUs), 0);
      expect(pool.busyUsBy(1e9)).toBe(work);
    }),
  );
});

test("servers that die have done what they had done, and lose what they had taken", () => {
  const pool = new ServerPool(1, 10);
  for (let job = 0; job < 3; job++) pool.arrive(0, 100);

  pool.die(150);

  expect(pool.busyUsBy(1_000)).toBe(150);
  // The second was being served, the third waited.
  expect(pool.counts.lost).toBe(2);
  expect(pool.arrive(150, 100)).toBe(150);
});

test("with no queue a job is turned away exactly while every server is busy", () => {
  const pool = new ServerPool(2, 0);

  expect([0, 10, 20, 99, 100, 109, 110].map((atUs) => pool.arrive(atUs, 100))).toEqual([
    0,
    10,
    undefined,
    undefined,
    100,
    undefined,
    110,
  ]);
});

function meanWait(seed: number, servers: number, law: "exponential" | "fixed", rho: number): number {
  const pool = new ServerPool(servers, Infinity);
  const gapUs = MEAN_US / servers / rho;
  let [nowUs, waited] = [0, 0];
  for (let job = 0; job < JOBS; job++) {
    nowUs += exponential(seed, job, 1) * gapUs;
    const lengthUs = law === "fixed" ? MEAN_US : exponential(seed, job, 2) * MEAN_US;
    waited += (pool.arrive(nowUs, lengthUs) ?? Number.NaN) - nowUs;
  }
  return waited / JOBS;
}

function exponential(seed: number, job: number, purpose: number): number {
  return -Math.log(draw(seed + 1, job, purpose, 0));
}

/** Probability of having to wait, for `load` in Erlangs. */
function erlangC(servers: number, load: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; k < servers; k++) sum += term *= load / k;
  const last = (term * load) / servers / (1 - load / servers);
  return last / (sum + last);
}

function swept(changes: readonly (readonly [number, number])[]): { readonly area: number; readonly most: number } {
  // Who begins at once never waits.
  const sorted = changes.toSorted(([a, x], [b, y]) => a - b || x - y);
  let [atUs, length, area, most] = [0, 0, 0, 0];
  for (const [nextUs, change] of sorted) {
    area += length * (nextUs - atUs);
    atUs = nextUs;
    length += change;
    most = Math.max(most, length);
  }
  return { area, most };
}

function walked(
  arrivals: readonly { readonly atUs: number; readonly lengthUs: number }[],
  servers: number,
  queueMax: number,
): (number | undefined)[] {
  const freeAtUs = Array.from({ length: servers }, () => 0);
  const begun: number[] = [];
  return arrivals.map(({ atUs, lengthUs }) => {
    const freeUs = Math.min(...freeAtUs);
    const beginsUs = Math.max(atUs, freeUs);
    if (beginsUs > atUs && begun.filter((each) => each > atUs).length >= queueMax) return undefined;
    freeAtUs[freeAtUs.indexOf(freeUs)] = beginsUs + lengthUs;
    begun.push(beginsUs);
    return beginsUs;
  });
}
