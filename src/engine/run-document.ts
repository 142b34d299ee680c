/**
 * The run document: everything that a run is a function of, written down before it begins and hashed, so that whoever
 * takes part (a worker, a later report) can tell that it speaks of the same run. It holds no secret.
 */
import { createHash, randomBytes } from "node:crypto";
import { assert } from "../base/assert.ts";
import type { FleetBook } from "../fleet/fleet-book.ts";
import { booksOf, withBooks } from "../fleet/fleet-rows.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { versionsOf } from "./versions.ts";

/** An image by digest and size of the file that was uploaded; digests in hex. */
export interface RunImage {
  readonly sha256: string;
  readonly md5: string;
  readonly sizeBytes: number;
}

export interface RunDocument {
  readonly schema: "otafleet/run";
  readonly version: 1;
  /** Names the run in its records. */
  readonly run: string;
  readonly driver: "live" | "virtual";
  readonly scenario: Scenario;
  /** In the order of `imagesOf`. */
  readonly images: readonly RunImage[];
  readonly workers: number;
  /** Makers of record batches: one for each worker, and the coordinator behind them. 0 = no batches. */
  readonly shards: number;
  readonly versions: Readonly<Record<string, string>>;
  /** What all ids of the run's nodes begin with. */
  readonly nodePrefix: string;
  /** ISO 8601 of UTC, wall time; "" under the virtual driver, which has none. */
  readonly startedAt: string;
  readonly command: string;
}

/** A document as it is written, with its hash. */
export interface SealedDocument {
  readonly document: RunDocument;
  readonly text: string;
  /** Hex SHA-256 of the text. */
  readonly sha256: string;
}

/** What a document says beside what follows from it. */
export interface DocumentParts {
  readonly scenario: Scenario;
  /** In the order of `imagesOf`. */
  readonly images: readonly Uint8Array[];
  readonly driver: "live" | "virtual";
  readonly workers: number;
  readonly startedAt: string;
  readonly command: string | undefined;
}

/** Writes the document of a run. */
export function sealedDocument(parts: DocumentParts): SealedDocument {
  const { scenario, images, driver, workers, startedAt, command } = parts;
  const isLive = driver === "live";
  const document: RunDocument = {
    schema: "otafleet/run",
    version: 1,
    run: isLive ? `${scenario.name} ${startedAt}` : scenario.name,
    driver,
    scenario,
    images: images.map((bytes) => ({
      sha256: createHash("sha256").update(bytes).digest("hex"),
      md5: createHash("md5").update(bytes).digest("hex"),
      sizeBytes: bytes.byteLength,
    })),
    workers,
    shards: isLive ? workers + 1 : 0,
    versions: { ...versionsOf(), adapter: scenario.backend.adapter, driver },
    nodePrefix: nodePrefixOf(scenario, isLive),
    startedAt,
    command: command ?? defaultCommand(scenario, driver),
  };
  const text = `${JSON.stringify({ ...document, seal: sealOf(document) }, undefined, 2)}\n`;
  return { document, text, sha256: hashOf(text) };
}

/** What a document's last line must be: a result that is computed from a changed one would be of no run at all. */
function sealOf(document: object): string {
  return hashOf(JSON.stringify(document));
}

/** The run goes by what is written, so that whoever reads it later meets the same values. */
export function asWritten(sealed: SealedDocument): SealedDocument {
  const document = readDocument(sealed.text);
  assert(document !== undefined, "a run document can be read");
  return { ...sealed, document: withFleetBooks(document, booksOf(sealed.document.scenario.fleet)) };
}

/** A document that was read, with the rows of its fleet files; asserts that they are those that it was written with. */
export function withFleetBooks(document: RunDocument, books: readonly (FleetBook | undefined)[]): RunDocument {
  const fleet = withBooks(document.scenario.fleet, books);
  return { ...document, scenario: { ...document.scenario, fleet } };
}

/** Hex SHA-256 of a document's text. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Reads a document; undefined where the text is none of this version, or not as it was written. */
export function readDocument(text: string): RunDocument | undefined {
  const document = documentOrFlaw(text);
  return typeof document === "string" ? undefined : document;
}

/** Reads a document, or says in a few words what the text is instead. */
export function documentOrFlaw(text: string): RunDocument | string {
  let value: Partial<RunDocument & { readonly seal: unknown }> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return "is cut or no JSON";
  }
  if (value?.schema !== "otafleet/run" || typeof value.version !== "number") return "is none of otafleet's";
  if (value.version !== 1) return `is of version ${String(value.version)}, where this otafleet reads 1`;
  const { seal, ...document } = value;
  return seal === sealOf(document) ? (document as RunDocument) : "was changed after the run wrote it";
}

/**
 * The same for equal scenarios and seeds, so that nodes keep their ids from run to run; but a run's own where the
 * backend outlives it, so that runs side by side or after one another do not meet.
 */
function nodePrefixOf({ name, seed, backend }: Scenario, isLive: boolean): string {
  const isShared = isLive && backend.urls.length > 0;
  const own = isShared ? randomBytes(4).toString("hex") : hashOf(JSON.stringify([name, seed])).slice(0, 8);
  return `ota-${own}-`;
}

function defaultCommand({ name, seed, fleet }: Scenario, driver: "live" | "virtual"): string {
  return `otafleet ${driver === "live" ? "run" : "plan"} ${name}.yaml --nodes ${fleet.nodes} --seed ${seed}`;
}
