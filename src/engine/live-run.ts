/**
 * The coordinator of a live run: brings up nodes and workers, gives all of them and the backend one clock, waits for
 * the end and winds down. It alone has the operator's half; it drives no node.
 *
 *     enrol, upload | workers ready | ramp | jobs | origin ........ end | no new starts | drained | closed | beliefs
 *                     fleet time stands at 0      fleet time runs
 */
import type { Adapter } from "../adapters/adapter.ts";
import { howMany } from "../base/how-many.ts";
import { type FleetClock, fleetNowUs, hrtimeUs } from "../drivers/live/fleet-clock.ts";
import { ALL_SETTLED } from "../measure/run-end.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { DURATION } from "../scenario/units.ts";
import { lawCounters } from "./backend-counters.ts";
import { type BackendUnderTest, brokerOwner } from "./backend-under-test.ts";
import { BackendOutages } from "./backend-outages.ts";
import { EndWatch } from "./end-watch.ts";
import { LiveOperator } from "./live-operator.ts";
import type { LiveRunEnd } from "./live-run-end.ts";
import { LiveMeter } from "./live-meter.ts";
import { OperatorDesk } from "./operator-desk.ts";
import type { SealedDocument } from "./run-document.ts";
import { RunCounters } from "./run-counters.ts";
import type { RunFolder } from "./run-folder.ts";
import type { RunWatcher } from "./run-options.ts";
import type { RunRecords } from "./run-records.ts";
import { WorkerCrew } from "./worker-crew.ts";

/** From the moment at which all are told of the origin to the origin: a message takes a few milliseconds. */
const ORIGIN_AHEAD_US = 500_000;
const TICK_MS = 100;
const VIEW_PERIOD_MS = 200;
const BACKEND_HEALTH_PERIOD_MS = 1_000;
/** For acknowledgements under way at the end. */
const DRAIN_MAX_MS = 5_000;
/** After an interruption somebody is waiting. */
const SHORT_DRAIN_MAX_MS = 1_000;

/** What a run is made of when its coordinator begins. */
export interface LiveRunParts {
  readonly sealed: SealedDocument;
  readonly adapter: Adapter;
  /** In the order of `imagesOf`. */
  readonly images: readonly Uint8Array[];
  readonly backend: BackendUnderTest;
  readonly records: RunRecords;
  readonly folder: RunFolder;
  readonly watcher: RunWatcher;
  readonly signal: AbortSignal | undefined;
  /** The backend outlives the run: nodes and jobs are taken away at the end. */
  readonly leaves: boolean;
  /** The node whose life is written down, by its index. */
  readonly traced?: number | undefined;
}

/** Why a run is over. */
interface Ending {
  readonly because: string;
  readonly isInterrupted: boolean;
}

export class LiveRun {
  readonly #parts: LiveRunParts;
  readonly #desk: OperatorDesk;
  readonly #meter: LiveMeter;
  readonly #ended: Promise<Ending>;
  readonly #outages: BackendOutages;
  readonly #counters: RunCounters;
  readonly #end: EndWatch;
  #finish: (ending: Ending) => void = () => {};
  #ending: Ending | undefined;
  #crew: WorkerCrew | undefined;
  #operator: LiveOperator | undefined;
  #clock: FleetClock | undefined;
  /** The coordinator's own clock at the origin; not the one that fleet time is made of, so that they can be compared. */
  #originMs = Number.NaN;
  #isBackendDead = false;
  #timers: NodeJS.Timeout[] = [];

