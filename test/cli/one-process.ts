/**
 * The command in a process that takes one after the other: what it prints and ends with, for a tenth of what a process
 * of its own costs. Where the process itself is what a test is about, it starts one (otafleet.ts).
 */
import { type ChildProcess, fork } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { type Ended, PROJECT } from "./otafleet.ts";

const SCRIPT = fileURLToPath(new URL("one-process.mjs", import.meta.url));

/** The end of what it said, where the fault is. */
const SAID_UNITS_MAX = 4_000;

interface Waiting {
  readonly resolve: (ended: Ended) => void;
  readonly reject: (error: Error) => void;
}

/** Started by the first who asks, and ended by its channel, which closes with this process. */
let child: ChildProcess | undefined;
const waiting = new Map<number, Waiting>();
let asked = 0;

/** Runs `otafleet` with these words, in the project's own folder. */
export function inOneProcess(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const to = (child ??= started());
  const id = asked++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    to.send({ id, words, env });
  });
}

function started(): ChildProcess {
  const plain = { NO_COLOR: "1", FORCE_COLOR: undefined, OTAFLEET_DEBUG: undefined };
  const own = fork(SCRIPT, [], {
    cwd: PROJECT,
    env: { ...process.env, ...plain },
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  // What commands print is answered; this is what the process itself says when it dies.
  let said = "";
  own.stderr?.setEncoding("utf8").on("data", (chunk: string) => (said = (said + chunk).slice(-SAID_UNITS_MAX)));
  own.on("message", ({ id, ended }: { readonly id: number; readonly ended: Ended }) => {
    waiting.get(id)?.resolve(ended);
    waiting.delete(id);
  });
  // Later than "exit", once all that it said has come.
  own.on("close", (code, signal) => {
    const why = `the process of commands ended (${code ?? signal}): ${said}`;
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
    child = undefined;
  });
  // A test that waits has a timeout of its own that keeps this process alive.
  own.unref();
  own.channel?.unref();
  if (own.stderr instanceof Socket) own.stderr.unref();
  return own;
}
