/** Threads and processes of a run are started from the bundles that build.js makes of built files, whoever starts them. */

/** The URL of what a thread or process starts from, named by its place under `src/` or `dist/`: `engine/worker.js`. */
export function startedFile(path: string): URL {
  return new URL(`../bundle/${path.replaceAll("/", "-")}`, import.meta.url);
}

/**
 * What node is to be started with for it: where this process tells places in its modules and not in its bundles, threads
 * and processes do too. What they throw comes as text, which nobody could map any more.
 */
export function startedArgv(): string[] {
  return process.sourceMapsEnabled ? ["--enable-source-maps"] : [];
}
