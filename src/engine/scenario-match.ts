/** Whether two runs are of one scenario: the same fleet, jobs, image and date, whatever else was turned on or off. */
import { createHash } from "node:crypto";
import type { ScenarioMatch } from "../measure/comparison.ts";
import { imagesOf } from "../scenario/job-images.ts";
import type { RunDocument } from "./run-document.ts";

/**
 * What two runs of one scenario may do differently: where the backend is, how fast the clock runs, how servers are
 * modelled, what is promised, and what a run is found by. Another seed is another fleet of the same scenario.
 */
const MAY_DIFFER: ReadonlySet<string> = new Set([
  "about",
  "tags",
  "seed",
  "clock.speed",
  "model",
  "thresholds",
  "prices",
  "backend.url",
  "backend.broker",
  "backend.tls",
]);

/** Blocks whose keys are told one by one. */
const OPENED: ReadonlySet<string> = new Set(["clock", "backend"]);

/** Compares what two documents say of their scenarios. */
export function scenarioMatch(first: RunDocument, second: RunDocument): ScenarioMatch {
  const [a, b] = [partsOf(first), partsOf(second)];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const different = names.filter((name) => a.get(name) !== b.get(name));
  const differs = different.filter((name) => !MAY_DIFFER.has(name));
  return {
    isSame: differs.length === 0,
    sha256: [identityOf(a), identityOf(b)],
    differs,
    mayDiffer: different.filter((name) => MAY_DIFFER.has(name)),
  };
}

function identityOf(parts: ReadonlyMap<string, string>): string {
  const kept = [...parts].filter(([name]) => !MAY_DIFFER.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(kept)).digest("hex");
}

/** Each block of the scenario as text, and the digests of image files; blocks that are not there are left out. */
function partsOf({ scenario, images }: RunDocument): ReadonlyMap<string, string> {
  // The content of an image that is made comes of the seed.
  const files = imagesOf(scenario).map(({ from }, number) => (from === "file" ? images[number] : from));
  const parts = new Map<string, string>([["images", canonical(files)]]);
  for (const [name, value] of Object.entries(scenario)) {
    if (!OPENED.has(name)) parts.set(name, canonical(value));
    else
      for (const [key, inner] of Object.entries(value as object)) parts.set(wordOf(`${name}.${key}`), canonical(inner));
  }
  return parts;
}

/** As the scenario's file has it. */
function wordOf(name: string): string {
  return name === "clock.startUtcMs" ? "clock.start" : name === "backend.urls" ? "backend.url" : name;
}

/** JSON with the keys of every object in one order: a later release may write them in another. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
