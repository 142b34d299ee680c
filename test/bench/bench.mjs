// `npm run bench [-- PART...] [--million] [--ten-million] [--links N]`: what a plan and what links cost, on this
// machine, beside other ways of doing the same. Parts are `plan`, `simpy`, `parts`, `links`; left out, all. A week of a
// million nodes takes a minute, a day of ten million some minutes and 4 GiB: both only where they are asked for. It runs
// what was built. CPU time of the process over events; the least of a few rounds, as other work only ever adds to it.
import { measureDownloads, measureLinks } from "./links.mjs";
import { measurePeer, measurePlan, measureSimpy } from "./plan.mjs";
import { measureDraws, measureExpansion, measureHistogram, measureQueues, measureReduction } from "./parts.mjs";

const LINKS = Number(argument("--links") ?? 4_000);
const DOWNLOADS = 400;
const QUEUE_SLOTS = 100_000;
const GOAL = { growth: 2.5, simpyRatio: 50, bytesPerNode: 400, linkMemoryRatio: 1 / 2, linkCpuRatio: 1 / 1.8 };
const PARTS = { plan: benchPlan, simpy: benchSimpy, parts: benchParts, links: benchLinks };

const HELP = `npm run bench [-- PART...] [--million] [--ten-million] [--links N]

Parts, all where none is named: ${Object.keys(PARTS).join(", ")}. --million and --ten-million
plan fleets of that size too (a minute; some minutes and 4 GiB), --links N opens N links.

  npm run bench -- plan --million
  npm run bench -- links --links 2000`;

const asked = partsAsked(process.argv.slice(2));
const goals = [];
for (const [name, part] of Object.entries(PARTS)) if (asked.length === 0 || asked.includes(name)) await part();
// Told and not failed: nanoseconds say as much about what else this machine is at as about the code. The peer, which
// ran beside it, says what they are worth.
const missed = goals.filter(([, isMet]) => !isMet).map(([what]) => what);
const met = goals.length === 0 ? "no goal was looked at" : `every goal is met, ${goals.length} of them`;
console.log(missed.length === 0 ? `\n${met}` : `\nmissed: ${missed.join(", ")}`);

function partsAsked(given) {
  if (given.includes("--help") || given.includes("-h")) {
    console.log(HELP);
    process.exit(0);
  }
  const flags = ["--million", "--ten-million", "--links"];
  const isKnown = (word, at) => word in PARTS || flags.includes(word) || given[at - 1] === "--links";
  const unknown = given.find((word, at) => !isKnown(word, at));
  if (unknown !== undefined) {
    console.error(`bench: ${unknown} is no part; parts are ${Object.keys(PARTS).join(", ")}`);
    process.exit(2);
  }
  return given.filter((word) => word in PARTS);
}

function benchPlan() {
  const sizes = [
    [10_000, 7],
    [100_000, 7],
    ...(process.argv.includes("--million") ? [[1_000_000, 7]] : []),
    ...(process.argv.includes("--ten-million") ? [[10_000_000, 1]] : []),
  ];
  console.log("\na plan, its records reduced");
  console.log("       nodes  days       events     CPU s  birth s   ns/event  bytes/node  peak MB");
  const rows = sizes.map(([nodes, days]) => {
    const row = measurePlan(nodes, days);
    console.log(planRow(row));
    return row;
  });
  const [first, last] = [rows[0], rows.at(-1)];
  const growth = last.nsPerEvent / first.nsPerEvent;
  console.log(
    `  from ${counted(first.nodes)} to ${counted(last.nodes)} nodes an event grows ${growth.toFixed(2)} times dearer`,
  );
  const peerNs = measurePeer(rows[1].nodes, rows[1].events);
  console.log(
    `  object actors on a binary heap, which do less: ${peerNs.toFixed(0)} ns/event at ${counted(rows[1].nodes)}`,
  );
  goals.push(["growth of an event's cost", growth <= GOAL.growth]);
  goals.push(["memory of a node at birth", last.bytesPerNode <= GOAL.bytesPerNode]);
}

function planRow({ nodes, days, events, cpuS, birthCpuS, nsPerEvent, bytesPerNode, peakMb }) {
  const cells = [
    counted(nodes).padStart(12),
    String(days).padStart(5),
    counted(events).padStart(12),
    cpuS.toFixed(1).padStart(9),
    birthCpuS.toFixed(1).padStart(8),
    nsPerEvent.toFixed(0).padStart(10),
    bytesPerNode.toFixed(0).padStart(11),
    peakMb.toFixed(0).padStart(8),
  ];
  return cells.join(" ");
}

function benchSimpy() {
  const told = measureSimpy();
  if (typeof told === "string") {
    console.log(`\nbeside SimPy: skipped, as ${told}`);
    return;
  }
  const { hold, rollout, version } = told;
  const ratio = ({ ours, simpy }) => `${(simpy / ours).toFixed(1)} times as fast as SimPy ${version}`;
  console.log("\nbeside SimPy");
  console.log(
    `  an actor waits, ns        ${hold.ours.toFixed(0).padStart(8)} ${hold.simpy.toFixed(0).padStart(8)}   ${ratio(hold)}`,
  );
  console.log(
    `  a rollout, CPU s          ${rollout.ours.toFixed(1).padStart(8)} ${rollout.simpy.toFixed(1).padStart(8)}   ${ratio(rollout)}`,
  );
  console.log(
    `  its events                ${counted(rollout.events).padStart(8)} ${counted(rollout.simpyEvents).padStart(8)}`,
  );
  goals.push(["a wait beside SimPy", hold.simpy / hold.ours >= GOAL.simpyRatio]);
  goals.push(["a rollout beside SimPy", rollout.simpy / rollout.ours >= GOAL.simpyRatio]);
}

async function benchParts() {
  const queues = measureQueues(QUEUE_SLOTS);
  const draws = measureDraws();
  const reduction = await measureReduction(QUEUE_SLOTS);
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
}

async function benchLinks() {
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
  goals.push(["memory of an idle link", links.ours.bytesPerNode <= GOAL.linkMemoryRatio * links.mqttjs.bytesPerNode]);
  goals.push(["CPU of a connect", links.ours.connectCpuUs <= GOAL.linkCpuRatio * links.mqttjs.connectCpuUs]);
  goals.push(["CPU of a publish", links.ours.publishCpuUs <= GOAL.linkCpuRatio * links.mqttjs.publishCpuUs]);
}

function printLinks(title, { ours, mqttjs }) {
  print(title, [
    ["memory of an idle node, bytes", ours.bytesPerNode, mqttjs.bytesPerNode, "mqtt.js"],
    ["CPU of a connect, us", ours.connectCpuUs, mqttjs.connectCpuUs, "mqtt.js"],
    ["connects a second", ours.connectsPerSecond, mqttjs.connectsPerSecond, "mqtt.js"],
    ["CPU of an acknowledged publish, us", ours.publishCpuUs, mqttjs.publishCpuUs, "mqtt.js"],
    ["row of a node, bytes", ours.rowBytes, "", ""],
  ]);
}

function counted(value) {
  return value.toLocaleString("en");
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
