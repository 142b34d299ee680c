/** A thread of ours, seen from the one that started it: it does one task at a time, as `takeTasks` in it has it. */
import { type Transferable, Worker } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { startedArgv, startedFile } from "./started-file.ts";
import type { TaskAnswer } from "./taken-tasks.ts";

interface UnderWay<R> {
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export class TaskThread<T, R> {
  readonly #worker: Worker;
  #underWay: UnderWay<R> | undefined;
  #isOver = false;

  /** @param file what it starts from, named as for `startedFile` */
  constructor(file: string) {
    this.#worker = new Worker(startedFile(file), { execArgv: startedArgv() });
    this.#worker.on("message", (answer: TaskAnswer<R>) => this.#hear(answer));
    this.#worker.on("messageerror", (error) => this.#end(error));
    this.#worker.on("error", (error) => this.#end(error));
    this.#worker.on("exit", (code) => this.#end(new Error(`it ended with exit code ${code}`)));
    // A thread without a task keeps no process alive.
    this.#worker.unref();
  }

  /** It takes no task any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Rejects with what the task threw, or with why the thread ended before it. */
  run(task: T, moved: readonly Transferable[] = []): Promise<R> {
    assert(this.#underWay === undefined && !this.#isOver, "a thread is given a task when it is free");
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#underWay = { resolve, reject };
      this.#worker.postMessage(task, moved);
    });
  }

  /** Ends it, whatever it is at. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(answer: TaskAnswer<R>): void {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    this.#worker.unref();
    if (answer.kind === "done") underWay?.resolve(answer.result);
    else underWay?.reject(answer.error);
  }

  #end(why: unknown): void {
    this.#isOver = true;
    this.#underWay?.reject(why);
    this.#underWay = undefined;
  }
}
