// A week of a fleet that lives as most do: spells, a question each day, one rollout by night.
const HOUR_US = 3_600e6;
const DAY_US = 24 * HOUR_US;

export const IMAGE = {
  project: "thermostat",
  version: "2.0.0",
  chip: "esp32c3",
  secureVersion: 0,
  sizeBytes: 1_048_576,
  md5: "5d41402abc4b2a76b9719d911017c592",
};

export function weekOf(nodes) {
  const cohort = {
    name: "homes",
    firstNode: 0,
    nodes,
    runs: {
      project: "thermostat",
      version: "1.4.2",
      chip: "esp32c3",
      secureVersion: 0,
      type: "thermostat",
      model: "thermostat",
      checks: { project: true, version: true, secureVersion: true },
      generations: [{ value: "rainmaker-1.16", weight: 1 }],
    },
    zones: ["Europe/Berlin", "America/New_York", "Asia/Kolkata"].map((value) => ({ value, weight: 1 })),
    throughputBytesPerSecond: { kind: "lognormal", p50: 50_000, p95: 120_000 },
    latencyUs: { kind: "lognormal", p50: 40_000, p95: 200_000 },
    flashBytesPerSecond: { kind: "fixed", value: 75_000 },
    offline: { kind: "spells", perDay: 0.06, lastUs: { kind: "lognormal", p50: HOUR_US / 2, p95: DAY_US } },
    powerCuts: [],
    autofetch: { kind: "periodic", everyUs: DAY_US, phase: "uniform", jitterUs: 0 },
    bootUs: { kind: "uniform", min: 3e6, max: 9e6 },
    faults: [
      { fault: "boot-loop", share: 0.02 },
      { fault: "power-loss-in-write", share: 0.01 },
    ],
  };
  return {
    schema: 1,
    name: "bench",
    about: "",
    seed: 1,
    clock: { startUtcMs: Date.parse("2026-05-04T12:00:00Z"), speed: 1 },
    backend: {
      adapter: "rainmaker",
      urls: [],
      basicIngest: true,
      tls: false,
      urlLifeUs: DAY_US,
      strict: "rainmaker",
      faults: [],
    },
    image: { from: "make", ...IMAGE },
    fleet: { nodes, begins: "running", connectOverMs: 10_000, cohorts: [cohort] },
    groups: [],
    jobs: [
      {
        name: "spring",
        targets: { kind: "all" },
        trigger: "default",
        window: { startMinute: 60, endMinute: 300 },
        validity: undefined,
        metadata: {},
        startsUs: 0,
      },
    ],
    end: { when: "settled", afterUs: 7 * DAY_US },
    thresholds: [],
    selftest: undefined,
  };
}
