/**
 * The nodes of one worker on real sockets and the wall clock: it puts the pieces of this folder together and takes
 * the engine's few orders. It carries and never decides; what nodes do stands in node/, what they say in adapters/.
 */
import { isIP } from "node:net";
import type { Adapter } from "../../adapters/adapter.ts";
import { assert } from "../../base/assert.ts";
import { seedOf } from "../../base/random.ts";
import { runsOf } from "../../fleet/fleet-rows.ts";
import { fleetOfShard } from "../../fleet/node-settings.ts";
import { powerCutsOf } from "../../fleet/power-cuts.ts";
import { DISCONNECT_CAUSES, DROP_CAUSES, NO_JOB, type RecordSink } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import { mayBePushed } from "../../scenario/pushes.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { NoteRecorder } from "../note-recorder.ts";
import type { TraceRecorder } from "../trace/trace-recorder.ts";
import { ConnectRamp } from "./connect-ramp.ts";
import type { DialTarget } from "./dial.ts";
import { type EgressCheck, egressTo } from "./egress.ts";
import { ExpectedPushes } from "./expected-pushes.ts";
import type { FleetClock } from "./fleet-clock.ts";
import { LiveCarrier } from "./live-carrier.ts";
import { type LoopHealth, LoopWatch } from "./loop-watch.ts";
import { MessageFlights } from "./message-flights.ts";
import { NodeDownloads } from "./node-downloads.ts";
import { NodeExchanges } from "./node-exchanges.ts";
import { NodeIdentities } from "./node-identities.ts";
import { NodeLinks } from "./node-links.ts";
import { NodeStage } from "./node-stage.ts";
import { OfferIntake } from "./offer-intake.ts";
import { PowerCuts } from "./power-cuts.ts";
import { type JobImage, ShardImages } from "./shard-images.ts";
import { ShardJobs } from "./shard-jobs.ts";

const KIND = {
  released: kindNumber("released"),
  disconnected: kindNumber("disconnected"),
  faultDrawn: kindNumber("fault drawn"),
} as const;

const END_OF_RUN = DISCONNECT_CAUSES.indexOf("end of run");

/** How often keep-alive is looked after, and how often a drain is, milliseconds. */
const KEEP_ALIVE_TICK_MS = 1_000;
const DRAIN_TICK_MS = 10;

/** Where jobs may be pushed: an offer so much later than a fetch, in microseconds of wall time, does not answer it. */
const ANSWER_MAX_US = 5_000_000;

/** What a shard is made of. */
export interface LiveShardOptions {
  readonly scenario: Scenario;
  readonly adapter: Adapter;
  /** Index in the fleet of slot 0. */
  readonly firstNode: number;
  /** Nodes of this shard. */
  readonly nodes: number;
  /** Wire id and secret of each slot. */
  readonly ids: readonly string[];
  readonly secrets: readonly string[];
  /** `NodeTable.bytesFor(nodes)` bytes; whoever else holds them sees what the nodes run. */
  readonly rows: SharedArrayBuffer;
  readonly sink: RecordSink;
  readonly backend: {
    /** Undefined where the adapter's link is "none". */
    readonly mqtt: { readonly host: string; readonly port: number; readonly ca: string | undefined } | undefined;
    /** For adapters whose link is "none". */
    readonly baseUrl: string;
    /** Authorities in PEM that image downloads trust; undefined = images come by plain HTTP. */
    readonly ca: string | undefined;
    /** Hosts of other machines that may be asked; this machine always may. */
    readonly allowedHosts: readonly string[];
  };
  /** The run's images, in the order of `imagesOf`: what arrives is whole if it has its job's digest. */
  readonly images: readonly JobImage[];
  /** Writes one node's life down. */
  readonly recorder?: TraceRecorder | undefined;
  /** An offer was taken for that of this job, and was another's. */
  readonly onMistakenJob?: (job: number) => void;
}

/** A shard's condition. */
export interface ShardHealth {
  readonly sockets: number;
  /** Since the last reading. */
  readonly loop: LoopHealth;
  /** Starts that this machine could not make, by DROP_CAUSES. */
  readonly droppedStarts: Readonly<Record<string, number>>;
  /** Nodes with an open MQTT link; 0 where there is none. */
  readonly connected: number;
  readonly downloadsInFlight: number;
  /** Bytes of images that have reached flash so far. */
  readonly imageBytes: number;
}

