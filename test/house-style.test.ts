/** The style of the house, as far as a machine can read it: CONTRIBUTING.md says it in sentences. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { otafleetProgram } from "../src/cli/program.ts";
import { commandBreaches, pathBreaches } from "./house-style/document-rules.ts";
import { purityBreaches } from "./house-style/purity-rules.ts";
import { cycleBreaches, roomBreaches, unusedBreaches } from "./house-style/room-rules.ts";
import {
  type Breach,
  filesBelow,
  sourceFile,
  type SourceFile,
  sourceFiles,
  textOf,
  TOP,
} from "./house-style/source-file.ts";
import {
  documentationBreaches,
  fileNameBreaches,
  formBreaches,
  lengthBreaches,
  rainmakerBreaches,
  textBreaches,
  wordBreaches,
} from "./house-style/writing-rules.ts";

const SOURCE = sourceFiles("src/");
const TESTS = sourceFiles("test/");
const BENCHES = filesBelow("test/").filter((path) => path.endsWith(".mjs"));
const DOCUMENTS = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "reports/README.md",
];

describe("the source", () => {
  test("imports only from rooms with a smaller number", () => {
    expect(told(SOURCE.flatMap(roomBreaches))).toBe("");
  });

  test("has no file that leads back to itself", () => {
    expect(told(cycleBreaches(SOURCE))).toBe("");
  });

  test("keeps clock, chance, machine and locale out of the pure rooms", () => {
    expect(told(SOURCE.flatMap(purityBreaches))).toBe("");
  });

  test("names each file after one concept, in kebab-case", () => {
    expect(told([...filesBelow("src/"), ...TESTS.map(({ path }) => path)].flatMap(fileNameBreaches))).toBe("");
  });

  test("has no file over 500 lines, and none over 300 that does not say why", () => {
    expect(told(SOURCE.flatMap(lengthBreaches))).toBe("");
  });

  test("has no enum, namespace, default export, parameter property or private by word", () => {
    expect(told(SOURCE.flatMap(formBreaches))).toBe("");
  });

  test("declares nothing under a word that names no thing", () => {
    expect(told(SOURCE.flatMap(wordBreaches))).toBe("");
  });

  test("documents every function and class that a pure room exports", () => {
    expect(told(SOURCE.flatMap(documentationBreaches))).toBe("");
  });

  test("exports no function that no other file takes", () => {
    // The benches are plain JavaScript over dist/, and take names from there.
    const benches = BENCHES.map((path) => sourceFile(path, textOf(path).replace(/dist\/(.*?)\.js/g, "src/$1.ts")));
    expect(told(unusedBreaches(SOURCE, [...TESTS, ...benches]))).toBe("");
  });

  test("knows RainMaker's topics and fields only in RainMaker's rooms", () => {
    expect(told(SOURCE.flatMap(rainmakerBreaches))).toBe("");
  });

  test("names no path of one machine, and no work to do without its condition", () => {
    const paths = [
      ...["src/", "scenarios/", "tools/"].flatMap(filesBelow),
      ...TESTS.map(({ path }) => path),
      "package.json",
    ];
    const checked = paths.filter((path) => !path.startsWith("test/house-style"));
    expect(told(checked.flatMap((path) => textBreaches(path, textOf(path))))).toBe("");
  });
});

describe("the documents", () => {
  test("are all there", () => {
    expect([...DOCUMENTS, "LICENSE"].filter((path) => !existsSync(new URL(path, TOP)))).toEqual([]);
  });

  test("name only paths that exist", () => {
    expect(told(DOCUMENTS.flatMap((path) => pathBreaches(path, textOf(path))))).toBe("");
  });

  test("tell only commands that exist", () => {
    const manifest = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const commands = otafleetProgram(() => {}).commands.map((command) => command.name());
    const known = { scripts: new Set(Object.keys(manifest.scripts)), commands: new Set([...commands, "help"]) };

    expect(told(DOCUMENTS.flatMap((path) => commandBreaches(path, textOf(path), known)))).toBe("");
  });

  test("name no path of one machine", () => {
    expect(told(DOCUMENTS.flatMap((path) => textBreaches(path, textOf(path))))).toBe("");
  });
});

describe("each rule finds its breach", () => {
  test.each<[string, (file: SourceFile) => Breach[], string, string]>([
    ["a larger room", roomBreaches, "src/base/a.ts", `import { b } from "../node/b.ts";`],
    ["a neighbour", roomBreaches, "src/measure/a.ts", `import type { B } from "../adapters/b.ts";`],
    ["a neighbour by a passed on name", roomBreaches, "src/report/a.ts", `export { b } from "../scenario/b.ts";`],
    ["a larger room, later", roomBreaches, "src/node/a.ts", `await import("../engine/b.ts");`],
    ["another kind of backend", roomBreaches, "src/adapters/x/a.ts", `import { b } from "../y/b.ts";`],
    ["no room at all", roomBreaches, "src/extra/a.ts", ""],
    ["the time", purityBreaches, "src/node/a.ts", "const a = Date.now();"],
    ["today", purityBreaches, "src/report/a.ts", "const a = new Date();"],
    ["chance", purityBreaches, "src/fleet/a.ts", "const a = Math.random();"],
    ["chance in node:crypto", purityBreaches, "src/image/a.ts", `import { randomBytes } from "node:crypto";`],
    ["a timer", purityBreaches, "src/node/a.ts", "setTimeout(() => {}, 1);"],
    ["the environment", purityBreaches, "src/scenario/a.ts", "const a = process.env.HOME;"],
    ["files", purityBreaches, "src/scenario/a.ts", `import { readFileSync } from "node:fs";`],
    ["a package with sockets", purityBreaches, "src/adapters/a.ts", `import mqtt from "mqtt";`],
    ["the zone of the machine", purityBreaches, "src/report/a.ts", "const a = new Date(0).getHours();"],
    ["the locale of the machine", purityBreaches, "src/report/a.ts", "const a = (1000).toLocaleString();"],
    ["an enum", formBreaches, "src/node/a.ts", "enum A { B }"],
    ["a default export", formBreaches, "src/node/a.ts", "export default 1;"],
    ["a parameter property", formBreaches, "src/node/a.ts", "class A { constructor(readonly b: number) {} }"],
    ["an empty word", wordBreaches, "src/node/a.ts", "class NodeManager {}"],
    ["an undocumented function", documentationBreaches, "src/node/a.ts", "export function a() {}"],
    ["a word of RainMaker", rainmakerBreaches, "src/node/a.ts", `const topic = "node/1/otafetch";`],
    ["a long file", lengthBreaches, "src/node/a.ts", "\n".repeat(301) + "const a = 1;"],
    ["a longer file", lengthBreaches, "src/node/a.ts", "/** Why it is long. */" + "\n".repeat(501) + "const a = 1;"],
  ])("%s", (_, rule, path, text) => {
    const breaches = rule(sourceFile(path, text));

    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toMatch(/^src\/[\w/]+\.ts:\d+: .{10,}/);
  });

  test("a circle of three files is told once", () => {
    const files = ["ab", "bc", "ca"].map(([from, to]) =>
      sourceFile(`src/node/${from}.ts`, `import { x } from "./${to}.ts";`),
    );

    expect(cycleBreaches(files)).toHaveLength(1);
  });

  test("a dumping ground, a camel, a path of one machine, a vague promise", () => {
    expect(fileNameBreaches("src/node/utils/time.ts")).toHaveLength(1);
    expect(fileNameBreaches("src/node/packetLoss.ts")).toHaveLength(1);
    expect(textBreaches("a.ts", `const a = "/home/me/firmware.bin";`)).toHaveLength(1);
    expect(textBreaches("a.ts", "// TODO: mend this")).toHaveLength(1);
    expect(textBreaches("a.ts", "// TODO when Node 20 ends: use node:sqlite")).toHaveLength(0);
  });

  test("an export that nobody takes, a path and a command that are not there", () => {
    const known = { scripts: new Set(["test"]), commands: new Set(["run"]) };

    expect(unusedBreaches([sourceFile("src/node/a.ts", "/** A. */ export function a() {}")], [])).toHaveLength(1);
    expect(pathBreaches("A.md", "See `src/node/nowhere.ts`.")).toHaveLength(1);
    expect(
      commandBreaches("A.md", "Type `npm run dance` or `otafleet fly`; `otafleet run x.yaml`.", known),
    ).toHaveLength(2);
  });
});

/** One breach a line, so that a failure reads as a list of places and mends. */
function told(breaches: readonly Breach[]): string {
  return breaches.join("\n");
}
