/**
 * How result and reports of a run get on, once its fleet time is over: a million nodes take seconds to be counted and
 * written. It looks at the wall clock now and then, and changes nothing of either.
 */
import type { RunWatcher } from "./run-options.ts";

/** Nodes between two looks at the wall clock: some milliseconds of work. */
const NODES_A_LOOK = 4_096;
const VIEW_PERIOD_MS = 200;

export class ConclusionProgress {
  readonly #watcher: RunWatcher;
  readonly #nodes: number;
  #file = "";
  #nextLook = 0;
  #shownAtMs = -Infinity;

  /** @param nodes of the run */
  constructor(watcher: RunWatcher, nodes: number) {
    this.#watcher = watcher;
    this.#nodes = nodes;
  }

  /** A part of the result comes next: "the laws". */
  computes(part: string): void {
    this.#watcher.onConclusion?.({ step: "computing the result", part });
  }

  /** A file comes next. */
  writes(file: string): void {
    this.#file = file;
    this.#nextLook = 0;
  }

  /** To be called often. `node`: the next whose lines are made for the present file. */
  reaches(node: number): void {
    if (node < this.#nextLook) return;
    this.#nextLook = node + NODES_A_LOOK;
    const nowMs = performance.now();
    if (nowMs - this.#shownAtMs < VIEW_PERIOD_MS) return;
    this.#shownAtMs = nowMs;
    this.#watcher.onConclusion?.({ step: "writing", part: this.#file, nodes: { done: node, all: this.#nodes } });
  }
}
