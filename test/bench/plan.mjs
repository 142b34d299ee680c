import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { actorsOnHeap } from "./peer.mjs";

const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { BucketQueue } = await dist("base/bucket-queue.js");

const PLAN_SIZE = fileURLToPath(new URL("./plan-size.mjs", import.meta.url));
const SIMPY = fileURLToPath(new URL("./simpy-peer.py", import.meta.url));
const HOLD_ACTORS = 100_000;
const HOLD_EVENTS = 1_000_000;
const ROLLOUT = { nodes: 20_000, days: 7 };

/** A plan of so many nodes over so many days, in a process of its own; what `plan-size.mjs` says. */
export function measurePlan(nodes, days) {
  const text = execFileSync(process.execPath, ["--expose-gc", PLAN_SIZE, String(nodes), String(days)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(text);
}

/** Nanoseconds of an event among object actors on a binary heap, which do less. */
export function measurePeer(nodes, events) {
  return actorsOnHeap(nodes, events);
}

/**
 * The hold model and a small rollout, here and in SimPy. A string instead, where SimPy is not there: why.
 */
export function measureSimpy() {
  try {
    execFileSync("python3", ["-c", "import simpy"], { stdio: "ignore" });
  } catch {
    return "python3 has no module simpy; `pip install simpy` gives it one";
  }
  const numbers = [HOLD_ACTORS, HOLD_EVENTS, ROLLOUT.nodes, ROLLOUT.days].map(String);
  const { hold, rollout, version } = JSON.parse(execFileSync("python3", [SIMPY, ...numbers], { encoding: "utf8" }));
  const ours = measurePlan(ROLLOUT.nodes, ROLLOUT.days);
  return {
    version,
    hold: { ours: holdNs(), simpy: hold * 1e9 },
    rollout: { ours: ours.cpuS, simpy: rollout.cpu, events: ours.events, simpyEvents: rollout.events },
  };
}

/** An actor waits a random time, again and again: nanoseconds of one wait, the least of three series. */
function holdNs() {
  const queue = new BucketQueue(HOLD_ACTORS, HOLD_EVENTS * 20);
  for (let slot = 0; slot < HOLD_ACTORS; slot++) queue.set(slot, Math.floor(Math.random() * 2e6));
  let least = Infinity;
  for (let series = 0; series < 3; series++) {
    const cpu = process.cpuUsage();
    for (let event = 0; event < HOLD_EVENTS; event++) {
      queue.set(queue.peek(), queue.nextUs + Math.floor(Math.random() * 2e6));
    }
    const { user, system } = process.cpuUsage(cpu);
    least = Math.min(least, ((user + system) * 1_000) / HOLD_EVENTS);
  }
  return least;
}