/** From birth to end: `connect`, `begin`, `jobCreated`, `stopStarts`, `drain`, `close`. */
export class LiveShard {
  readonly #options: LiveShardOptions;
  readonly #stage: NodeStage;
  readonly #links: NodeLinks | undefined;
  readonly #exchanges: NodeExchanges;
  readonly #downloads: NodeDownloads;
  readonly #offers: OfferIntake;
  readonly #jobs: ShardJobs;
  readonly #pushes: ExpectedPushes;
  readonly #ramp: ConnectRamp;
  readonly #powerCuts: PowerCuts;
  readonly #watch = new LoopWatch();
  #keepAliveTimer: NodeJS.Timeout | undefined;

  constructor(options: LiveShardOptions) {
    this.#options = options;
    const { scenario, adapter, firstNode, nodes, backend } = options;
    const { startUtcMs, speed } = scenario.clock;
    const { fleet, seed } = scenario;
    const born = fleetOfShard({ fleet, seed, adapter, firstNode, startUtcMs, speed, rampSpeed: speed });
    const runsAt = (slot: number) => runsOf(fleet, firstNode + slot);
    const stage = new NodeStage(born.settings, nodes, options.rows, options.sink, options.recorder);
    options.recorder?.watch(stage.nodes);
    const images = new ShardImages(born.settings.books.images, scenario, options.images);
    const jobs = new ShardJobs(images, options.onMistakenJob);
    const identities = new NodeIdentities(stage.nodes, options.ids, options.secrets, (slot) => runsAt(slot));
    const hasPushes = scenario.jobs.some((job) => mayBePushed(scenario, job));
    const flights = new MessageFlights(stage, jobs, hasPushes ? ANSWER_MAX_US : Infinity);
    const pushes = new ExpectedPushes(scenario, nodes, (slot) => stage.nodes.at(slot).link.isConnected);
    const offers = new OfferIntake(stage, flights, jobs, pushes);
    const halves = born.settings.cohorts.map(({ generation }) => {
      const settings = { basicIngest: scenario.backend.basicIngest };
      return adapter.node({ baseUrl: backend.baseUrl, generation, settings });
    });
    const halfOf = (slot: number) => halves[stage.nodes.at(slot).traits.cohort]!;
    const trust = backend.ca === undefined ? undefined : { ca: backend.ca };
    const onDialEnded = (slot: number) => this.#ramp.dialEnded(slot);
    const isAllowed = egressTo(backend.allowedHosts);
    const target = targetOf(options, isAllowed);
    const shared = { stage, identities, flights, offers, halfOf, onDialEnded, trust, isAllowed };
    const links = halves[0]?.link === "mqtt" ? new NodeLinks({ ...shared, target }) : undefined;
    const exchanges = new NodeExchanges(shared);
    const chipOf = (slot: number) => runsAt(slot).chip;
    const downloads = new NodeDownloads({ ...shared, images, jobs, speed, chipOf });
    const recorder = new NoteRecorder(options.sink, jobs, firstNode);
    stage.castCarrier(new LiveCarrier({ ...shared, links, exchanges, downloads, recorder }));
    const release = (slot: number, latenessUs: number) => this.#release(slot, latenessUs);
    const overMs = fleet.connectOverMs;
    this.#ramp = new ConnectRamp({ firstNode, nodes, fleetNodes: fleet.nodes, overMs, release });
    this.#powerCuts = new PowerCuts(stage, downloads, powerCutsOf(fleet, firstNode, nodes, seedOf(seed)));
    this.#stage = stage;
    this.#links = links;
    this.#exchanges = exchanges;
    this.#downloads = downloads;
    this.#offers = offers;
    this.#jobs = jobs;
    this.#pushes = pushes;
    for (let slot = 0; slot < nodes; slot++) {
      stage.nodes.at(slot).born(born.birthOf(slot));
      this.#recordFaults(slot);
      stage.wake(slot);
    }
  }

