/** From the words of a command line to a scenario and the image that it rolls out. */
import { X509Certificate } from "node:crypto";
import { dirname, isAbsolute, join } from "node:path";
import { ADAPTERS } from "../adapters/adapters.ts";
import { assert } from "../base/assert.ts";
import { type Mistake, UserError } from "../base/user-error.ts";
import { readFleetFile } from "../engine/fleet-file.ts";
import type { FleetFileWish } from "../fleet/fleet-file/fleet-columns.ts";
import { madeImage } from "../engine/made-image.ts";
import type { Overrides } from "../scenario/overrides.ts";
import type { ScenarioDraft } from "../scenario/draft.ts";
import { imageFileOf, jobImageFilesOf, readScenario } from "../scenario/read-scenario.ts";
import { resolveScenario } from "../scenario/resolve-scenario.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { AccessFlags } from "./backend-access.ts";
import { commandText } from "./command-text.ts";
import { fileBytes } from "./file-bytes.ts";
import { factsOfImage, type ImageFile, readImageFile } from "./image-file.ts";

/** Flags that every command with a scenario has. */
export interface ScenarioFlags {
  readonly nodes?: string;
  readonly image?: string;
  readonly seed?: string;
  /** A file with the block `model:`. */
  readonly model?: string;
  readonly set?: readonly string[];
  readonly tag?: readonly string[];
  /** Of `run` alone. */
  readonly backend?: readonly string[];
  /** What `clock.start: now` means, milliseconds since 1970; left out, the moment at which the first scenario is read. */
  readonly nowMs?: number | undefined;
  /** What one point of a sweep or a search sets beside `set`. */
  readonly knobs?: NonNullable<Overrides["knobs"]>;
}

/** A scenario that can be run. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly imageBytes: Uint8Array;
  /** PEM of the authorities of a foreign broker, where the scenario names their file. */
  readonly brokerCa: string | undefined;
  /** Of the files that jobs name for themselves, by path as written. */
  readonly jobImages: ReadonlyMap<string, Uint8Array>;
  /** What `clock.start: now` meant, milliseconds since 1970; undefined where the scenario begins at another moment. */
  readonly nowMs: number | undefined;
  /** What is allowed and most likely not meant. */
  readonly warnings: readonly Mistake[];
  /** The texts that stand at a key as `--set` has it; undefined where there is no plain value. */
  readonly written: (keys: string) => readonly string[] | undefined;
}

/** The authorities of everybody have a quarter of it. */
const CA_BYTES_MAX = 1_000_000;
// The reader of scenarios refuses more than a million characters, of at most four bytes each.
const SCENARIO_BYTES_MAX = 4_000_000;

/** A sweep reads its scenario for every combination, and all of them begin at one moment. */
let startedAtMs: number | undefined;

/** Reads a scenario file and the image that it, or `--image`, names; throws a `UserError` with all mistakes. */
export function loadScenario(file: string, flags: ScenarioFlags): LoadedScenario {
  // Bytes that are no UTF-8 become U+FFFD, which the reader refuses by name.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    fileBytes(file, { what: "a scenario", bytesMax: SCENARIO_BYTES_MAX }),
  );
  const { nodes, seed, image, model, set, tag, backend, knobs } = flags;
  const moment = flags.nowMs ?? (startedAtMs ??= Date.now());
  const draft = readScenario(text, file, {
    adapters: ADAPTERS,
    nowMs: moment,
    fleetFile: (wish) => fleetFileOnce(besideScenario(file, wish.file), wish),
    overrides: {
      ...(nodes === undefined ? {} : { nodes }),
      ...(seed === undefined ? {} : { seed }),
      ...(image === undefined ? {} : { image }),
      ...(model === undefined ? {} : { model: { file: model, text: modelTextOf(model) } }),
      ...(set === undefined ? {} : { set }),
      ...(knobs === undefined ? {} : { knobs }),
      ...(tag === undefined ? {} : { tag }),
      ...(backend === undefined ? {} : { backend }),
    },
  });
  const brokerCa = brokerCaOf(draft, file);
  const written = (keys: string): readonly string[] | undefined => draft.places.written(keys);
  const nowMs = written("clock.start")?.includes("now") === true ? moment : undefined;
  const imageFile = imageFileOf(draft);
  const jobFiles = jobImageFilesOf(draft).map((path) => [path, readJobImage(draft, file, path)] as const);
  const jobImages = new Map(jobFiles.map(([path, { bytes }]) => [path, bytes]));
  const jobFacts = new Map(jobFiles.map(([path, { image: parsed }]) => [path, factsOfImage(path, parsed)]));
  if (imageFile === undefined) {
    const { scenario, warnings } = resolveScenario(draft, undefined, jobFacts);
    return { scenario, warnings, imageBytes: madeImage(scenario), jobImages, brokerCa, nowMs, written };
  }
  // A path on the command line is meant from where one stands; one in a file from where the file lies.
  const isOfScenario = image === undefined;
  const path = isOfScenario ? besideScenario(file, imageFile) : imageFile;
  const { bytes, image: parsed } = isOfScenario
    ? readNamed(draft, ["image", "file"], path, readImageFile)
    : readImageFile(path);
  const { scenario, warnings } = resolveScenario(draft, factsOfImage(path, parsed), jobFacts);
  return { scenario, warnings, imageBytes: bytes, jobImages, brokerCa, nowMs, written };
}

