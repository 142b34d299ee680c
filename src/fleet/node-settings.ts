/**
 * From a fleet to what its nodes need: the settings that a shard's rows share, and the birth of each node. A pure
 * function of fleet, seed and index, so whichever worker drives a node, it is born the same.
 */
import { assert } from "../base/assert.ts";
import { Book, TextBook } from "../base/book.ts";
import { DAY_US, MILLISECOND_US, NEVER, type InstantUs } from "../base/instant.ts";
import { draw, seedOf } from "../base/random.ts";
import type { Adapter } from "../adapters/adapter.ts";
import { FAULTS } from "../faults/faults.ts";
import { DEFAULT_BUILD, type Generation } from "../node/generation.ts";
import type { ImageIdentity } from "../node/image-identity.ts";
import { parsePosixZone, type PosixZone } from "../node/posix-zone.ts";
import type { CohortSettings, NodeBooks, NodeSettings } from "../node/settings.ts";
import type { Birth } from "../node/virtual-node.ts";
import type { Cohort } from "./cohort.ts";
import { EvenPlaces } from "./even-places.ts";
import type { Fleet } from "./fleet.ts";
import { runsIn, runsPlaceOf, zonesIn } from "./fleet-rows.ts";
import { type LifeDraws, lifeDrawsOf } from "./life-draws.ts";
import { nodeRuleOf } from "./node-zone.ts";
import { PURPOSE } from "./purposes.ts";
import { type NodeTraits, traitsOf } from "./traits.ts";

/** Reading back and hashing a slot: ESP32's flash reads some 6.65 MB/s (ESP-IDF's performance targets). */
const FLASH_READ_BYTES_PER_SECOND = 6_650_000;
/** An OTA slot of a board with 8 MB of flash; those with 4 MB have 1,600 to 1,920 KiB. */
export const SLOT_BYTES = 3 * 1_024 * 1_024;
/** A node of a running fleet has been up for anything to so long. */
const UPTIME_MAX_US = 30 * DAY_US;

/** Cohorts by generation and hardware: one entry of the settings for each combination. */
interface Kin {
  readonly cohort: Cohort;
  readonly generation: Generation;
  readonly hardware: string;
}

export interface FleetOfShard {
  readonly settings: NodeSettings;
  traitsOf(slot: number): NodeTraits;
  /** `traits`: the node's, where the caller has them already. */
  birthOf(slot: number, traits?: NodeTraits): Birth;
}

export interface ShardPlan {
  readonly fleet: Fleet;
  readonly seed: number;
  readonly adapter: Adapter;
  readonly firstNode: number;
  /** UTC at fleet instant 0, milliseconds since 1970. */
  readonly startUtcMs: number;
  /** Fleet seconds in a wall second, for what waits on the backend: 1 under the virtual driver. */
  readonly speed: number;
  /** The same for the ramp, whose length a scenario gives in wall time: the scenario's own, under both drivers. */
  readonly rampSpeed: number;
}

