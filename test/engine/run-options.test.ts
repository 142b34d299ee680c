import { expect, test } from "vitest";
import { NODES_A_WORKER_MIN, workersFor } from "../../src/engine/run-options.ts";

test.each([
  [1, 8, 1],
  [2 * NODES_A_WORKER_MIN - 1, 8, 1],
  [2 * NODES_A_WORKER_MIN, 8, 2],
  [10_000, 8, 2],
  [10_000, 1, 1],
])("%d nodes on %d cores are driven by %d threads", (nodes, cores, workers) => {
  expect(workersFor(nodes, cores)).toBe(workers);
});
