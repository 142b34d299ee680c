import { actorsOnHeap } from "./peer.mjs";
import { IMAGE, weekOf } from "./scenario.mjs";

const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { VirtualFleet } = await dist("drivers/virtual/virtual-fleet.js");
const { rainmaker } = await dist("adapters/rainmaker/adapter.js");
const { VirtualNode } = await dist("node/virtual-node.js");
const { RECORD_KINDS } = await dist("measure/event-record.js");
const { emptyState, sinkOf } = await dist("measure/reducer.js");
const { readyHistograms } = await dist("measure/histogram.js");
const { planOf } = await dist("engine/scenario-plan.js");

const RELEASED = RECORD_KINDS.indexOf("released");

/** Cost of a whole plan, and of a peer that serves as many events. */
export async function measurePlan(nodes) {
  await readyHistograms();
  // A small one first, so that what is measured has been compiled.
  play(weekOf(Math.min(nodes, 5_000)), { record: () => {} });
  const { bytesPerNode, events, ns: bareNs } = playMeasured(nodes);
  const state = emptyState(planOf(weekOf(nodes), 1));
  const reduced = play(weekOf(nodes), sinkOf(state));
  const peerNs = actorsOnHeap(nodes, events);
  const peakMb = process.resourceUsage().maxRSS / 1_024;
  return { rowBytes: VirtualNode.bytes, bytesPerNode, events, bareNs, reducedNs: reduced.ns, peerNs, peakMb };
}

function playMeasured(nodes) {
  const before = held();
  let born = before;
  const sink = {
    record: (kind, node) => {
      // The last node is born: from here on the backend's books of the job would be counted in.
      if (kind !== RELEASED || node !== nodes - 1) return;
      born = held();
    },
  };
  const { events, ns } = play(weekOf(nodes), sink);
  return { bytesPerNode: (born - before) / nodes, events, ns };
}

/** Bytes that are held: buffers, and the heap after a collection. RSS holds the collector's own room besides. */
function held() {
  globalThis.gc?.();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

function play(scenario, sink) {
  const fleet = new VirtualFleet({ scenario, adapter: rainmaker, sink, images: [IMAGE] });
  const cpu = process.cpuUsage();
  const { events } = fleet.run(() => false);
  const { user, system } = process.cpuUsage(cpu);
  return { events, ns: ((user + system) * 1_000) / events };
}
