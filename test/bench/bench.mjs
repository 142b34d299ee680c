// `npm run bench [-- --nodes N] [--links N]`: what a plan and what links cost, on this machine, beside plain ways of
// doing the same. It runs what was built. CPU time of the process over events; the least of a few rounds, as other work
// only ever adds to it.
import { measureDownloads, measureLinks } from "./links.mjs";
import { measurePlan } from "./plan.mjs";
import { measureDraws, measureExpansion, measureHistogram, measureQueues, measureReduction } from "./parts.mjs";

const NODES = Number(argument("--nodes") ?? 100_000);
const LINKS = Number(argument("--links") ?? 4_000);
const DOWNLOADS = 400;
const GOAL = { nsPerEvent: 1_500, bytesPerNode: 200, linkMemoryRatio: 1 / 2, linkCpuRatio: 1 / 1.8 };

const plan = await measurePlan(NODES);
print(`a plan of ${NODES.toLocaleString("en")} nodes for a week (${plan.events.toLocaleString("en")} events)`, [
  ["row of a node, bytes", plan.rowBytes, "", ""],
  ["memory of a node at birth, bytes", plan.bytesPerNode, GOAL.bytesPerNode, "goal"],
  ["peak memory, MB", plan.peakMb, "", ""],
  ["one event, records dropped, ns", plan.bareNs, plan.peerNs, "object actors on a binary heap"],
  ["one event, records reduced, ns", plan.reducedNs, GOAL.nsPerEvent, "goal"],
]);
const queues = measureQueues(NODES);
const draws = measureDraws();
const reduction = await measureReduction(NODES);
print("its parts", [
  ["timer queue: take and set, ns", queues.ours, queues.peer, "binary heap of objects"],
  ["one draw, ns", draws.ours, draws.peer, "splitmix64 in BigInt"],
  ["one record reduced, ns", reduction.ours, reduction.peer, "appended to a list of objects"],
]);
const histogram = await measureHistogram();
print("measuring", [
  ["one latency recorded, ns", histogram.ours, histogram.peer, "pushed onto a list"],
  ["a million nodes from YAML to load, ms", measureExpansion(1_000_000), "", ""],
]);
const links = await measureLinks(LINKS, false);
printLinks(`a link of a whole node, plain, ${LINKS.toLocaleString("en")} of them`, links);
printLinks(`the same over TLS, ${(LINKS / 2).toLocaleString("en")} of them`, await measureLinks(LINKS / 2, true));
for (const isTls of [false, true]) {
  const { ours, socket } = await measureDownloads(DOWNLOADS, isTls);
  print(`a download of 1 MiB ${isTls ? "over TLS, a full handshake each" : "without TLS"}, with its digest`, [
    ["CPU of a download, us", ours.cpuUs, socket.cpuUs, "a socket that is read and forgotten"],
    ["MB a second, 16 at a time", ours.bytesPerSecond / 1e6, socket.bytesPerSecond / 1e6, "the same socket"],
  ]);
}
// Told and not failed: nanoseconds say as much about what else this machine is at as about the code. The peer, which
// ran beside it, says what they are worth.
const goals = [
  ["memory of a node at birth", plan.bytesPerNode <= GOAL.bytesPerNode],
  ["one event of a plan", plan.reducedNs <= GOAL.nsPerEvent],
  ["memory of an idle link", links.ours.bytesPerNode <= GOAL.linkMemoryRatio * links.mqttjs.bytesPerNode],
  ["CPU of a connect", links.ours.connectCpuUs <= GOAL.linkCpuRatio * links.mqttjs.connectCpuUs],
  ["CPU of a publish", links.ours.publishCpuUs <= GOAL.linkCpuRatio * links.mqttjs.publishCpuUs],
];
const missed = goals.filter(([, isMet]) => !isMet).map(([what]) => what);
console.log(missed.length === 0 ? "\nevery goal is met" : `\nmissed: ${missed.join(", ")}`);

function printLinks(title, { ours, mqttjs }) {
  print(title, [
    ["memory of an idle node, bytes", ours.bytesPerNode, mqttjs.bytesPerNode, "mqtt.js"],
    ["CPU of a connect, us", ours.connectCpuUs, mqttjs.connectCpuUs, "mqtt.js"],
    ["connects a second", ours.connectsPerSecond, mqttjs.connectsPerSecond, "mqtt.js"],
    ["CPU of an acknowledged publish, us", ours.publishCpuUs, mqttjs.publishCpuUs, "mqtt.js"],
    ["row of a node, bytes", ours.rowBytes, "", ""],
  ]);
}

/** Rows of: what, ours, the other's or the goal, what that is. */
function print(title, rows) {
  console.log(`\n${title}`);
  for (const [what, ours, other, whose] of rows) {
    const ratio = other === "" ? "" : `${(ours / other).toFixed(2)} of ${other.toFixed(0)} (${whose})`;
    console.log(`  ${what.padEnd(36)} ${ours.toFixed(ours < 100 ? 1 : 0).padStart(9)}   ${ratio}`);
  }
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}
