/** A thread of ours, seen from inside: what it does with each task that a `TaskThread` gives it. */
import { parentPort } from "node:worker_threads";
import { assert } from "../base/assert.ts";

/** What a thread says of a task: what it came to, or what was thrown. */
export type TaskAnswer<R> =
  | { readonly kind: "done"; readonly result: R }
  | { readonly kind: "failed"; readonly error: unknown };

/** Has the thread do this with every task, whichever kind of task it is given. */
export function takeTasks(act: (task: never) => Promise<unknown>): void {
  const port = parentPort;
  assert(port !== null, "tasks are taken in a thread");
  const say = (answer: TaskAnswer<unknown>): void => port.postMessage(answer);
  port.on("message", (task: unknown) => {
    act(task as never).then(
      (result) => say({ kind: "done", result }),
      (error: unknown) => say({ kind: "failed", error }),
    );
  });
}
