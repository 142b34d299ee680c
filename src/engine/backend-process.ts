/**
 * The embedded backend in a process of its own, so that its work is not mistaken for the generator's. It ends when
 * its channel closes, so it never outlives the run; should it die before, whoever runs the run is told.
 */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  ChildMessage,
  ClockSetting,
  ParentMessage,
  ServeAddress,
  ServeConfig,
  ServeHealth,
} from "../backend/serve/messages.ts";
import { seedOfLife } from "../faults/backend/fault-draws.ts";
import { BackendFailure } from "./backend-failure.ts";
import { startedArgv, startedFile } from "./started-file.ts";

/** Certificates alone take half a second on a busy machine. */
const START_MAX_MS = 30_000;
/** A backend that is asked to stop closes its sockets; one that does not is killed. */
const STOP_MAX_MS = 5_000;

export class BackendProcess {
  readonly address: ServeAddress;
  /** Resolves with a sentence when the process ends by itself; never after `stop`, nor by a restart on purpose. */
  readonly died: Promise<string>;
  readonly #config: ServeConfig;
  #child: ChildProcess;
  #clock: ClockSetting | undefined;
  #isStopping = false;
  /** A child that is killed on purpose. */
  #condemned: ChildProcess | undefined;
  #lives = 1;
  #knowsCounters = true;
  #hearHealth: ((health: ServeHealth) => void)[] = [];
  #tellDeath: (sentence: string) => void = () => {};
  #outage: Promise<void> | undefined;
  /** One that stands still does not hear that its channel closes, and would stand for ever. */
  readonly #endWithThisProcess = (): void => void this.#child.kill("SIGKILL");
  #wake: () => void = () => {};

