/** Runs a world under the virtual driver, and keeps all that its nodes were told, did and said. */
import { BELIEFS, type Belief } from "../../src/base/belief.ts";
import type { FleetWatcher } from "../../src/drivers/virtual/fleet-watcher.ts";
import { VirtualFleet, type VirtualEnd } from "../../src/drivers/virtual/virtual-fleet.ts";
import { planOf } from "../../src/engine/scenario-plan.ts";
import { FAULT_NAMES } from "../../src/faults/fault-names.ts";
import { traitsOf, type NodeTraits } from "../../src/fleet/traits.ts";
import { seedOf } from "../../src/base/random.ts";
import { MINUTE_US } from "../../src/base/instant.ts";
import { RECORD_KINDS, type RecordKind } from "../../src/measure/event-record.ts";
import { progressOf } from "../../src/measure/progress.ts";
import { addRecord, emptyState } from "../../src/measure/reducer.ts";
import { NO_BELIEF, type RunFacts } from "../../src/measure/run-facts.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import type { Generation } from "../../src/node/generation.ts";
import type { ImageIdentity } from "../../src/node/image-identity.ts";
import type { NodeInput } from "../../src/node/inputs.ts";
import type { NodeNote } from "../../src/node/notes.ts";
import type { Offer } from "../../src/node/offer.ts";
import type { OutboxEntry } from "../../src/node/report.ts";
import { targetsOf } from "../../src/scenario/targets.ts";
import type { RandomWorld } from "./random-world.ts";

/** A note of a node, with what the node's row said at that moment. */
export interface Noted {
  readonly node: number;
  readonly atUs: number;
  readonly note: NodeNote;
  readonly clockSeconds: number;
  readonly isClockSet: boolean;
  /** 0 = it is off. */
  readonly runningImage: number;
  readonly eFuseSecureVersion: number;
  readonly isSlotDamaged: boolean;
  /** The offer that the note is about, or that is being worked on. */
  readonly offer: Offer | undefined;
  /** The message that the note is about. */
  readonly entry: Readonly<OutboxEntry> | undefined;
}

export interface Heard {
  readonly node: number;
  readonly atUs: number;
  readonly input: NodeInput;
  readonly offer: Offer | undefined;
}

export interface Recorded {
  readonly kind: RecordKind;
  readonly node: number;
  readonly atUs: number;
  readonly detail: number;
  readonly job: number;
  readonly a: number;
}

export interface History {
  readonly world: RandomWorld;
  readonly notes: readonly Noted[];
  readonly inputs: readonly Heard[];
  /** The same notes, those of each node by themselves. */
  readonly notesOf: readonly (readonly Noted[])[];
  /** What was put on record of each node. */
  readonly recordsOf: readonly (readonly Recorded[])[];
  /** What the backend believed of each node, each change of it. */
  readonly beliefs: readonly (readonly Belief[])[];
  readonly traits: readonly NodeTraits[];
  readonly generations: readonly Generation[];
  readonly isTarget: (node: number) => boolean;
  readonly imageOf: (number: number) => ImageIdentity;
  readonly jobOf: (text: number) => string;
  /** Whether an image is the job's. */
  readonly isJobImage: (image: number) => boolean;
  /** At the end: what each node would boot or runs. */
  readonly finalImage: readonly number[];
  readonly isBricked: readonly boolean[];
  readonly end: VirtualEnd;
  readonly state: RunState;
  readonly facts: RunFacts;
}

/** Notes of one run at most: a world of twenty nodes that makes more is caught in a loop. */
const NOTES_MAX = 1_000_000;
/** So long nothing may change before a run counts as over. */
const QUIET_US = 30 * MINUTE_US;

