// `node --expose-gc test/bench/plan-size.mjs NODES DAYS`: what a plan of so many nodes costs, as one line of JSON. A
// process of its own, so that its memory is nobody else's.
import { imageOf, weekOf } from "./scenario.mjs";

const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { VirtualFleet } = await dist("drivers/virtual/virtual-fleet.js");
const { rainmaker } = await dist("adapters/rainmaker/adapter.js");
const { emptyState, sinkOf } = await dist("measure/reducer.js");
const { readyHistograms } = await dist("measure/histogram.js");
const { planOf } = await dist("engine/scenario-plan.js");

/** So many are lived first, so that what is measured has been compiled. */
const WARM_UP_NODES = 5_000;

const [nodes, days] = process.argv.slice(2).map(Number);

await readyHistograms();
live(WARM_UP_NODES, 7);
globalThis.gc();
const { rss } = process.memoryUsage();
console.log(JSON.stringify({ nodes, days, ...live(nodes, days, rss) }));

function live(count, forDays, before) {
  const scenario = weekOf(count, [`end.after=${forDays}d`]);
  const state = emptyState(planOf(scenario, 1));
  const fleet = new VirtualFleet({ scenario, adapter: rainmaker, sink: sinkOf(state), images: [imageOf(scenario)] });
  const cpu = process.cpuUsage();
  let collectedS = 0;
  let birth = { cpuS: 0, bytesPerNode: 0 };
  const onBorn = (born) => {
    if (born !== count - 1 || before === undefined) return;
    const collecting = process.cpuUsage();
    globalThis.gc();
    collectedS = cpuSince(collecting);
    birth = { cpuS: cpuSince(cpu) - collectedS, bytesPerNode: (process.memoryUsage().rss - before) / count };
  };
  const { events } = fleet.run(() => false, { onBorn, goesOnUntilUs: () => Infinity });
  const cpuS = cpuSince(cpu) - collectedS;
  const peakMb = process.resourceUsage().maxRSS / 1_024;
  return {
    events,
    cpuS,
    birthCpuS: birth.cpuS,
    nsPerEvent: (cpuS * 1e9) / events,
    bytesPerNode: birth.bytesPerNode,
    peakMb,
  };
}

function cpuSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
