import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Worker threads and the backend's process are started from dist/: what ships is what is tested.
    globalSetup: ["test/build.ts"],
    // Tests start threads and processes of their own; more than two at a time would make them wait for each other.
    maxWorkers: 2,
    // Real sockets and certificates on a busy machine of two cores.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
