import { defineConfig } from "vitest/config";

/** Rooms without sockets, files and threads: nothing that one of their tests does can be seen by another. */
const PURE = ["adapters", "base", "faults", "fleet", "image", "measure", "node", "report", "scenario", "simulation"];
const pureFiles = PURE.map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    // Worker threads and the backend's process are started from dist/: what ships is what is tested.
    globalSetup: ["test/build.ts"],
    // Where files share a process, modules are read once and not once a file: half of the time.
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: pureFiles,
          pool: "threads",
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "live",
          include: ["test/**/*.test.ts"],
          exclude: pureFiles,
          isolate: false,
          // Tests start threads and processes of their own, and then mostly wait for them.
          maxWorkers: 3,
          maxConcurrency: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    // Real sockets and certificates on a busy machine of two cores.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
