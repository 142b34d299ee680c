/** Ctrl-C and `kill`: the first ends a run in order, the second at once. */
import { SIGNAL_EXIT } from "./exit-codes.ts";

type SignalName = keyof typeof SIGNAL_EXIT;

const SIGNALS = Object.keys(SIGNAL_EXIT) as readonly SignalName[];
const WORDS: Readonly<Record<SignalName, string>> = { SIGINT: "stopped by Ctrl-C", SIGTERM: "stopped by SIGTERM" };

/**
 * Within so many milliseconds a second signal is the first one again: npm passes signals on to what it has started, so
 * under `npm start` one press of Ctrl-C may come from the terminal and from npm (npm/run-script `signal-manager.js`).
 */
export const ECHO_MS = 400;

/** Who is told that a signal came. */
export interface StopListener {
  onStopping(): void;
  /** The user does not want to wait: the process is to end with this code. */
  onStoppedAtOnce(exitCode: number): void;
}

/** Where signals come from, and a clock of milliseconds. */
export interface SignalSource {
  readonly from: Pick<NodeJS.EventEmitter, "on" | "off">;
  readonly nowMs: () => number;
}

/** Listens for signals until it is closed. */
export class StopSignal {
  readonly #controller = new AbortController();
  readonly #listener: StopListener;
  readonly #source: SignalSource;
  #first: SignalName | undefined;
  #firstAtMs = 0;

  constructor(listener: StopListener, source: SignalSource = { from: process, nowMs: () => performance.now() }) {
    this.#listener = listener;
    this.#source = source;
    for (const name of SIGNALS) source.from.on(name, this.#heard);
  }

  /** Aborts at the first signal; its reason is a text for the verdict. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code of the signal that came; undefined while none has. */
  get exitCode(): number | undefined {
    return this.#first === undefined ? undefined : SIGNAL_EXIT[this.#first];
  }

  close(): void {
    for (const name of SIGNALS) this.#source.from.off(name, this.#heard);
  }

  readonly #heard = (name: SignalName): void => {
    const nowMs = this.#source.nowMs();
    if (this.#first === undefined) {
      this.#first = name;
      this.#firstAtMs = nowMs;
      this.#listener.onStopping();
      this.#controller.abort(WORDS[name]);
    } else if (nowMs - this.#firstAtMs > ECHO_MS) this.#listener.onStoppedAtOnce(SIGNAL_EXIT[name]);
  };
}