function modelTextOf(file: string): string {
  const bytes = fileBytes(file, { what: "a model", bytesMax: SCENARIO_BYTES_MAX });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** A sweep reads its scenario for every combination, and a fleet of a million rows takes seconds. */
const fleetFiles = new Map<string, ReturnType<typeof readFleetFile>>();

function fleetFileOnce(path: string, wish: FleetFileWish): ReturnType<typeof readFleetFile> {
  const key = JSON.stringify([path, wish]);
  const known = fleetFiles.get(key);
  if (known !== undefined) return known;
  const read = readFleetFile(path, wish);
  // One that is not there may be there the next time.
  if ("book" in read) fleetFiles.set(key, read);
  return read;
}

function readJobImage(draft: ScenarioDraft, file: string, path: string): ImageFile {
  const job = draft.given.jobs.findIndex(({ image }) => image?.file === path);
  return readNamed(draft, ["jobs", job, "image", "file"], besideScenario(file, path), readImageFile);
}

function besideScenario(scenarioFile: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(scenarioFile), path);
}

function brokerCaOf(draft: ScenarioDraft, file: string): string | undefined {
  const ca = draft.given.backend?.broker?.ca;
  return ca === undefined
    ? undefined
    : readNamed(draft, ["backend", "broker", "ca"], besideScenario(file, ca), readAuthorities);
}

function readAuthorities(path: string): string {
  const pem = new TextDecoder().decode(fileBytes(path, { what: "a PEM", bytesMax: CA_BYTES_MAX }));
  try {
    // Parsed here already: TLS would say in mid-run that it knows no such authority.
    const { raw } = new X509Certificate(pem);
    assert(raw.length > 0, "a certificate has bytes");
    return pem;
  } catch {
    const expected = "name a file of certificates that begin with -----BEGIN CERTIFICATE-----";
    throw new UserError({ file: path, seen: "has no certificate in PEM", expected });
  }
}

/** Reads a file; a mistake is told where the scenario names it. */
function readNamed<T>(
  { places }: ScenarioDraft,
  at: readonly PropertyKey[],
  path: string,
  read: (path: string) => T,
): T {
  try {
    return read(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const place = places.of(at);
    throw new UserError(
      error.mistakes.map(({ seen, expected }) => ({ ...place, seen: `(${path}) ${seen}`, expected })),
    );
  }
}

/** Flags of sweeps and searches that their results depend on. */
export interface ManyPlansFlags {
  readonly sweep?: readonly string[];
  readonly metrics?: string;
  readonly find?: string;
  readonly until?: string;
  readonly between?: string;
  readonly within?: string;
  readonly seeds?: string;
}

/** The command that repeats a run or plan: everything that its result depends on, and nothing else. */
export function repeatingCommand(
  command: "run" | "plan",
  file: string,
  flags: ScenarioFlags & AccessFlags & ManyPlansFlags & { readonly workers?: string },
): string {
  const flag = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [name, value]);
  return commandText([
    command,
    file,
    ...flag("--nodes", flags.nodes),
    ...flag("--seed", flags.seed),
    ...flag("--image", flags.image),
    ...flag("--model", flags.model),
    ...(flags.set ?? []).flatMap((each) => ["--set", each]),
    ...(flags.tag ?? []).flatMap((each) => ["--tag", each]),
    ...(flags.sweep ?? []).flatMap((each) => ["--sweep", each]),
    ...flag("--find", flags.find),
    ...flag("--until", flags.until),
    ...flag("--between", flags.between),
    ...flag("--within", flags.within),
    ...flag("--seeds", flags.seeds),
    ...flag("--metrics", flags.metrics),
    ...flag("--workers", flags.workers),
    ...(flags.backend === undefined ? [] : ["--backend", ...flags.backend]),
    ...flag("--ca", flags.ca),
    ...flag("--token-file", flags.tokenFile),
    ...(flags.allowRemote === true ? ["--allow-remote"] : []),
    ...(flags.allowHost ?? []).flatMap((host) => ["--allow-host", host]),
  ]);
}
