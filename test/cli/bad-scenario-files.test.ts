import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { BAD_BYTES, BAD_KEYS, BAD_SIZES, BAD_YAML } from "../fixtures/bad-input/scenario-form.ts";
import type { BadScenario } from "../fixtures/bad-input/scenario-text.ts";
import { SOUND } from "../fixtures/bad-input/scenario-text.ts";
import * as operator from "../fixtures/bad-input/scenario-operator.ts";
import * as values from "../fixtures/bad-input/scenario-values.ts";
import { loadScenario } from "../../src/cli/scenario-file.ts";
import { otafleet, temporaryFolder, written } from "./otafleet.ts";
import { refused } from "./told.ts";

const folder = temporaryFolder();
const EACH_ALONE = fileURLToPath(new URL("each-alone.mjs", import.meta.url));

const TABLES: Readonly<Record<string, readonly BadScenario[]>> = {
  BAD_BYTES,
  BAD_SIZES,
  BAD_YAML,
  BAD_KEYS,
  ...values,
  ...operator,
};

describe.each(Object.entries(TABLES))(
  "%s: each is told with its place, what was seen and what would be right",
  (_, table) => {
    test.each(table.map(([title, text, lines]) => ({ title, text, lines })))("$title", async ({ text, lines }) => {
      const path = written(folder, "scenario.yaml", text);

      const seen = await refused(["plan", path, "--quiet"], folder);

      expectLines(
        seen,
        lines.map((line) => (/^\d+ mistakes/.test(line) ? line : `${path}:${line}`)),
      );
    });
  },
);

function expectLines(seen: readonly string[], expected: readonly string[]): void {
  const plain = seen.map((line) => line.replaceAll(`(${folder}`, "(DIR"));
  // The end of a line that names everything known is left out of the tables.
  expect(plain.map((line, index) => line.slice(0, expected[index]?.length))).toEqual(expected);
}

describe("what is no regular text file is refused by what it is", () => {
  const at = (name: string): string => join(folder, name);

  test.each([
    {
      name: "missing.yaml",
      make: () => {},
      said: "cannot be read: there is no such file or folder; name a scenario file",
    },
    { name: "a-folder", make: (path: string) => mkdirSync(path), said: "is a folder; name a scenario file" },
    {
      name: "dangling",
      make: (path: string) => symlinkSync("nowhere", path),
      said: "cannot be read: there is no such file",
    },
    {
      name: "circle",
      make: (path: string) => symlinkSync(path, path),
      said: "cannot be read: its links lead in circles",
    },
    {
      name: "to-a-folder",
      make: (path: string) => symlinkSync(folder, path),
      said: "is a folder; name a scenario file",
    },
    {
      name: "pipe",
      make: (path: string) => spawnSync("sh", ["-c", 'mkfifo "$0"', path]),
      said: "is no regular file; name a scenario file; pipes and devices are not read",
    },
    {
      name: "a-gigabyte.yaml",
      make: (path: string) => truncateSync(written(path, "", ""), 2 ** 30),
      said: "has 1073741824 bytes; a scenario has at most 4000000 bytes",
    },
    { name: "x".repeat(300), make: () => {}, said: "cannot be read: the name is too long; name a scenario file" },
    {
      name: "to-zeros",
      make: (path: string) => symlinkSync("/dev/zero", path),
      said: "is no regular file; name a scenario",
    },
  ])("$name: $said", async ({ name, make, said }) => {
    make(at(name));

    const seen = await refused(["run", at(name)], folder);

    expect(seen.length).toBe(1);
    expect(seen[0]).toContain(`${at(name)}: ${said}`.slice(0, 2_000));
  });

  test("a path that leads through a file, and a path of no letters", async () => {
    const file = written(folder, "file.yaml", SOUND);

    expect(await refused(["run", join(file, "scenario.yaml")], folder)).toEqual([
      `${join(file, "scenario.yaml")}: cannot be read: it, or a part of its path, is a file and no folder; name a scenario file that can be read`,
    ]);
    expect(await refused(["run", ""], folder)).toEqual(['"": is no file name; name a scenario file']);
  });
});

test.each([
  ["with a byte order mark", `\uFEFF${SOUND}`],
  ["with line ends of Windows", SOUND.replaceAll("\n", "\r\n")],
  ["without a line end at its end", SOUND.trimEnd()],
  ["between marks of a document", `---\n${SOUND}...\n`],
  [
    "as JSON",
    '{"name":"j","clock":{"start":"2026-03-10T12:00:00Z"},"nodes":5,"fleet":{"cohorts":[{"name":"a","autofetch":{"every":"1h"}}]},"jobs":[{"name":"spring"}],"end":{"after":"4h"}}',
  ],
  ["with an anchor and its alias", SOUND.replace("2.0.0", "&v 2.0.0") + "about: *v\n"],
])("a sound scenario %s is read as what it is", (_, text) => {
  const path = written(folder, "sound.yaml", text);

  expect(loadScenario(path, {}).scenario.jobs[0]?.name).toBe("spring");
});

test("the place of a mistake is the same with a byte order mark and with line ends of Windows", async () => {
  const text = SOUND.replace("nodes: 40", "nodes: 0");
  const path = written(folder, "place.yaml", `\uFEFF${text.replaceAll("\n", "\r\n")}`);

  expect((await refused(["plan", path], folder))[0]).toMatch(/place\.yaml:4:8: nodes is 0; /);
});

test("the hungriest of them end a real process with 2 within a heap of 64 MB", async () => {
  const gigabyte = written(folder, "gigabyte.yaml", "");
  truncateSync(gigabyte, 2 ** 30);
  const paths = BAD_SIZES.map(([, text], index) => written(folder, `hungry-${index}.yaml`, text));

  // One process for all but the first: what one of them leaves in the heap is the next one's burden.
  const { code } = await otafleet(["inspect", gigabyte], { env: { NODE_OPTIONS: "--max-old-space-size=64" } });
  const commands = JSON.stringify(paths.map((path) => ["inspect", path]));
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--max-old-space-size=64", EACH_ALONE, commands], {
    encoding: "utf8",
  });

  expect([code, status], stderr).toEqual([2, 0]);
  expect(JSON.parse(stdout)).toEqual(paths.map(() => 2));
});
