import { defineConfig } from "vitest/config";

/** Rooms without sockets, files and threads: nothing that one of their tests does can be seen by another. */
const PURE = ["adapters", "base", "faults", "fleet", "image", "measure", "node", "report", "scenario", "simulation"];
const pureFiles = PURE.map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  // A test names what it tests by its source and is given what was built of it: what ships is what is tested, in worker
  // threads and processes too. Node itself loads it, so that hot loops are as fast as in a run, and nothing is
  // translated once more.
  resolve: { alias: [{ find: /^(?:\.\.\/)+src\/(.*)\.ts$/, replacement: `${import.meta.dirname}/dist/$1.js` }] },
  test: {
    server: { deps: { external: [/\/dist\/.*\.js$/] } },
    globalSetup: ["test/build.ts", "test/temporary-files.ts"],
    forceRerunTriggers: ["**/package.json/**", "**/vitest.config.*/**", "src/**/*.ts"],
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
