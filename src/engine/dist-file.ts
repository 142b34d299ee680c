/** Threads and processes of a run are started from built files, whoever starts them. */

/** The URL of a built file, named by its place under `src/` or `dist/`: `engine/worker.js`. */
export function distFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
