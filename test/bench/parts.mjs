import { heapOfObjects, timed } from "./peer.mjs";
import { imageOf, weekOf } from "./scenario.mjs";

const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { TimerQueue } = await dist("base/timer-queue.js");
const { draw } = await dist("base/random.js");
const { VirtualFleet } = await dist("drivers/virtual/virtual-fleet.js");
const { rainmaker } = await dist("adapters/rainmaker/adapter.js");
const { addRecord, emptyState } = await dist("measure/reducer.js");
const { Histogram, readyHistograms } = await dist("measure/histogram.js");
const { planOf } = await dist("engine/scenario-plan.js");

const { ADAPTERS, expectedLoad, readScenario, resolveScenario } = await dist("index.js");

const ROUNDS = 1_000_000;

export function measureQueues(slots) {
  const queue = new TimerQueue(slots);
  for (let slot = 0; slot < slots; slot++) queue.set(slot, Math.random() * 1e9);
  const ours = timed(ROUNDS, () => {
    queue.set(queue.peek(), queue.nextUs + Math.random() * 1e9);
  });
  return { ours, peer: heapOfObjects(slots, ROUNDS) };
}

export function measureDraws() {
  let sum = 0;
  const ours = timed(ROUNDS * 4, (n) => {
    sum += draw(1, n, 3, 0);
  });
  const peer = timed(ROUNDS / 10, (n) => {
    sum += Number(splitmix64(BigInt(n)) >> 11n) * 2 ** -53;
  });
  if (!(sum > 0)) throw new Error("draws are positive");
  return { ours, peer };
}

const MASK = (1n << 64n) - 1n;

function splitmix64(seed) {
  let z = (seed + 0x9e3779b97f4a7c15n) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

/** The records of a smaller fleet, reduced again and again into fresh states. */
export async function measureReduction(nodes) {
  await readyHistograms();
  const scenario = weekOf(Math.min(nodes, 20_000));
  const records = [];
  const sink = { record: (...record) => records.push(record) };
  new VirtualFleet({ scenario, adapter: rainmaker, sink, images: [imageOf(scenario)] }).run(() => false, {
    goesOnUntilUs: () => Infinity,
  });
  const plan = planOf(scenario, 1);
  let state = emptyState(plan);
  const ours = timed(records.length, (at) => {
    if (at === 0) state = emptyState(plan);
    const [kind, node, atUs, detail, job, a, b] = records[at];
    addRecord(state, kind, node, atUs, detail, job, a, b);
  });
  let kept = [];
  const peer = timed(records.length, (at) => {
    if (at === 0) kept = [];
    const [kind, node, atUs, detail, job, a, b] = records[at];
    kept.push({ kind, node, atUs, detail, job, a, b });
  });
  return { ours, peer };
}

/** One latency into a histogram, in nanoseconds; the peer keeps every sample, to sort them in the end. */
export async function measureHistogram() {
  await readyHistograms();
  const histogram = new Histogram();
  const ours = timed(ROUNDS * 4, (n) => histogram.record(((n * 2_654_435_761) >>> 8) & 0xff_ffff));
  histogram.destroy();
  let samples = [];
  const peer = timed(ROUNDS, (n) => {
    if (n === 0) samples = [];
    samples.push(((n * 2_654_435_761) >>> 8) & 0xff_ffff);
  });
  return { ours, peer };
}

/** From a scenario's text to the load that it will make: all traits of so many nodes. Milliseconds of CPU. */
export function measureExpansion(nodes) {
  const text = [
    "name: bench",
    "clock: { start: 2026-03-10T12:00:00Z }",
    `nodes: ${nodes}`,
    "fleet: { cohorts: [{ name: homes, runs: { version: 1.4.2 }, zones: world, autofetch: { every: 24h } }] }",
    "jobs: [{ name: spring, window: 02:00-05:00 }]",
    "end: { after: 72h }",
  ].join("\n");
  const cpu = process.cpuUsage();
  const { scenario } = resolveScenario(readScenario(text, "bench.yaml", { adapters: ADAPTERS }));
  const load = expectedLoad(scenario);
  const { user, system } = process.cpuUsage(cpu);
  if (load.nodes !== nodes) throw new Error("all nodes were counted");
  return (user + system) / 1_000;
}
