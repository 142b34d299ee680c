// Saturations: a generator that was the limit says so. Each is made on purpose and from outside, and must end as told;
// calm runs of the same fleet must not.
import { spawn, spawnSync } from "node:child_process";
import { liveRun } from "./live-run.mjs";

export const about = "deliberate saturations of the generator are refused or invalid, calm runs are not";

/** How a run may end, by exit code. */
const CODES = { 0: "passed", 2: "refused", 4: "invalid", 5: "incomplete", 99: "failed" };
const CALM_RUNS = 10;

const SATURATIONS = [
  {
    what: "a worker's event loop stands still for 1.3 s",
    ends: "invalid",
    says: /stood still for 1\d{3} ms at once/,
    flags: ["--set", "selftest.loop-blocked.at=1s", "--set", "selftest.loop-blocked.for=1300ms"],
  },
  {
    what: "the whole generator is stopped for 1.5 s (SIGSTOP), as by a suspended machine or a coordinator that hangs",
    ends: "invalid",
    says: /stood still for 1\d{3} ms at once/,
    flags: ["--set", "end.after=20m"],
    harm: async (run) => {
      await sleep(2_000);
      run.kill("SIGSTOP");
      await sleep(1_500);
      run.kill("SIGCONT");
    },
  },
  {
    what: "a worker's event loop stands still from before the run's end to 8 s after the drain: late, and not lost",
    ends: "invalid",
    says: /stood still for 1[34]\d{3} ms at once/,
    flags: ["--set", "end.after=3m", "--set", "selftest.loop-blocked.at=2s", "--set", "selftest.loop-blocked.for=14s"],
  },
  {
    what: "the processors are burnt by others, and the run has the lowest priority",
    ends: "invalid",
    says: /has a lateness of/,
    shell: "exec nice -n 19",
    flags: [],
    harm: (run) => burnUntilEnd(run, 4),
  },
  {
    what: "garbage collection: a full one every 100 allocations",
    ends: "invalid",
    says: /has a lateness of|stood still/,
    v8: ["--gc-interval=100"],
    flags: ["--set", "clock.speed=600"],
  },
  {
    what: "rate: 3,000 nodes ask within one millisecond, on one worker",
    ends: "invalid",
    says: /has a lateness of/,
    flags: [
      "-n",
      "3000",
      "-w",
      "1",
      "--set",
      "fleet.cohorts.homes.autofetch.phase=1m",
      "--set",
      "fleet.connect.over=10s",
    ],
  },
  {
    what: "a clock compressed too hard",
    ends: "invalid",
    says: /compressed too hard/,
    flags: [
      "--set",
      "clock.speed=20000",
      "--set",
      "jobs.0.trigger=force-push",
      "--set",
      'thresholds.download=["p(50)<1h"]',
    ],
  },
  {
    what: "files: 300 for 200 nodes, known before",
    ends: "refused",
    says: /room for at most 86 nodes/,
    shell: "ulimit -n 300; exec",
    flags: ["-n", "200"],
  },
  {
    what: "files: the limit sinks while the run goes on",
    ends: "invalid",
    says: /starts could not be made: no file/,
    flags: ["--set", "end.after=20m"],
    needs: "prlimit",
    harm: async (run) => {
      await sleep(1_000);
      spawnSync("prlimit", ["--pid", String(run.pid), "--nofile=40:40"]);
    },
  },
  {
    what: "ports: 220 of them for 200 nodes, in a network of its own",
    ends: "refused",
    says: /there are 221 ports for connections/,
    shell:
      'exec unshare -n sh -c \'ip link set lo up; sysctl -qw net.ipv4.ip_local_port_range="40000 40220"; exec "$0" "$@"\'',
    needs: "unshare",
    flags: ["-n", "200"],
  },
  {
    what: "memory and sockets: 40,000 nodes",
    ends: "refused",
    says: /room for at most \d+ nodes/,
    flags: ["-n", "40000"],
  },
  {
    what: "memory: a worker dies of it in mid-run",
    ends: "incomplete",
    says: /Worker 0 was lost/,
    flags: ["--set", "selftest.worker-dies=1s"],
  },
  {
    what: "disk: full in mid-run",
    ends: "incomplete",
    says: /the event log cannot be written/,
    shell: "ulimit -f 20; exec",
    flags: ["-n", "200"],
  },
];

export async function prove(findings, { isQuick }) {
  const chosen = isQuick ? SATURATIONS.filter(({ what }) => /1.3 s|files|40,000/.test(what)) : SATURATIONS;
  for (const saturation of chosen) await proveSaturation(findings, saturation);
  const calm = isQuick ? 2 : CALM_RUNS;
  for (let seed = 1; seed <= calm; seed++) {
    const { code, result, said } = await liveRun({ text: SCENARIO, flags: ["--seed", String(seed)] });
    const why = code === 0 ? "" : `: ${reasonOf(result, said)}`;
    findings.add(`calm run, seed ${seed}`, "passed", `${CODES[code] ?? code}${why}`, code === 0);
  }
}

async function proveSaturation(findings, { what, ends, says, flags, shell, v8, needs, harm }) {
  if (needs !== undefined && !canUse(needs)) {
    findings.note(what, `not tried: ${needs} cannot be used here`);
    return;
  }
  let harming = Promise.resolve();
  let isHarmed = harm === undefined;
  const onWords = (words, run) => {
    if (isHarmed || !words.includes("rolling out")) return;
    isHarmed = true;
    harming = harm(run);
  };
  const { code, said, result } = await liveRun({ text: SCENARIO, flags, shell, v8, onWords });
  await harming;
  const reason = reasonOf(result, said);
  const isHeld = CODES[code] === ends && says.test(result === undefined ? said : result.reasons.join("\n"));
  findings.add(what, `${ends}, because ${says.source}`, `${CODES[code] ?? `exit code ${code}`}: ${reason}`, isHeld);
}

const reasonOf = (result, said) => result?.reasons[0] ?? said.trim().split("\n").at(-1);

function canUse(tool) {
  const tried = tool === "unshare" ? spawnSync("unshare", ["-n", "true"]) : spawnSync(tool, ["--version"]);
  return tried.status === 0;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Processes that do nothing but compute, for as long as the run lives. */
function burnUntilEnd(run, processes) {
  const burners = Array.from({ length: processes }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  return new Promise((resolve) => {
    run.once("close", () => {
      for (const burner of burners) burner.kill("SIGKILL");
      resolve();
    });
  });
}

// Sixty times real time: a run of some ten seconds, whose thresholds need the generator to be in time.
const SCENARIO = `
name: saturation
clock: { start: 2026-03-10T12:00:00Z, speed: 60 }
image: { make: { project: thermostat, version: 2.0.0, size: 16KiB } }
nodes: 100
fleet:
  connect: { over: 1s }
  cohorts:
    - name: homes
      runs: { version: 1.4.2 }
      zones: Asia/Shanghai
      offline: none
      autofetch: { every: 6m, phase: even }
jobs: [{ name: spring }]
end: { when: settled, after: 12m }
thresholds:
  outcome.success: ["rate>0.99"]
  fetch_ack: ["p(50)<1s"]
`;
