import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { startedFile } from "../src/engine/started-file.ts";

const BUNDLE = join(import.meta.dirname, "../dist/bundle");

test("the licence of every package whose code is in a bundle lies beside it", () => {
  const licences = readFileSync(join(BUNDLE, "LICENCES.txt"), "utf8");
  const maps = readdirSync(BUNDLE).filter((file) => file.endsWith(".js.map"));
  // What a bundle is made of, as its own maps have it.
  const sources = maps.flatMap((file) => (JSON.parse(readFileSync(join(BUNDLE, file), "utf8")) as Sources).sources);
  const packages = new Set(sources.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));

  expect(packages.size).toBeGreaterThan(20);
  const told = new Set([...licences.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \(/gm)].map(([, name]) => name));
  expect([...packages].filter((name) => !told.has(name))).toEqual([]);
  expect(licences).toMatch(/^aedes \S+ \(MIT\)\n\n.*MIT License/m);
});

test("the command and whatever it starts are bundles, so that tests that run them as processes run what ships", () => {
  const command = readFileSync(join(BUNDLE, "../cli/main.js"), "utf8");
  const started = ["engine/worker.js", "engine/sweep/plan-worker.js", "backend/serve/main.js"].map(startedFile);

  expect(command).toContain('"../bundle/cli-main.js"');
  for (const file of started) {
    expect(dirname(fileURLToPath(file))).toBe(BUNDLE);
    expect(existsSync(file), file.href).toBe(true);
  }
});

test("a map names modules that lie beside the bundle, and does not hold them a second time", () => {
  const maps = readdirSync(BUNDLE).filter((file) => file.endsWith(".js.map"));

  for (const file of maps) {
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(BUNDLE, file), "utf8")) as Sources;
    expect(sourcesContent, file).toBeUndefined();
    expect(
      sources.filter((path) => !existsSync(join(BUNDLE, path))),
      file,
    ).toEqual([]);
  }
});

test("every chunk of the bundles lies there compiled, and this Node takes it", () => {
  const { compiledOf, wrapped } = startOf(BUNDLE);
  const chunks = readdirSync(BUNDLE).filter((file) => /-[\w-]{8}\.js$/.test(file));

  const taken = chunks.filter((file) => {
    const bytes = readFileSync(join(BUNDLE, file));
    const cachedData = compiledOf(file, bytes);
    return cachedData !== undefined && new Script(wrapped(bytes), { cachedData }).cachedDataRejected === false;
  });

  expect(chunks.length).toBeGreaterThan(20);
  expect(taken).toEqual(chunks);
});

test("what was compiled of other bytes, came to harm or is not there is not taken: the chunk runs as it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "otafleet-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(BUNDLE, "start.js"), join(folder, "start.js"));
  const { compiled, start, withChecksums, wrapped } = startOf(folder);
  mkdirSync(join(folder, basename(compiled)));
  // V8 itself tells two sources apart by their length alone.
  const written = (name: string, before: string, harm: (kept: Buffer) => Buffer = (kept) => kept): unknown => {
    const bytes = Buffer.from(before);
    writeFileSync(join(compiled, name), harm(withChecksums(bytes, new Script(wrapped(bytes)).createCachedData())));
    writeFileSync(join(folder, name), "exports.answer = 2;");
    return start(name);
  };
  writeFileSync(join(folder, "alone.js"), "exports.answer = 2;");

  expect(written("same.js", "exports.answer = 2;")).toEqual({ answer: 2 });
  expect(written("edited.js", "exports.answer = 1;")).toEqual({ answer: 2 });
  expect(written("cut.js", "exports.answer = 2;", (kept) => kept.subarray(0, -9))).toEqual({ answer: 2 });
  expect(written("empty.js", "exports.answer = 2;", () => Buffer.alloc(0))).toEqual({ answer: 2 });
  // V8 would run this, and fall.
  expect(written("zeros.js", "exports.answer = 2;", (kept) => kept.fill(0, kept.length >> 1))).toEqual({ answer: 2 });
  expect(start("alone.js")).toEqual({ answer: 2 });
});

test("a chunk that fails while it is loaded fails again for whoever asks again", () => {
  const folder = mkdtempSync(join(tmpdir(), "otafleet-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(BUNDLE, "start.js"), join(folder, "start.js"));
  writeFileSync(join(folder, "half.js"), 'exports.answer = 2; throw new Error("half a module");');
  const { start } = startOf(folder);

  expect(() => start("half.js")).toThrow("half a module");
  expect(() => start("half.js")).toThrow("half a module");
});

/** What starts a bundle, tools/bundle-start.cjs, from the folder in which it lies. */
function startOf(folder: string): Start {
  return createRequire(import.meta.url)(join(folder, "start.js")) as Start;
}

interface Start {
  readonly compiled: string;
  readonly compiledOf: (name: string, bytes: Uint8Array) => Buffer | undefined;
  readonly withChecksums: (bytes: Uint8Array, kept: Uint8Array) => Buffer;
  readonly start: (name: string) => unknown;
  readonly wrapped: (bytes: Uint8Array) => string;
}

interface Sources {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly string[];
}
