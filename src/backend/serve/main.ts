/**
 * The entry of the backend's own process. It is forked with an IPC channel, told what to do by messages, and ends
 * when the channel closes, so that no backend outlives its run.
 */
import { writeFileSync } from "node:fs";
import { readableText } from "../../base/readable-text.ts";
import { Backend } from "./backend.ts";
import type { ChildMessage, ParentMessage } from "./messages.ts";

/** Of a stack, in UTF-16 units: its first line may hold whatever somebody sent. */
const STACK_LINE_MAX = 2_000;

let backend: Backend | undefined;

async function take(message: ParentMessage): Promise<void> {
  if (message.kind === "start") {
    if (backend !== undefined) throw new Error("the backend was started already");
    const started = await Backend.start(message.config);
    backend = started.backend;
    return tell({ kind: "ready", ...started.address });
  }
  if (backend === undefined) throw new Error(`the backend must be started before "${message.kind}"`);
  switch (message.kind) {
    case "clock":
      return backend.setClock(message);
    case "health":
      return tell({ kind: "health", ...backend.health() });
    case "die":
      // Before anything else can be counted: a file is written at once, a message to the parent some time.
      writeFileSync(message.countersTo, JSON.stringify(backend.counters()), { mode: 0o600 });
      process.kill(process.pid, "SIGKILL");
      return undefined;
    case "stop": {
      await backend.stop();
      return tell({ kind: "stopped", counters: backend.counters() }, () => process.disconnect());
    }
    default:
      throw new Error("the backend does not know this message");
  }
}

function tell(message: ChildMessage, whenSent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, whenSent);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.on("message", (message: ParentMessage) => {
  take(message).catch((error: unknown) => {
    tell({ kind: "error", text: wordsOf(error) });
  });
});
process.on("uncaughtException", (error: unknown) => {
  // Whoever asked to be shown where a fault lies is not told by its words alone.
  if (process.sourceMapsEnabled && error instanceof Error)
    for (const line of (error.stack ?? "").split("\n")) process.stderr.write(`${readableText(line, STACK_LINE_MAX)}\n`);
  tell({ kind: "error", text: `the backend itself is broken: ${wordsOf(error)}` }, () => process.exit(1));
});
process.on("disconnect", () => process.exit(0));
// Whoever sends a signal to all processes of a run means the run: this one goes on until its parent has read what it needs.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