export function live(world: RandomWorld): History {
  const { scenario } = world;
  const { nodes } = scenario.fleet;
  const state = emptyState(planOf(scenario, 1));
  const [notes, inputs]: [Noted[], Heard[]] = [[], []];
  const notesOf = Array.from({ length: nodes }, (): Noted[] => []);
  const recordsOf = Array.from({ length: nodes }, (): Recorded[] => []);
  const beliefs = Array.from({ length: nodes }, (): Belief[] => []);
  const believe = (node: number): void => {
    const belief = fleet.backend.beliefOf(0, node);
    if (beliefs[node]?.at(-1) !== belief) beliefs[node]?.push(belief);
  };
  const watcher: FleetWatcher = {
    onInput: (node, input, atUs) => {
      const offer = input.kind === "offered" ? books().offers.get(input.offer) : undefined;
      inputs.push({ node, atUs, input, offer });
      if (hasJob) believe(node);
    },
    onNote: (node, note, atUs) => {
      if (notes.length >= NOTES_MAX) throw new Error(`seed ${world.seed}: more than ${NOTES_MAX} notes`);
      const seen = noted(fleet, node, note, atUs);
      notes.push(seen);
      notesOf[node]?.push(seen);
    },
  };
  let hasJob = false;
  const sink = {
    record: (kind: number, node: number, atUs: number, detail: number, job: number, a: number, b: number) => {
      addRecord(state, kind, node, atUs, detail, job, a, b);
      const name = RECORD_KINDS[kind] as RecordKind;
      if (name === "job created") hasJob = true;
      recordsOf[node]?.push({ kind: name, node, atUs, detail, job, a });
    },
  };
  const fleet = new VirtualFleet({ scenario, adapter: world.adapter, sink, watcher, images: [world.image] });
  const books = () => fleet.table.at(0).settings.books;
  const end = fleet.run(() => {
    // Asked after every event: of the odd seeds none ends so, and a count of all that happened is not needed for it.
    if (world.seed % 2 === 1 || state.lastAtUs <= state.standing.changedAtUs + QUIET_US) return false;
    return progressOf(state).isSettled;
  });
  const all = Array.from({ length: nodes }, (_, node) => node);
  for (const node of all) believe(node);
  const { settings } = fleet.table.at(0);
  const targets = scenario.jobs.map((job) => targetsOf(scenario, job));
  return {
    world,
    notes,
    inputs,
    notesOf,
    recordsOf,
    beliefs,
    traits: all.map((node) => traitsOf(scenario.fleet, seedOf(scenario.seed), node)),
    generations: all.map((node) => fleet.table.at(node).generation),
    isTarget: (node) => targets.some((wanted) => wanted.has(node)),
    imageOf: (number) => settings.books.images.get(number),
    jobOf: (text) => (text === 0 ? "" : settings.books.texts.get(text)),
    isJobImage: (image) => image > scenario.fleet.cohorts.length,
    finalImage: all.map((node) => runsOrBoots(fleet, node)),
    isBricked: all.map((node) => fleet.table.at(node).power.isBricked),
    end,
    state,
    facts: factsOf(world, fleet, end),
  };
}

function noted(fleet: VirtualFleet, slot: number, note: NodeNote, atUs: number): Noted {
  const node = fleet.table.at(slot);
  const { books } = node.settings;
  const offer = "offer" in note ? note.offer : node.update.offer;
  const message = "message" in note ? note.message : 0;
  return {
    node: slot,
    atUs,
    note,
    clockSeconds: node.clockSeconds(atUs),
    isClockSet: node.power.isClockSet,
    runningImage: node.runningImage,
    eFuseSecureVersion: node.flash.secureVersion,
    isSlotDamaged: node.power.isOn && node.flash.isDamagedIn(node.power.slot as 0 | 1),
    offer: offer === 0 || !books.offers.has(offer) ? undefined : books.offers.get(offer),
    entry: message === 0 ? undefined : { ...books.outbox.get(message) },
  };
}

function runsOrBoots(fleet: VirtualFleet, slot: number): number {
  const { flash, power, runningImage } = fleet.table.at(slot);
  if (runningImage !== 0) return runningImage;
  return flash.imageIn(power.slot as 0 | 1);
}

function factsOf(world: RandomWorld, fleet: VirtualFleet, end: VirtualEnd): RunFacts {
  const { scenario, seed } = world;
  const beliefs = scenario.jobs.map((_, job) =>
    Uint8Array.from({ length: scenario.fleet.nodes }, (__, node) => {
      const number = BELIEFS.indexOf(fleet.backend.beliefOf(job, node));
      return number === -1 ? NO_BELIEF : number;
    }),
  );
  return {
    scenario: { name: scenario.name, about: scenario.about },
    tags: scenario.tags,
    seed,
    versions: {},
    clockStart: new Date(scenario.clock.startUtcMs).toISOString(),
    driver: "virtual",
    endedAtUs: end.endedAtUs,
    wallMs: null,
    endedBecause: end.because,
    endRule: scenario.end.when,
    interruptedBecause: undefined,
    undone: [],
    remarks: end.remarks,
    shards: 0,
    endMarks: [],
    lostWorkers: [],
    health: [],
    backend: { ...fleet.backend.counters },
    beliefs,
    expected: { beliefs: true, counters: true, healthOf: 0 },
    isBackendShared: false,
    backendFaults: {},
    faultNames: FAULT_NAMES,
    thresholds: [],
  };
}
