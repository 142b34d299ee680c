/**
 * Threads and processes of a run are started from built files, also where the engine itself runs from source under a
 * test: what ships is what is tested.
 */

/** The URL of a built file, named by its place under `src/` or `dist/`: `engine/worker.js`. */
export function distFile(path: string): URL {
  return new URL(import.meta.url.endsWith(".ts") ? `../../dist/${path}` : `../${path}`, import.meta.url);
}
