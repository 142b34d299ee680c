/**
 * The one generation of the plain HTTP node: RainMaker's machine without RainMaker. It has no link of its own, so the
 * first answered request confirms a new image, and HTTP tells at once whether a question was heard.
 */
import type { Generation } from "../../node/generation.ts";

const HTTP_POLL: Generation = {
  name: "http-poll-1",
  attemptsMax: 3,
  refetchAfterMs: 300_000,
  fetchAckWaitMs: 10_000,
  retryDelaysMs: [30_000, 60_000, 120_000, 240_000, 480_000],
  unsentRetryDelaysMs: [30_000, 60_000, 120_000, 240_000, 480_000],
  openFetch: "skipped",
  fetchesOffline: false,
  autofetchWraps: false,
  autofetchRepeats: false,
  waitWrapMs: Infinity,
  resume: "KiB",
  heedsTimeLimits: true,
  erasesUpdateFlag: true,
  finishesBrokenTransfers: false,
  silentFinishFailure: false,
  chipMismatch: "rejected",
  reportsBeforeMarking: false,
  confirmsOn: "first answer",
  firstFetchAfterMs: 5_000,
  rebootAfterMs: 10_000,
  rollbackWaitMs: 90_000,
  redialMs: 10_000,
  dialTimeoutMs: 10_000,
  outboxMaxAgeMs: 30_000,
  resendAfterMs: 10_000,
};

export const DEFAULT_GENERATION = HTTP_POLL.name;

export const GENERATIONS: Readonly<Record<string, Generation>> = { [HTTP_POLL.name]: HTTP_POLL };
