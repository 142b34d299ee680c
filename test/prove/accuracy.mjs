// Accuracy: every latency that a run tells is right, against a server that delays by fixed lists and keeps a log.
// The log ends where the server's work ends. A latency also has the way there and back in it, which is the machine's:
// a plain client beside the fleet, in the same run against the same server, measures it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { DISTRIBUTIONS } from "./delays.mjs";
import { liveRun } from "./live-run.mjs";

export const about =
  "every latency metric within max(1 %, 2 ms) of a known-answer server's own log plus what the way there and back costs a plain client; counts exact";

const PERCENTILES = ["p50", "p75", "p90", "p95", "p99", "p999"];
/** A percentile needs so many samples beyond it to say anything: ten. */
const SAMPLES_BEYOND = 10;

/** Metric of otafleet, kind of answer in the server's log, and the links on which both exist. */
const ORACLES = [
  { metric: "connect", kind: "connack", adapters: ["rainmaker"] },
  { metric: "fetch_ack", kind: "fetchAck", adapters: ["rainmaker", "http-poll"] },
  { metric: "fetch_offer", kind: "offer", adapters: ["rainmaker", "http-poll"] },
  { metric: "first_byte", kind: "firstByte", adapters: ["rainmaker", "http-poll"] },
  { metric: "download", kind: "download", adapters: ["rainmaker", "http-poll"] },
  { metric: "report_ack", kind: "reportAck", adapters: ["rainmaker", "http-poll"] },
];

export async function prove(findings, { isQuick, words }) {
  const chosen = DISTRIBUTIONS.filter((name) => words.includes(name));
  const all = chosen.length > 0 ? chosen : isQuick ? ["two-point", "pauses"] : DISTRIBUTIONS;
  for (const adapter of ["rainmaker", "http-poll"]) {
    for (const distribution of all) await proveOne(findings, adapter, distribution, isQuick ? 600 : 2_400);
  }
}

async function proveOne(findings, adapter, distribution, nodes) {
  // Two seconds and 300 ms, both while nodes ask: 3.8 % of a minute's questions. So p90 and p95 are not of the bursts
  // behind the pauses, but the 93.5th and 98.7th percentile of the calm rest: the hardest test of the generator's tail.
  const stalls =
    distribution === "pauses"
      ? [
          [20_000, 22_000],
          [45_000, 45_300],
        ]
      : [];
  const server = fork(fileURLToPath(new URL("known-answers.mjs", import.meta.url)));
  const plain = fork(fileURLToPath(new URL("plain-client.mjs", import.meta.url)));
  try {
    server.send({ distribution, stalls });
    const [{ mqtt, http }] = await once(server, "message");
    const urls =
      adapter === "rainmaker" ? `["mqtt://127.0.0.1:${mqtt}", "http://127.0.0.1:${http}"]` : `http://127.0.0.1:${http}`;
    // Its first rounds come when there is a job and an image.
    let isAsking = false;
    const onWords = (words) => {
      if (isAsking || !words.includes("rolling out")) return;
      isAsking = true;
      plain.send({ adapter, mqtt, http });
    };
    const { result, said } = await liveRun({ text: scenarioOf({ adapter, urls, nodes }), onWords });
    server.send("log");
    const [{ logMs }] = await once(server, "message");
    plain.send("log");
    const [{ tookMs }] = await once(plain, "message");
    const title = `${adapter}, ${distribution}`;
    if (result === undefined) {
      findings.add(`${title}: the run`, "ends", said.trim().split("\n").at(-1), false);
      return;
    }
    compare(findings, title, adapter, result, { node: logMs.node, plain: logMs.plain, tookMs });
  } finally {
    plain.kill();
    server.kill();
  }
}

function compare(findings, title, adapter, { metrics, generator }, { node, plain, tookMs }) {
  for (const { metric, kind, adapters } of ORACLES) {
    if (!adapters.includes(adapter)) continue;
    const oracle = sorted(node[kind]);
    const [logged, took] = [sorted(plain[kind]), sorted(tookMs[kind])];
    const { count } = metrics[metric];
    findings.add(`${title}: ${metric} count`, oracle.length, count, count === oracle.length);
    const { p99Us = 0 } = generator.lateness[metric] ?? {};
    for (const percentile of PERCENTILES) {
      const q = Number(`0.${percentile.slice(1)}`);
      if (oracle.length * (1 - q) < SAMPLES_BEYOND && q > 0.9) continue;
      if (took.length * (1 - q) < SAMPLES_BEYOND && q > 0.9) continue;
      const wayMs = at(took, q) - at(logged, q);
      const expectedMs = at(oracle, q) + wayMs;
      const measuredMs = metrics[metric][percentile] / 1_000;
      const allowedMs = Math.max(0.01 * expectedMs, 2);
      const isHeld = Math.abs(measuredMs - expectedMs) <= allowedMs;
      const late = isHeld ? "" : ` (late by ${(p99Us / 1_000).toFixed(1)} ms at p99)`;
      findings.add(
        `${title}: ${metric} ${percentile}`,
        `${ms(expectedMs - wayMs)} + ${ms(wayMs)} on the way, +- ${ms(allowedMs)}`,
        `${ms(measuredMs)}${late}`,
        isHeld,
      );
    }
  }
}

const sorted = (values) => Float64Array.from(values).sort();
/** Nearest rank. */
const at = (values, q) => values[Math.max(0, Math.ceil(q * values.length) - 1)];
const ms = (value) => `${value.toFixed(2)} ms`;

// Links and flash without a pace of their own, so that what a download takes is the server's time.
const scenarioOf = ({ adapter, urls, nodes }) => `
name: known-answers
clock: { start: 2026-03-10T12:00:00Z, speed: 1 }
backend: { adapter: ${adapter}, url: ${urls} }
image: { make: { project: thermostat, version: 2.0.0, size: 8KiB } }
nodes: ${nodes}
fleet:
  connect: { over: ${Math.ceil(nodes / 100)}s }
  cohorts:
    - name: homes
      runs: { version: 1.0.0 }
      zones: Asia/Shanghai
      link: { throughput: 100MB/s, latency: 1ms }
      flash: { write: 100MB/s }
      boot: 2s
      offline: none
      autofetch: { every: 60s }
jobs: [{ name: spring }]
end: { after: 90s }
`;
