/** A scenario of twenty nodes as a function of the seed: faults, spells, windows, generations, all at random. */
import type { Adapter } from "../../src/adapters/adapter.ts";
import { httpPoll } from "../../src/adapters/http-poll/adapter.ts";
import { rainmaker } from "../../src/adapters/rainmaker/adapter.ts";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { draw } from "../../src/base/random.ts";
import type { VirtualImage } from "../../src/drivers/virtual/virtual-images.ts";
import { FAULT_NAMES } from "../../src/faults/fault-names.ts";
import { IMAGE_BORNE_FAULTS } from "../../src/faults/image-borne.ts";
import type { Autofetch, Cohort, Offline, PowerCut, Weighted } from "../../src/fleet/cohort.ts";
import type { JobScenario, PlannedDefect, Scenario, Targets } from "../../src/scenario/scenario.ts";
import { PLAIN_BACKEND, PLAIN_JOB, PLAIN_RUNS } from "../scenario/plain.ts";

export interface RandomWorld {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly adapter: Adapter;
  readonly image: VirtualImage;
}

const NODES = 20;
const PROJECT = "thermostat";
const VERSION = "2.0.0";
/** Later ones are drawn with the image's defects: a throw more here would move every world that once found something. */
const FIRST_FAULTS = FAULT_NAMES.slice(0, 8);

/** Zones whose rule the firmware has as the world has it, so that a checker may ask another source of local time. */
export const HONEST_ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "America/St_Johns",
  "Pacific/Chatham",
  "Asia/Tokyo",
  "Europe/London",
] as const;

/** Evenings before clock changes, leap day's eve of the calendar, and plain days. */
const STARTS = [
  "2026-03-28T18:00:00Z",
  "2026-10-24T20:30:00Z",
  "2026-03-07T12:00:00Z",
  "2026-04-04T10:00:00Z",
  "2026-12-31T22:00:00Z",
  "2027-06-15T00:00:00Z",
  "2028-02-28T12:00:00Z",
];

export function randomWorld(seed: number): RandomWorld {
  const dice = new Dice(seed);
  const adapter = dice.chance(0.75) ? rainmaker : httpPoll;
  const secureVersion = dice.chance(0.7) ? 0 : dice.whole(0, 3);
  const sizeBytes = dice.whole(4, 1_024) * 1_024 + dice.whole(0, 1_023);
  const startUtcMs = Date.parse(dice.one(STARTS));
  const made = { from: "make", project: PROJECT, version: VERSION, chip: "esp32c3", secureVersion, sizeBytes } as const;
  const all = cohorts(dice, adapter, secureVersion);
  // Questions of 1.6.0 that meet multiply; a long life of them is many events and nothing new.
  const isNoisy = all.some(({ runs }) => runs.generations.some(({ value }) => value === "rainmaker-1.6.0"));
  const scenario: Scenario = {
    schema: 1,
    name: `seed-${seed}`,
    about: "",
    tags: {},
    seed,
    clock: { startUtcMs, speed: 1 },
    backend: { ...PLAIN_BACKEND, adapter: adapter.kind },
    image: made,
    fleet: {
      nodes: NODES,
      begins: dice.chance(0.7) ? "running" : "booting",
      connectOverMs: dice.one([0, 1_000, 60_000]),
      cohorts: all,
    },
    groups: [],
    jobs: [job(dice, adapter, startUtcMs / 1_000)],
    end: { when: "settled", afterUs: dice.one(isNoisy ? [3, 6] : [6, 12, 24, 36]) * HOUR_US },
    thresholds: [],
    selftest: undefined,
  };
  // Drawn last, so that seeds which once found something still make the same world but for its cuts.
  const withCuts = all.map((cohort) => ({ ...cohort, powerCuts: powerCuts(dice) }));
  const withHardware = withCuts.map((cohort) => ({ ...cohort, runs: { ...cohort.runs, hardware: HARDWARE } }));
  const defects = defectsOf(dice);
  const last = { ...scenario, image: { ...made, defects }, fleet: { ...scenario.fleet, cohorts: withHardware } };
  return { seed, scenario: last, adapter, image: { ...made, md5: "5d41402abc4b2a76b9719d911017c592" } };
}

const HARDWARE: readonly Weighted[] = [
  { value: "rev-a", weight: 3 },
  { value: "rev-b", weight: 1 },
];

function defectsOf(dice: Dice): readonly PlannedDefect[] {
  if (dice.chance(0.8)) return [];
  return Array.from({ length: dice.whole(1, 3) }, () => {
    const fault = dice.one(IMAGE_BORNE_FAULTS);
    const hardware = dice.one([undefined, "rev-a", "rev-b"]);
    return {
      fault,
      hardware,
      share: dice.one([0.2, 1]),
      afterUs: dice.chance(0.5) && fault === "boot-loop" ? HOUR_US : 0,
    };
  });
}

