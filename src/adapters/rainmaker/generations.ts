/**
 * The firmware generations of RainMaker nodes, as data: the newest whole, each older one by what differs from the next.
 * Source: the releases of espressif/esp-rainmaker named here, and their answers when run.
 */
import type { Generation } from "../../node/generation.ts";

const MINUTE_MS = 60_000;

const CURRENT: Generation = {
  name: "rainmaker-1.16",
  attemptsMax: 3,
  refetchAfterMs: 5 * MINUTE_MS,
  fetchAckWaitMs: MINUTE_MS,
  retryDelaysMs: [30_000, 60_000, 120_000, 240_000, 480_000],
  unsentRetryDelaysMs: [30_000, 60_000, 120_000, 240_000, 480_000],
  openFetch: "skipped",
  fetchesOffline: false,
  autofetchWraps: false,
  autofetchRepeats: false,
  // 2^32 ticks of 10 ms.
  waitWrapMs: 2 ** 32 * 10,
  resume: "KiB",
  heedsTimeLimits: true,
  erasesUpdateFlag: true,
  finishesBrokenTransfers: false,
  silentFinishFailure: false,
  chipMismatch: "rejected",
  reportsBeforeMarking: false,
  confirmsOn: "connected",
  firstFetchAfterMs: 5_000,
  rebootAfterMs: 10_000,
  rollbackWaitMs: 90_000,
  redialMs: 10_000,
  dialTimeoutMs: 10_000,
  outboxMaxAgeMs: 30_000,
  resendAfterMs: 1_000,
};

/** To 1.12.8: the period overflows, the back-off never grows, long waits wrap at 49.7 days. */
const V1_12_7: Generation = {
  ...CURRENT,
  name: "rainmaker-1.12.7",
  autofetchWraps: true,
  waitWrapMs: 2 ** 32,
  retryDelaysMs: [60_000],
  unsentRetryDelaysMs: [30_000],
};

/** 1.7.2 to 1.12.6: the resume offset in bytes. */
const V1_7_2: Generation = { ...V1_12_7, name: "rainmaker-1.7.2", resume: "bytes" };

/** 1.6.4 to 1.7.1: no resume. */
const V1_6_4: Generation = { ...V1_7_2, name: "rainmaker-1.6.4", resume: "none" };

/** 1.6.3: the older texts. */
const V1_6_3: Generation = { ...V1_6_4, name: "rainmaker-1.6.3" };

/** 1.6.0 to 1.6.2: a fetch while one is open is taken for a failure. */
const V1_6_0: Generation = { ...V1_6_3, name: "rainmaker-1.6.0", openFetch: "counts as failure" };

/** 1.5: one attempt, nobody watches the acknowledgement, no fetch again. */
const V1_5_7: Generation = {
  ...V1_6_0,
  name: "rainmaker-1.5.7",
  attemptsMax: 1,
  refetchAfterMs: undefined,
  fetchAckWaitMs: undefined,
  openFetch: "sent again",
  fetchesOffline: true,
  autofetchWraps: false,
  autofetchRepeats: true,
  finishesBrokenTransfers: true,
  silentFinishFailure: true,
};

/** March 2023: before the windows, and before the update flag was erased. */
const V2023_03: Generation = {
  ...V1_5_7,
  name: "rainmaker-2023-03",
  heedsTimeLimits: false,
  erasesUpdateFlag: false,
  reportsBeforeMarking: true,
};

/** November 2022. */
const V2022_11: Generation = { ...V2023_03, name: "rainmaker-2022-11", chipMismatch: "failed" };

/** Basic ingest came in November 2022: older firmware knows only plain topics. */
export function hasBasicIngest(generation: Generation): boolean {
  return generation.name !== V2022_11.name;
}

const NEWEST_FIRST = [CURRENT, V1_12_7, V1_7_2, V1_6_4, V1_6_3, V1_6_0, V1_5_7, V2023_03, V2022_11] as const;

export const DEFAULT_GENERATION = CURRENT.name;

export const GENERATIONS: Readonly<Record<string, Generation>> = Object.fromEntries(
  NEWEST_FIRST.map((generation) => [generation.name, generation]),
);

/** The generation of a release: the newest that is not newer. `1.12.9` -> rainmaker-1.16, `2022-11 @de07b6c` -> rainmaker-2022-11. */
export function generationOfRelease(release: string): Generation {
  const month = /^(\d{4})-(\d{2})/.exec(release);
  if (month !== null) return Number(month[1]) * 100 + Number(month[2]) < 202_303 ? V2022_11 : V2023_03;
  const asked = parts(release);
  if (isAtLeast(asked, [1, 12, 9])) return CURRENT;
  const known = NEWEST_FIRST.find(({ name }) => /-\d+\.\d+/.test(name) && isAtLeast(asked, parts(name.slice(10))));
  return known ?? V1_5_7;
}

function parts(version: string): readonly number[] {
  return version
    .split(/[. ]/)
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 10) || 0);
}

function isAtLeast(version: readonly number[], least: readonly number[]): boolean {
  for (let i = 0; i < 3; i++) {
    const difference = (version[i] ?? 0) - (least[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
