// Stall honesty: a backend that stands still for a while is seen by everyone who asked in that time, not only by those
// who were waiting when it stopped. wrk2's test with Ctrl-Z, and a closed form as its oracle.
import { readdirSync, readFileSync } from "node:fs";
import { liveRun } from "./live-run.mjs";

export const about =
  "questions arrive evenly over T, the backend stands still for P: Q(p) = P - (1-p)T, within 1 % + 20 ms";

const SIZES = {
  whole: { nodes: 6_000, overMs: 60_000, stallMs: 10_000, percentiles: [0.9, 0.99, 0.999] },
  quick: { nodes: 1_200, overMs: 60_000, stallMs: 10_000, percentiles: [0.9, 0.99] },
};
/** From the begin of fleet time to the stall. */
const STALL_AFTER_MS = 25_000;

export async function prove(findings, { isQuick }) {
  if (process.platform !== "linux") return findings.note("stall", "not proved: needs /proc to find the backend");
  const size = isQuick ? SIZES.quick : SIZES.whole;
  const { nodes, overMs, stallMs, percentiles } = size;
  let stalled = 0;
  const stop = async (run) => {
    const backend = backendOf(run.pid);
    await sleep(STALL_AFTER_MS);
    process.kill(backend, "SIGSTOP");
    const since = performance.now();
    await sleep(stallMs);
    process.kill(backend, "SIGCONT");
    stalled = performance.now() - since;
  };
  let stopping = Promise.resolve();
  let isStopping = false;
  const onWords = (said, run) => {
    if (isStopping || !said.includes("rolling out")) return;
    isStopping = true;
    stopping = stop(run);
  };
  const { result, said } = await liveRun({ text: scenarioOf(size), onWords });
  await stopping;
  if (result === undefined) return findings.add("the run", "ends", said.trim().split("\n").at(-1), false);
  const metric = result.metrics.fetch_ack.cohorts.homes;
  findings.note("the backend stood still", `${stalled.toFixed(1)} ms`);
  // The run looks at its end ten times a second: so long the first nodes ask again, and so many may be cut.
  const edge = Math.ceil(nodes / (overMs / 100));
  findings.add(
    "questions that were answered",
    `${nodes} +- ${edge}`,
    metric.count,
    Math.abs(nodes - metric.count) <= edge,
  );
  for (const p of percentiles) {
    const expectedMs = stalled - (1 - p) * overMs;
    const allowedMs = 0.01 * expectedMs + 20;
    const measuredMs = metric[`p${String(p).slice(2).padEnd(2, "0")}`] / 1_000;
    const isHeld = Math.abs(measuredMs - expectedMs) <= allowedMs;
    findings.add(
      `fetch_ack p${100 * p}`,
      `${expectedMs.toFixed(0)} ms +- ${allowedMs.toFixed(0)} ms`,
      `${measuredMs.toFixed(0)} ms`,
      isHeld,
    );
  }
  // The fleet is an open model: each node asks when it is due, whatever became of the others' questions. So the series
  // from the moment of sending differs from that from the intended start by the generator's lateness alone.
  const { p99Us, maxUs } = result.generator.lateness.fetch_ack;
  findings.note(
    "sent after it was due",
    `${(p99Us / 1_000).toFixed(1)} ms at p99, ${(maxUs / 1_000).toFixed(1)} ms at most`,
  );
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The only child of a run that is a backend. */
function backendOf(pid) {
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean);
    for (const child of children) {
      if (readFileSync(`/proc/${child}/cmdline`, "utf8").includes("backend/serve/main.js")) return Number(child);
    }
  }
  throw new Error("the run has no backend of its own");
}

// The one job is for one node of another cohort: the questions of the others are answered by an acknowledgement alone.
const scenarioOf = ({ nodes, overMs }) => `
name: stall
clock: { start: 2026-03-10T12:00:00Z, speed: 1 }
image: { make: { project: thermostat, version: 2.0.0, size: 8KiB } }
nodes: ${nodes + 1}
fleet:
  connect: { over: ${Math.ceil(nodes / 300)}s }
  cohorts:
    - name: homes
      nodes: ${nodes}
      runs: { version: 1.0.0 }
      zones: Asia/Shanghai
      offline: none
      autofetch: { every: ${overMs / 1_000}s, phase: even }
    - { name: canary, nodes: 1, like: homes }
jobs: [{ name: spring, targets: { cohorts: [canary] } }]
end: { after: ${overMs / 1_000}s }
thresholds: { fetch_ack: ["p(50)<1s"] }
`;
