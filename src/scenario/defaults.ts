/**
 * What holds where a scenario says nothing, in the scenario's own words. Figures of the field where there are any;
 * what is only a model is marked so in the schema, for a user's own telemetry should replace it.
 */

/** Nodes where cohorts have shares and no total is given. */
export const DEFAULT_NODES = 1_000;

/** The seed where none is given. */
export const SEED_DEFAULT = 1;

/** Every trait of a cohort; what a cohort leaves out, and what it is `like` leaves out, is taken from here. */
export const COHORT_DEFAULTS = {
  runs: { checks: { project: true, version: true, secureVersion: true } },
  // Shares of households with a smart home, and internet users, by country.
  zones: "world",
  link: {
    // Between a plain loop over 5,760 bytes of TCP window and users' reports of 15 to 120 KB/s.
    throughput: { lognormal: { p50: "50KB/s", p95: "120KB/s" } },
    // Half of a round trip of 40 ms (p95 180 ms).
    latency: { lognormal: { p50: "20ms", p95: "90ms" } },
    // The default throughput is what is left after losses.
    loss: "0%",
  },
  // A 4 KiB sector: erase 45 ms, and 16 pages of 0.6 ms each.
  flash: { write: "75KB/s" },
  // One spell in 17 days is the median home gateway of rich countries (Grover et al., IMC 2013); about 2 % offline.
  offline: { spells: "0.06/d", last: { lognormal: { p50: "30m", p95: "1d" } } },
  // The firmware's own: Kconfig has a period of 0.
  autofetch: "after-boot",
  // Start of the MQTT client in a boot log with TLS (esp-mqtt issue 91).
  boot: "8s",
  faults: {},
} as const;

export const IMAGE_DEFAULTS = {
  chip: "esp32c3",
  project: "demo",
  version: "2.0.0",
  // Whole images of real projects have 0.8 to 2.0 MB.
  size: "1.5MB",
  secureVersion: 0,
} as const;

/** The version that nodes run unless the scenario says so. Never the image's: nodes refuse the version they run. */
export const VERSION_BEFORE = "0.0.1-before";

export const BACKEND_DEFAULTS = {
  adapter: "rainmaker",
  basicIngest: true,
  tls: false,
  urlLife: "24h",
  strict: "rainmaker",
} as const;

/**
 * Users who are asked by a prompt in an app: a quarter of them never answer, half of the others within three days.
 * Figures of rollouts by prompt (Safari, iOS): no measurement of approvals themselves is known.
 */
export const APPROVAL_DEFAULTS = {
  share: "75%",
  delay: { lognormal: { p50: "3d", p95: "60d" } },
  forgetful: "0%",
  reminder: "1d",
} as const;

/** Wall time of the ramp. */
export const CONNECT_OVER = "10s";