  /**
   * Lets the nodes of a running fleet dial, each at its place of the ramp that begins at this monotonic microsecond.
   * Resolves when each first dial has ended (at the latest 15 s after the ramp); at once for a fleet that boots.
   */
  async connect(rampOriginHrtimeUs: number): Promise<void> {
    this.#watch.start();
    this.#keepAliveTimer = setInterval(() => this.#links?.tick(), KEEP_ALIVE_TICK_MS);
    if (this.#options.scenario.fleet.begins === "running") await this.#ramp.run(rampOriginHrtimeUs);
  }

  /** Fleet time begins to run. */
  begin(clock: FleetClock): void {
    this.#stage.begin(clock);
    this.#powerCuts.begin(clock);
  }

  /** A job is about to be created: offers may come before its id is told. */
  jobExpected(job: number): void {
    this.#jobs.expected(job);
    this.#pushes.jobMade(job);
  }

  /** A job of the run exists, under this id on the wire; to be told before its offers arrive, or to be expected. */
  jobCreated(job: number, jobId: string): void {
    this.#jobs.created(job, jobId);
    this.#pushes.jobMade(job);
  }

  /** The backend did not make the expected job. */
  jobNotCreated(job: number): void {
    this.#jobs.notCreated(job);
  }

  /** Nothing begins any more: no deadline, no offer, no download. What is under way goes on. */
  stopStarts(): void {
    this.#stage.stopStarts();
    this.#powerCuts.stop();
    this.#offers.close();
    this.#downloads.stopStarts();
  }

  /** Resolves when everything is acknowledged and no download runs, or after so many milliseconds of wall time. */
  async drain(maxMs: number): Promise<void> {
    const untilMs = performance.now() + maxMs;
    while (this.#underWay > 0 && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_TICK_MS));
    }
  }

  /** Hangs up for every node. No socket and no timer is left; the last records are written. */
  close(): void {
    for (const slot of this.#links?.connectedSlots() ?? []) this.#record(KIND.disconnected, slot, END_OF_RUN);
    this.#stage.close();
    this.#powerCuts.stop();
    this.#ramp.close();
    this.#watch.stop();
    clearInterval(this.#keepAliveTimer);
    this.#links?.close();
    this.#exchanges.close();
    this.#downloads.close();
  }

  health(): ShardHealth {
    const dropped = [...this.#stage.droppedStarts].map(([cause, count]) => [DROP_CAUSES[cause]!, count] as const);
    const downloadsInFlight = this.#downloads.inFlight;
    return {
      sockets: (this.#links?.sockets ?? 0) + this.#exchanges.size + downloadsInFlight,
      loop: this.#watch.read(),
      droppedStarts: Object.fromEntries(dropped),
      connected: this.#links?.connected ?? 0,
      downloadsInFlight,
      imageBytes: this.#downloads.bytes,
    };
  }

  get #underWay(): number {
    return (this.#links?.inFlight ?? 0) + this.#exchanges.size + this.#downloads.inFlight;
  }

  #release(slot: number, latenessUs: number): boolean {
    this.#record(KIND.released, slot, 0);
    const { isUp } = this.#stage.nodes.at(slot).link;
    this.#stage.tell(slot, { kind: "released" }, latenessUs);
    return isUp;
  }

  #recordFaults(slot: number): void {
    const { faults } = this.#stage.nodes.at(slot).traits;
    for (let fault = 0; faults >>> fault !== 0 && fault < 32; fault++) {
      if (((faults >>> fault) & 1) === 1) this.#record(KIND.faultDrawn, slot, fault);
    }
  }

  #record(kind: number, slot: number, detail: number): void {
    this.#stage.record(kind, slot, detail, NO_JOB, 0, 0);
  }
}

function targetOf({ backend: { mqtt } }: LiveShardOptions, isAllowed: EgressCheck): DialTarget {
  if (mqtt === undefined) return { host: "127.0.0.1", port: 0 };
  const { host, port, ca } = mqtt;
  assert(isAllowed(new URL(`mqtt://${isIP(host) === 6 ? `[${host}]` : host}`)), "nodes dial a broker that was allowed");
  return ca === undefined ? { host, port } : { host, port, tls: { ca } };
}
