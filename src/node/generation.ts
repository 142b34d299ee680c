/**
 * A firmware generation: one release of the node's OTA code, as data. The adapter of the backend's kind lists them
 * and knows the texts; the node knows only these switches. Figures of RainMaker's: esp_rainmaker, src/ota and
 * Kconfig.projbuild, release by release.
 */
export interface Generation {
  readonly name: string;
  /** Attempts on one offer, back to back. */
  readonly attemptsMax: number;
  /** Fetch again so long after the last attempt failed; undefined = never by itself. */
  readonly refetchAfterMs: number | undefined;
  /** Wait so long for the acknowledgement of a fetch; undefined = nobody waits. Wall time. */
  readonly fetchAckWaitMs: number | undefined;
  /** Delays of the fetch retry chain after an unacknowledged fetch, and after one that could not be sent; the last repeats. */
  readonly retryDelaysMs: readonly number[];
  readonly unsentRetryDelaysMs: readonly number[];
  /** What a fetch does while one is open. */
  readonly openFetch: "skipped" | "counts as failure" | "sent again";
  /** A fetch while offline is handed to the MQTT client all the same. */
  readonly fetchesOffline: boolean;
  /** The autofetch period overflows 32 bits on its way from milliseconds to ticks of 10 ms. */
  readonly autofetchWraps: boolean;
  /** The period's timer repeats by itself; else each firing arms it anew. */
  readonly autofetchRepeats: boolean;
  /** Longest wait that a delayed fetch's timer can count; longer ones start again from nothing. */
  readonly waitWrapMs: number;
  readonly resume: "none" | "bytes" | "KiB";
  readonly heedsTimeLimits: boolean;
  /** The update flag in NVS is erased when the image is marked valid. */
  readonly erasesUpdateFlag: boolean;
  /** Before 1.6.0 finish() ran after failures too, and a broken transfer was reported twice. */
  readonly finishesBrokenTransfers: boolean;
  /** Before 1.6.0 a failed finish was not told. */
  readonly silentFinishFailure: boolean;
  readonly chipMismatch: "rejected" | "failed";
  /** Before 1.5 success was told before the image was marked valid. */
  readonly reportsBeforeMarking: boolean;
  /** A new image is confirmed by the link alone; else by the first answered question. */
  readonly confirmsOn: "connected" | "first answer";
  readonly firstFetchAfterMs: number;
  readonly rebootAfterMs: number;
  readonly rollbackWaitMs: number;
  readonly redialMs: number;
  readonly dialTimeoutMs: number;
  readonly outboxMaxAgeMs: number;
  readonly resendAfterMs: number;
}

/** Build options of a firmware (Kconfig), as far as a node behaves by them. */
export interface BuildOptions {
  readonly autofetch: boolean;
  /** Whole hours in the firmware; 0 = only after boot. Finer here, for other kinds of backend. */
  readonly autofetchPeriodMs: number;
  readonly attemptsMax: number | undefined;
  readonly refetchAfterMs: number | undefined;
  readonly rollback: boolean;
  readonly rollbackWaitMs: number | undefined;
  readonly rollbackReportsFailed: boolean;
  readonly timeLimits: boolean;
  readonly resume: boolean;
  /** Percent between progress reports; 0 = none. */
  readonly progressEvery: number;
  readonly autoReboot: boolean;
  readonly checkProject: boolean;
  readonly checkVersion: boolean;
  readonly checkSecureVersion: boolean;
}

export const DEFAULT_BUILD: BuildOptions = {
  autofetch: true,
  autofetchPeriodMs: 0,
  attemptsMax: undefined,
  refetchAfterMs: undefined,
  rollback: true,
  rollbackWaitMs: undefined,
  rollbackReportsFailed: false,
  timeLimits: true,
  resume: true,
  progressEvery: 0,
  autoReboot: true,
  checkProject: true,
  checkVersion: true,
  checkSecureVersion: true,
};