export function fleetOfShard(plan: ShardPlan): FleetOfShard {
  const seed = seedOf(plan.seed);
  const kin = kinOf(plan.fleet, plan.adapter);
  const books: NodeBooks = {
    offers: new Book(),
    outbox: new Book(),
    texts: new TextBook(),
    images: new Book<ImageIdentity>(),
    laterFetches: new Map(),
  };
  // The first numbers of the book, by cohort: see `runningImagesIn`.
  const images = plan.fleet.cohorts.map((cohort) =>
    runsIn(cohort).map(({ project, version, secureVersion }) =>
      books.images.add({ project, version, secureVersion, suitsChip: true, sizeBytes: 0, sha256: "" }),
    ),
  );
  const zones = new ZoneNumbers(plan.adapter.kind);
  for (const cohort of plan.fleet.cohorts) for (const zone of zonesIn(cohort)) zones.numberOf(zone);
  const settings: NodeSettings = {
    seed,
    firstNode: plan.firstNode,
    startEpochUs: plan.startUtcMs * MILLISECOND_US,
    fleetPerWall: plan.speed,
    leapsUnheardTimers: true,
    cohorts: kin.map((one) => cohortSettings(one)),
    zones: zones.zones,
    faults: FAULTS.map((fault) => fault.touch),
    books,
  };
  const kinOfCohort = plan.fleet.cohorts.map((cohort) =>
    kin.flatMap((one, number) => (one.cohort === cohort ? [{ ...one, number }] : [])),
  );
  const lifeDraws = plan.fleet.cohorts.map(lifeDrawsOf);
  const ramp = new EvenPlaces(plan.fleet.nodes);
  const traitsOfSlot = (slot: number): NodeTraits => traitsOf(plan.fleet, seed, plan.firstNode + slot);
  return {
    settings,
    traitsOf: traitsOfSlot,
    birthOf: (slot, traits = traitsOfSlot(slot)) => {
      const node = plan.firstNode + slot;
      const cohort = plan.fleet.cohorts[traits.cohort] as Cohort;
      // Who is gone lies in a drawer: off for good, so that a plan need not live its days.
      const isGone = traits.startsOfflineForUs === NEVER;
      const isRunning = plan.fleet.begins === "running" && !isGone;
      const isUp = traits.startsOfflineForUs === 0;
      const own = kinOfCohort[traits.cohort]?.find(
        ({ generation, hardware }) => generation.name === traits.generation && hardware === traits.hardware,
      );
      assert(own !== undefined, "a cohort has its nodes' generations, on their hardware", traits.generation);
      return {
        cohort: own.number,
        zone: zones.numberOf(traits.zone),
        throughputBytesPerSecond: traits.throughputBytesPerSecond,
        flashBytesPerSecond: traits.flashBytesPerSecond,
        faults: traits.faults,
        image: images[traits.cohort]?.[runsPlaceOf(cohort, node)] as number,
        imageState: "valid",
        secureVersion: cohort.runs.secureVersion,
        begins: isRunning ? "running" : "off",
        bootAtUs: isRunning
          ? -Math.round(draw(seed, node, PURPOSE.uptime, 0) * UPTIME_MAX_US)
          : isGone
            ? NEVER
            : bootInRampUs(plan, ramp.middleOf(node)),
        autofetchPhase: traits.autofetchPhase,
        isUp,
        networkChangesAtUs: isUp
          ? firstSpellUs(lifeDraws[traits.cohort] as LifeDraws, seed, node)
          : traits.startsOfflineForUs,
      };
    },
  };
}

/** Images that nodes of a fleet run at the start: they have the first numbers of a shard's image book, from 1. */
export function runningImagesIn({ cohorts }: Fleet): number {
  return cohorts.reduce((sum, cohort) => sum + runsIn(cohort).length, 0);
}

/** A booting fleet comes up evenly along the ramp, whose length is given in wall time. */
function bootInRampUs({ fleet, rampSpeed }: ShardPlan, share: number): InstantUs {
  return Math.round(share * fleet.connectOverMs * MILLISECOND_US * rampSpeed);
}

function firstSpellUs({ spellGapUs }: LifeDraws, seed: number, node: number): InstantUs {
  // Memoryless: what is left of a gap has the gap's own law.
  return spellGapUs(draw(seed, node, PURPOSE.firstSpellGap, 0));
}

function cohortSettings({ cohort, generation, hardware }: Kin): CohortSettings {
  const { autofetch, runs } = cohort;
  return {
    ...lifeDrawsOf(cohort),
    generation,
    hardware,
    build: {
      ...DEFAULT_BUILD,
      autofetch: autofetch.kind !== "never",
      autofetchPeriodMs: autofetch.kind === "periodic" ? autofetch.everyUs / MILLISECOND_US : 0,
      checkProject: runs.checks.project,
      checkVersion: runs.checks.version,
      checkSecureVersion: runs.checks.secureVersion,
    },
    selfTestAtBoot: "none",
    selfTestAfterConnect: "none",
    verifyUs: (bytes) => Math.round((bytes / FLASH_READ_BYTES_PER_SECOND) * 1e6),
    syncsClock: true,
    dialsItself: true,
    slotBytes: SLOT_BYTES,
  };
}

function kinOf(fleet: Fleet, adapter: Adapter): Kin[] {
  return fleet.cohorts.flatMap((cohort) =>
    cohort.runs.generations.flatMap(({ value }) => {
      const generation = adapter.generations[value];
      assert(generation !== undefined, `the adapter ${adapter.kind} has a generation ${value}`);
      const hardware = runsIn(cohort).flatMap((runs) => runs.hardware?.map((each) => each.value) ?? [""]);
      return [...new Set(hardware)].map((revision) => ({ cohort, generation, hardware: revision }));
    }),
  );
}

/** Zones by number, each with the rule that a node of this kind of backend has for it. */
class ZoneNumbers {
  readonly zones: PosixZone[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #kind: string;

  constructor(kind: string) {
    this.#kind = kind;
  }

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const zone = parsePosixZone(nodeRuleOf(this.#kind, name));
    assert(zone !== undefined, `zone ${name} has a POSIX rule`);
    const number = this.zones.push(zone) - 1;
    this.#numbers.set(name, number);
    return number;
  }
}
