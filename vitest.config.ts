import { defineConfig } from "vitest/config";
import { SlowestFirst } from "./test/slowest-first.ts";

export default defineConfig({
  // A test names what it tests by its source and is given what was built of it: what ships is what is tested, in worker
  // threads and processes too. Node itself loads it, so that hot loops are as fast as in a run, and nothing is
  // translated once more.
  resolve: { alias: [{ find: /^(?:\.\.\/)+src\/(.*)\.ts$/, replacement: `${import.meta.dirname}/dist/$1.js` }] },
  test: {
    include: ["test/**/*.test.ts"],
    server: { deps: { external: [/\/dist\/.*\.js$/] } },
    globalSetup: ["test/extra-certificates.ts", "test/build.ts", "test/temporary-files.ts"],
    forceRerunTriggers: ["**/package.json/**", "**/vitest.config.*/**", "src/**/*.ts"],
    // Where files share a process, modules are read once and not once a file: half of the time.
    isolate: false,
    // Two cores are kept at work by four: tests of live runs mostly wait, for their fleets to live and for threads and
    // processes of their own.
    maxWorkers: 4,
    maxConcurrency: 4,
    sequence: { sequencer: SlowestFirst },
    // Real sockets and certificates on a busy machine of two cores.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
