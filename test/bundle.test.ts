import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

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

interface Sources {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly string[];
}