  constructor(parts: LiveRunParts) {
    this.#parts = parts;
    const { sealed, adapter, backend, records, signal } = parts;
    const { scenario, nodePrefix } = sealed.document;
    this.#desk = new OperatorDesk(scenario, adapter, backend.operator, nodePrefix);
    this.#counters = new RunCounters(this.#desk, scenario.backend.urls.length > 0);
    this.#end = new EndWatch(scenario, (phase) => parts.watcher.onPhase(phase));
    this.#meter = new LiveMeter(records.state, scenario.clock);
    this.#outages = new BackendOutages(scenario, (fault, forMs) => backend.goAway(fault, forMs));
    this.#ended = new Promise((resolve) => {
      this.#finish = (ending) => {
        this.#ending ??= ending;
        resolve(this.#ending);
      };
    });
    void backend.died.then((why) => {
      this.#isBackendDead = true;
      this.#interrupt(why);
    });
    const stop = (): void => this.#interrupt(typeof signal?.reason === "string" ? signal.reason : "it was interrupted");
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  }

  /** Runs to the end, whichever it is. Throws where the run could not even begin. */
  async run(): Promise<LiveRunEnd> {
    try {
      await Promise.race([this.#bringUp(), this.#ended]);
      const ending = await this.#ended;
      return await this.#windDown(ending);
    } finally {
      this.#stopTimers();
      this.#outages.end();
      await this.#crew?.close();
      const stays = this.#parts.leaves ? await this.#desk.leave() : undefined;
      // A run that could not even begin is told in its own words.
      if (stays !== undefined && this.#ending !== undefined) this.#parts.watcher.onPhase(stays);
    }
  }

  async #bringUp(): Promise<void> {
    try {
      for (const step of this.#steps()) {
        await step();
        if (this.#ending !== undefined) return;
      }
    } catch (error) {
      // An operator's question that was under way when the run was stopped is nobody's failure.
      if (this.#ending === undefined) throw error;
    }
  }

  #steps(): readonly (() => Promise<void> | void)[] {
    const { watcher, images, records, sealed, backend, traced } = this.#parts;
    const { scenario, workers } = sealed.document;
    let secrets: readonly string[] = [];
    return [
      () => this.#counters.begin(),
      () => watcher.onPhase(`enrolling ${howMany(scenario.fleet.nodes, "node")}`),
      async () => void (secrets = await this.#desk.enrol()),
      () => this.#desk.upload(images),
      () => this.#desk.createGroups(),
      () => watcher.onPhase(`starting ${howMany(workers, "worker")}`),
      () => {
        const onTrouble = (sentence: string): void => this.#meter.warn(sentence);
        const onAllLost = (): void => this.#finish({ because: "every worker was lost", isInterrupted: false });
        const onMistakenJob = (job: number): void => this.#operator?.noteUndone(mistakenText(scenario, job));
        const hearing = { ids: this.#desk.ids, onTrouble, onAllLost, onMistakenJob };
        const crew = new WorkerCrew({ sealed, secrets, backend: backend.nodes, records, traced, ...hearing });
        const fleetUs = (): number => this.#fleetUs;
        this.#operator = new LiveOperator({ scenario, desk: this.#desk, records, crew, fleetUs, onTrouble });
        this.#crew = crew;
        return crew.ready();
      },
      () => watcher.onPhase(scenario.fleet.begins === "running" ? "connecting the nodes" : "getting ready to boot"),
      () => this.#every(VIEW_PERIOD_MS, () => this.#show()),
      () => this.#every(BACKEND_HEALTH_PERIOD_MS, () => this.#noteBackendHealth()),
      () => this.#crew?.connect(),
      // While fleet time still stands, so that the job is there when the first node asks.
      () => this.#operator?.createFirstJobs(),
      () => this.#setClock(),
      () => watcher.onPhase("rolling out"),
      () => this.#every(TICK_MS, () => this.#tick()),
      () => this.#untilOrigin(),
      () => this.#operator?.begin(),
    ];
  }

  #setClock(): void {
    const { sealed, backend, folder } = this.#parts;
    const { startUtcMs, speed } = sealed.document.scenario.clock;
    const clock = { originHrtimeUs: hrtimeUs() + ORIGIN_AHEAD_US, startEpochMs: startUtcMs, speed };
    this.#originMs = performance.now() + ORIGIN_AHEAD_US / 1_000;
    backend.setClock(clock);
    this.#crew?.begin(clock);
    this.#clock = clock;
    this.#outages.begin(ORIGIN_AHEAD_US / 1_000);
    folder.begin();
  }

  async #untilOrigin(): Promise<void> {
    // Timers count from when their loop last looked at the clock, so behind a busy moment they come early.
    while (this.#fleetUs === 0) {
      const waitMs = Math.max(0, this.#originMs - performance.now()) + 1;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  #tick(): void {
    const { records, folder, sealed } = this.#parts;
    const { scenario } = sealed.document;
    const fleetUs = this.#fleetUs;
    if (folder.events.failure !== undefined) this.#interrupt(folder.events.failure);
    else if (fleetUs >= scenario.end.afterUs) {
      this.#finish({ because: `${DURATION.print(scenario.end.afterUs)} of fleet time passed`, isInterrupted: false });
    } else if (
      this.#operator?.isIdle === true &&
      this.#end.isOver(records.state, fleetUs, this.#wallMs, this.#crew?.lost ?? [])
    ) {
      this.#finish({ because: ALL_SETTLED, isInterrupted: false });
    }
  }

  async #windDown({ because, isInterrupted }: Ending): Promise<LiveRunEnd> {
    const { records, watcher, backend } = this.#parts;
    watcher.onPhase(`winding down: ${because}`);
    this.#operator?.stop();
    this.#outages.end();
    await backend.comeBack();
    await this.#crew?.end(isInterrupted ? SHORT_DRAIN_MAX_MS : DRAIN_MAX_MS);
    const endedAtUs = Math.max(this.#fleetUs, records.state.lastAtUs);
    const wallMs = this.#clock === undefined ? null : Math.max(0, performance.now() - this.#originMs);
    this.#stopTimers();
    this.#show();
    records.end();
    const beliefs = await this.#readBeliefs();
    return {
      beliefs,
      tracedSteps: this.#crew?.tracedSteps,
      jobIds: this.#desk.jobIds,
      facts: {
        endedAtUs,
        wallMs,
        endedBecause: because,
        interruptedBecause: isInterrupted ? because : null,
        undone: this.#operator?.undone ?? [],
        remarks: this.#operator?.remarks ?? [],
        lostWorkers: this.#crew?.lost ?? [],
        backend: await this.#readCounters(),
      },
    };
  }

  async #readBeliefs(): Promise<readonly (Uint8Array | undefined)[]> {
    const { jobs } = this.#parts.sealed.document.scenario;
    const beliefs: (Uint8Array | undefined)[] = [];
    for (const job of jobs.keys()) {
      beliefs.push(await this.#ask("beliefs", () => this.#desk.beliefs(job)));
    }
    return beliefs;
  }

  async #readCounters(): Promise<Readonly<Record<string, number>>> {
    const counters = await this.#ask("counters", () => this.#counters.read());
    const { backend, adapter, sealed } = this.#parts;
    if (counters === undefined || !backend.knowsCounters()) return {};
    return { ...lawCounters(counters, brokerOwner(sealed.document.scenario, adapter)), ...this.#outages.counters };
  }

  /** What a backend does not tell at the end is unknown, and no reason to lose the run. */
  async #ask<T>(what: string, ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#isBackendDead) return undefined;
    try {
      return await ask();
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      this.#meter.warn(`the backend's ${what} could not be read: ${words}`);
      return undefined;
    }
  }

  #noteBackendHealth(): void {
    const { backend, folder } = this.#parts;
    void backend.health()?.then((health) => folder.addHealth({ of: "backend", atWallMs: this.#wallMs, ...health }));
  }

  #show(): void {
    this.#parts.watcher.onProgress(this.#meter.view(this.#fleetUs, this.#wallMs));
  }

  #interrupt(because: string): void {
    this.#operator?.stop();
    this.#crew?.hurry();
    this.#finish({ because, isInterrupted: true });
  }

  #every(periodMs: number, act: () => void): void {
    this.#timers.push(setInterval(act, periodMs));
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  /** Stands at 0 until the origin. */
  get #fleetUs(): number {
    return this.#clock === undefined ? 0 : fleetNowUs(this.#clock);
  }

  /** Negative before the origin, 0 while nobody knows it. */
  get #wallMs(): number {
    return this.#clock === undefined ? 0 : Math.round(performance.now() - this.#originMs);
  }
}

function mistakenText({ jobs }: Scenario, job: number): string {
  return `Offers of another job were recorded as those of ${jobs[job]?.name ?? job}, whose id was not known yet: its numbers are wrong.`;
}
