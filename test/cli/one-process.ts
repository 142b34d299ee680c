/**
 * The command in a process that takes one after the other: what it prints and ends with, for a tenth of what a process
 * of its own costs. Where the process itself is what a test is about, it starts one (otafleet.ts).
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Ended, PROJECT } from "./otafleet.ts";

const SCRIPT = fileURLToPath(new URL("one-process.mjs", import.meta.url));

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
  const own = fork(SCRIPT, [], { cwd: PROJECT, env: { ...process.env, ...plain }, execArgv: [], stdio: "ignore" });
  own.on("message", ({ id, ended }: { readonly id: number; readonly ended: Ended }) => {
    waiting.get(id)?.resolve(ended);
    waiting.delete(id);
  });
  own.on("exit", (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the process of commands ended (${code ?? signal})`));
    waiting.clear();
    child = undefined;
  });
  // A test that waits has a timeout of its own that keeps this process alive.
  own.unref();
  own.channel?.unref();
  return own;
}
