// Stall honesty: a backend that stands still for a while is seen by everyone who asked in that time, not only by those
// who were waiting when it stopped. wrk2's test with Ctrl-Z, and a closed form as its oracle.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { liveRun } from "./live-run.mjs";

export const about =
  "questions arrive evenly over T, the backend stands still for P: Q(p) = P - (1-p)T + its queue, within 1 % + 20 ms";

const SIZES = {
  whole: { nodes: 6_000, overMs: 60_000, stallMs: 10_000, percentiles: [0.9, 0.99, 0.999] },
  quick: { nodes: 1_200, overMs: 60_000, stallMs: 10_000, percentiles: [0.9, 0.99] },
};
/** From the begin of fleet time to the stall. */
const STALL_AFTER_MS = 25_000;

export async function prove(findings, { isQuick }) {
  if (process.platform !== "linux") return findings.note("stall", "not proved: needs /proc to find the backend");
  const size = isQuick ? SIZES.quick : SIZES.whole;
  // A server that keeps a log: what its queue behind the stall adds to the closed form is known.
  const server = fork(fileURLToPath(new URL("known-answers.mjs", import.meta.url)));
  try {
    server.send({ distribution: "pauses", stalls: [] });
    const [{ mqtt, http }] = await once(server, "message");
    const urls = `["mqtt://127.0.0.1:${mqtt}", "http://127.0.0.1:${http}"]`;
    const text = scenarioOf(size, `backend: { adapter: rainmaker, url: ${urls} }\n`);
    const measured = await stalledRun(findings, "a plain server", size, text, () => server.pid);
    if (measured !== undefined) {
      server.send("log");
      const [{ questionsAnsweredAtMs }] = await once(server, "message");
      const answerMs = drainedIn(questionsAnsweredAtMs, size);
      findings.note("a plain server: one answer behind the stall, by its own log", `${answerMs.toFixed(3)} ms`);
      check(findings, "a plain server", size, measured, size.percentiles, answerMs);
    }
  } finally {
    server.kill("SIGCONT");
    server.kill();
  }
  const whose = "the embedded backend";
  const measured = await stalledRun(findings, whose, size, scenarioOf(size, ""), ({ pid }) => backendOf(pid));
  if (measured === undefined) return undefined;
  // The closed form knows no queue behind the stall. Whoever came late in it waits for those before to be answered, one
  // after the other, so at its 90th percentile the difference is the backend's own and tells how fast it works them off.
  check(
    findings,
    whose,
    size,
    measured,
    size.percentiles.filter((p) => p > 0.9),
  );
  const overMs = measured.metric.p90 / 1_000 - (measured.stalledMs - 0.1 * size.overMs);
  const before = 0.1 * size.nodes;
  findings.note(
    `${whose}: fetch_ack p90 over the closed form`,
    `${overMs.toFixed(0)} ms, ${(overMs / before).toFixed(2)} ms for each of the ${before} questions before it`,
  );
  return undefined;
}

/** Runs a fleet, stops the process behind it for a while, and answers the metric and how long it stood. */
async function stalledRun(findings, whose, size, text, pidOf) {
  let stalledMs = 0;
  const stop = async (run) => {
    const pid = pidOf(run);
    await sleep(STALL_AFTER_MS);
    process.kill(pid, "SIGSTOP");
    const since = performance.now();
    await sleep(size.stallMs);
    process.kill(pid, "SIGCONT");
    stalledMs = performance.now() - since;
  };
  let stopping = Promise.resolve();
  let isStopping = false;
  const onWords = (said, run) => {
    if (isStopping || !said.includes("rolling out")) return;
    isStopping = true;
    stopping = stop(run);
  };
  const { result, said } = await liveRun({ text, onWords });
  await stopping;
  if (result === undefined) {
    findings.add(`${whose}: the run`, "ends", said.trim().split("\n").at(-1), false);
    return undefined;
  }
  // The fleet is an open model: each node asks when it is due, whatever became of the others' questions. So the series
  // from the moment of sending differs from that from the intended start by the generator's lateness alone.
  const { p99Us, maxUs } = result.generator.lateness.fetch_ack;
  findings.note(`${whose} stood still`, `${stalledMs.toFixed(1)} ms`);
  findings.note(
    `${whose}: sent after it was due`,
    `${(p99Us / 1_000).toFixed(1)} ms at p99, ${(maxUs / 1_000).toFixed(1)} ms at most`,
  );
  return { metric: result.metrics.fetch_ack.cohorts.homes, stalledMs };
}

/**
 * How long each answer took behind the stall, by the server's own log: it stood for seconds, then worked off what had
 * come. The closed form has no queue; whoever is at place k of it waits for k answers more.
 */
function drainedIn(answeredAtMs, { nodes, overMs, stallMs }) {
  const gaps = answeredAtMs.map((at, k) => at - (answeredAtMs[k - 1] ?? at));
  const first = gaps.indexOf(Math.max(...gaps));
  const waiting = Math.round(0.6 * (stallMs / overMs) * nodes);
  return (answeredAtMs[first + waiting] - answeredAtMs[first]) / waiting;
}

function check(findings, whose, { nodes, overMs }, { metric, stalledMs }, percentiles, answerMs = 0) {
  // The run looks at its end ten times a second: so long the first nodes ask again, and so many may be cut.
  const edge = Math.ceil(nodes / (overMs / 100));
  findings.add(
    `${whose}: questions that were answered`,
    `${nodes} +- ${edge}`,
    metric.count,
    Math.abs(nodes - metric.count) <= edge,
  );
  for (const p of percentiles) {
    const expectedMs = stalledMs - (1 - p) * overMs + (1 - p) * nodes * answerMs;
    const allowedMs = 0.01 * expectedMs + 20;
    const measuredMs = metric[`p${String(p).slice(2).padEnd(2, "0")}`] / 1_000;
    const isHeld = Math.abs(measuredMs - expectedMs) <= allowedMs;
    findings.add(
      `${whose}: fetch_ack p${100 * p}`,
      `${expectedMs.toFixed(0)} ms +- ${allowedMs.toFixed(0)} ms`,
      `${measuredMs.toFixed(0)} ms`,
      isHeld,
    );
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The only child of a run that is a backend. */
function backendOf(pid) {
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean);
    for (const child of children) {
      if (readFileSync(`/proc/${child}/cmdline`, "utf8").includes("bundle/backend-serve-main.js")) return Number(child);
    }
  }
  throw new Error("the run has no backend of its own");
}

// The one job is for one node of another cohort: the questions of the others are answered by an acknowledgement alone.
const scenarioOf = ({ nodes, overMs }, backend) => `
name: stall
clock: { start: 2026-03-10T12:00:00Z, speed: 1 }
${backend}image: { make: { project: thermostat, version: 2.0.0, size: 8KiB } }
nodes: ${nodes + 1}
fleet:
  connect: { over: ${Math.ceil(nodes / 300)}s }
  cohorts:
    - name: homes
      nodes: ${nodes}
      runs: { version: 2.0.0 }
      zones: Asia/Shanghai
      offline: none
      autofetch: { every: ${overMs / 1_000}s, phase: even }
    - { name: canary, nodes: 1, like: homes, runs: { version: 1.0.0 } }
jobs: [{ name: spring, targets: { cohorts: [canary] } }]
end: { after: ${overMs / 1_000}s }
thresholds: { fetch_ack: ["p(50)<1s"] }
`;
