/**
 * The embedded backend in a process of its own, so that its work is not mistaken for the generator's. It ends when
 * its channel closes, so it never outlives the run; should it die before, whoever runs the run is told.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type {
  ChildMessage,
  ClockSetting,
  ParentMessage,
  ServeAddress,
  ServeConfig,
  ServeHealth,
} from "../backend/serve/messages.ts";
import { BackendFailure } from "./backend-failure.ts";
import { distFile } from "./dist-file.ts";

/** Certificates alone take half a second on a busy machine. */
const START_MAX_MS = 30_000;
/** A backend that is asked to stop closes its sockets; one that does not is killed. */
const STOP_MAX_MS = 5_000;

export class BackendProcess {
  readonly address: ServeAddress;
  /** Resolves with a sentence when the process ends by itself; never after `stop`. */
  readonly died: Promise<string>;
  readonly #child: ChildProcess;
  #isStopping = false;
  #hearHealth: ((health: ServeHealth) => void)[] = [];

  private constructor(child: ChildProcess, address: ServeAddress, lastWords: () => string) {
    this.#child = child;
    this.address = address;
    this.died = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        if (this.#isStopping) return;
        resolve(`the embedded backend died (${signal ?? `exit code ${code}`}${lastWords()})`);
      });
    });
    child.on("message", (message: ChildMessage) => {
      if (message.kind === "health") this.#hearHealth.shift()?.(message);
    });
  }

  /** Starts a backend and waits until it listens. Throws a `BackendFailure` with its own words. */
  static async start(config: ServeConfig): Promise<BackendProcess> {
    const child = fork(fileURLToPath(distFile("backend/serve/main.js")), {
      // Its output would mix with the run's; what it has to say comes over the channel.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: [],
      // In a process group of its own: a Ctrl-C in the terminal is for the run, which still has questions to ask.
      detached: true,
    });
    let words = "";
    child.on("message", (message: ChildMessage) => {
      if (message.kind === "error") words = message.text;
    });
    try {
      const address = await ready(child, config);
      return new BackendProcess(child, address, () => (words === "" ? "" : `: ${words}`));
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** The process' id; for tests that end it. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  setClock(setting: ClockSetting): void {
    this.#tell({ kind: "clock", ...setting });
  }

  /** Its condition since the last question; never settles if it has died. */
  health(): Promise<ServeHealth> {
    return new Promise((resolve) => {
      this.#hearHealth.push(resolve);
      this.#tell({ kind: "health" });
    });
  }

  /** Ends it, at the latest after some seconds. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    this.#tell({ kind: "stop" });
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_MAX_MS);
    await ended;
    clearTimeout(killer);
  }

  #tell(message: ParentMessage): void {
    // A channel that has closed means that the process is gone, which `died` tells.
    if (this.#child.connected) this.#child.send(message, () => {});
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