  private constructor(config: ServeConfig, child: ChildProcess, address: ServeAddress) {
    this.#config = config;
    this.#child = child;
    this.address = address;
    this.died = new Promise((resolve) => {
      this.#tellDeath = resolve;
    });
    this.#watch(child);
    process.once("exit", this.#endWithThisProcess);
  }

  /** Starts a backend and waits until it listens. Throws a `BackendFailure` with its own words. */
  static async start(config: ServeConfig): Promise<BackendProcess> {
    const { child, address } = await begin(config);
    return new BackendProcess(config, child, address);
  }

  /** The process' id; for tests that end it. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it is neither away nor standing still on purpose. */
  async present(): Promise<void> {
    await this.#outage;
  }

  /** Ends an outage before its time: what comes next needs the backend. Resolves when it is there. */
  async comeBack(): Promise<void> {
    this.#wake();
    await this.#outage;
  }

  /** False: what an earlier life had counted is lost, so that no law may be held against what is counted since. */
  get knowsCounters(): boolean {
    return this.#knowsCounters;
  }

  setClock(setting: ClockSetting): void {
    this.#clock = setting;
    this.#tell({ kind: "clock", ...setting });
  }

  /** Its condition since the last question; never settles if it has died. */
  health(): Promise<ServeHealth> {
    return new Promise((resolve) => {
      this.#hearHealth.push(resolve);
      this.#tell({ kind: "health" });
    });
  }

  /**
   * Kills it where it stands, and brings it back on the same ports with its store after so much wall time. What it
   * had counted goes on. Needs a `storeFile`, or it comes back without memory.
   */
  restart(afterMs: number): Promise<void> {
    return this.#away(() => this.#killAndReturn(afterMs));
  }

  /** Lets it stand still for so much wall time: it is silent, and its kernel goes on taking links and bytes. */
  pause(forMs: number): Promise<void> {
    return this.#away(async () => {
      this.#child.kill("SIGSTOP");
      await this.#delay(forMs);
      this.#child.kill("SIGCONT");
    });
  }

  /** Ends it, at the latest after some seconds. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    process.off("exit", this.#endWithThisProcess);
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGCONT");
    this.#tell({ kind: "stop" });
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_MAX_MS);
    await ended;
    clearTimeout(killer);
  }

  /** One outage at a time: a second waits for the first. */
  #away(outage: () => Promise<void>): Promise<void> {
    const before = this.#outage ?? Promise.resolve();
    const mine = before
      .then(() => (this.#isStopping ? undefined : outage()))
      .catch((error: unknown) => {
        this.#tellDeath(error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        if (this.#outage === mine) this.#outage = undefined;
      });
    this.#outage = mine;
    return mine;
  }

  async #killAndReturn(afterMs: number): Promise<void> {
    const child = this.#child;
    const countersTo = join(dirname(this.#config.storeFile ?? join(tmpdir(), "_")), `counters-${this.#lives}.json`);
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    this.#condemned = child;
    this.#tell({ kind: "die", countersTo });
    // One that does not even hear this any more is killed from outside, and what it had counted is unknown.
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_MAX_MS);
    await ended;
    clearTimeout(killer);
    const countersBefore = countersOf(countersTo);
    this.#knowsCounters &&= countersBefore !== undefined;
    await this.#delay(afterMs);
    if (this.#isStopping) return;
    const { child: next } = await begin({
      ...this.#config,
      ports: portsOf(this.address),
      clock: this.#clock,
      countersBefore,
      // The draws of a life are counted from its begin, so each life has its own.
      faultSeed: seedOfLife(this.#config.faultSeed ?? 0, this.#lives),
    });
    this.#lives++;
    this.#child = next;
    this.#hearHealth = [];
    this.#watch(next);
    if (this.#clock !== undefined) this.setClock(this.#clock);
  }

  #delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #watch(child: ChildProcess): void {
    let words = "";
    child.on("message", (message: ChildMessage) => {
      if (message.kind === "health") this.#hearHealth.shift()?.(message);
      if (message.kind === "error") words = `: ${message.text}`;
    });
    child.once("exit", (code, signal) => {
      if (this.#isStopping || child === this.#condemned) return;
      this.#tellDeath(`the embedded backend died (${signal ?? `exit code ${code}`}${words})`);
    });
  }

  #tell(message: ParentMessage): void {
    // A channel that has closed means that the process is gone, which `died` tells.
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}

/** Forks a backend and waits until it listens. */
async function begin(config: ServeConfig): Promise<{ readonly child: ChildProcess; readonly address: ServeAddress }> {
  const child = fork(fileURLToPath(startedFile("backend/serve/main.js")), {
    // Its output would mix with the run's; what it has to say comes over the channel.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: startedArgv(),
    // In a process group of its own: a Ctrl-C in the terminal is for the run, which still has questions to ask.
    detached: true,
  });
  try {
    return { child, address: await ready(child, config) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function portsOf({ mqttPort, mqttsPort, imagesUrl, apiUrl }: ServeAddress): NonNullable<ServeConfig["ports"]> {
  const portOf = (url: string): number => Number(new URL(url).port);
  const mqtts = mqttsPort === undefined ? {} : { mqtts: mqttsPort };
  return { mqtt: mqttPort, ...mqtts, images: portOf(imagesUrl), api: portOf(apiUrl) };
}

/** What a backend wrote down when it was killed; undefined where it could not. */
function countersOf(file: string): Readonly<Record<string, number>> | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
  } catch {
    // It did not come to it.
    return undefined;
  }
}

function ready(child: ChildProcess, config: ServeConfig): Promise<ServeAddress> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new BackendFailure(`The embedded backend could not start: ${why}`));
    const timer = setTimeout(() => fail(`it was not ready after ${START_MAX_MS / 1_000} s`), START_MAX_MS);
    child.on("message", (message: ChildMessage) => {
      if (message.kind === "error") fail(message.text);
      if (message.kind === "ready") resolve(message);
      if (message.kind === "error" || message.kind === "ready") clearTimeout(timer);
    });
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      fail(`it ended at once (${signal ?? `exit code ${code}`})`);
    });
    child.send({ kind: "start", config } satisfies ParentMessage, () => {});
  });
}