function cohorts(dice: Dice, adapter: Adapter, secureVersion: number): Cohort[] {
  const sizes = dice.one([[20], [12, 8], [10, 6, 4]]);
  let firstNode = 0;
  return sizes.map((nodes, number) => {
    const cohort: Cohort = {
      name: `cohort-${number}`,
      firstNode,
      nodes,
      runs: {
        project: dice.chance(0.93) ? PROJECT : "kettle",
        version: dice.chance(0.95) ? "1.4.2" : VERSION,
        chip: dice.chance(0.95) ? "esp32c3" : "esp32s3",
        secureVersion: dice.chance(0.9) ? Math.min(secureVersion, dice.whole(0, 3)) : secureVersion + 1,
        ...PLAIN_RUNS,
        generations: generations(dice, adapter),
      },
      zones: [dice.one(HONEST_ZONES), dice.one(HONEST_ZONES)].map((value) => ({ value, weight: dice.whole(1, 5) })),
      throughputBytesPerSecond: { kind: "lognormal", p50: dice.one([2_000, 20_000, 200_000]), p95: 400_000 },
      latencyUs: dice.one([
        { kind: "fixed", value: 40_000 },
        { kind: "fixed", value: 0 },
        { kind: "uniform", min: 1_000, max: 400_000 },
      ]),
      flashBytesPerSecond: { kind: "normal", mean: 75_000, sd: 20_000 },
      offline: offline(dice),
      powerCuts: [],
      autofetch: autofetch(dice),
      bootUs: { kind: "uniform", min: SECOND_US, max: 20 * SECOND_US },
      faults: FIRST_FAULTS.filter(() => dice.chance(0.3)).map((fault) => ({ fault, share: dice.one([0.1, 0.5, 1]) })),
    };
    firstNode += nodes;
    return cohort;
  });
}

function generations(dice: Dice, adapter: Adapter): Weighted[] {
  if (dice.chance(0.4)) return [{ value: adapter.defaultGeneration, weight: 1 }];
  const names = Object.keys(adapter.generations);
  return [...new Set([dice.one(names), dice.one(names)])].map((value) => ({ value, weight: 1 }));
}

function offline(dice: Dice): Offline {
  if (dice.chance(0.3)) return { kind: "none" };
  const p50 = dice.one([20 * SECOND_US, 5 * MINUTE_US, 40 * MINUTE_US]);
  return { kind: "spells", perDay: dice.one([0.5, 4, 20]), lastUs: { kind: "lognormal", p50, p95: 8 * p50 } };
}

function powerCuts(dice: Dice): PowerCut[] {
  if (dice.chance(0.7)) return [];
  return Array.from({ length: dice.whole(1, 3) }, () => ({
    atUs: dice.whole(0, 8 * 3_600) * SECOND_US,
    forUs: dice.one([SECOND_US, 5 * 60 * SECOND_US, HOUR_US]),
  }));
}

function autofetch(dice: Dice): Autofetch {
  const kind = dice.whole(0, 9);
  if (kind === 0) return { kind: "never" };
  if (kind === 1) return { kind: "after boot" };
  return {
    kind: "periodic",
    everyUs: dice.one([1, 3, 6, 12, 24]) * HOUR_US,
    phase: dice.chance(0.7) ? "uniform" : 0.5,
    jitterUs: dice.chance(0.5) ? 0 : 10 * MINUTE_US,
  };
}

function job(dice: Dice, adapter: Adapter, startSeconds: number): JobScenario {
  const from = dice.chance(0.5) ? undefined : startSeconds + dice.whole(-3_600, 36_000);
  const until = dice.chance(0.5) ? undefined : startSeconds + dice.whole(3_600, 200_000);
  const minute = dice.whole(0, 1_439);
  const window = { startMinute: minute, endMinute: (minute + dice.whole(0, 600)) % 1_440 };
  return {
    ...PLAIN_JOB,
    targets: targets(dice),
    trigger: adapter.can.forcePush && dice.chance(0.3) ? "force-push" : "default",
    window: dice.chance(0.5) ? undefined : window,
    validity: from === undefined && until === undefined ? undefined : { startSeconds: from, endSeconds: until },
  };
}

function targets(dice: Dice): Targets {
  const kind = dice.whole(0, 5);
  if (kind === 0) return { kind: "nodes", ranges: [[2, 11]] };
  if (kind === 1) return { kind: "cohorts", names: ["cohort-0"] };
  if (kind === 2) return { kind: "where", project: PROJECT, version: undefined };
  return { kind: "all" };
}

/** Throws by the seed, in the order asked. */
export class Dice {
  readonly #seed: number;
  #thrown = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get u(): number {
    // A purpose of its own, so that no throw is a draw of the run.
    return draw(this.#seed, 0, 255, this.#thrown++);
  }

  chance(share: number): boolean {
    return this.u < share;
  }

  /** Both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.u * (to - from + 1));
  }

  one<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.u * choices.length)] as T;
  }
}
