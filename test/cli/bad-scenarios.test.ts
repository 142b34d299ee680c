import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

const folder = temporaryFolder();

interface Bad {
  readonly title: string;
  readonly text: string | Uint8Array;
  /** Begins the line behind the file's name. */
  readonly error: string;
}

/** The small scenario with something else in one place. */
function but(from: string, to: string): string {
  if (!SMALL_SCENARIO.includes(from)) throw new Error(`the small scenario has no ${from}`);
  return SMALL_SCENARIO.replace(from, to);
}

/** One of each kind; all others are held without a process (test/fixtures/bad-input). */
const BAD: readonly Bad[] = [
  { title: "an empty file", text: "", error: " is empty; " },
  { title: "a picture", text: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xd8]), error: " is not UTF-8" },
  {
    title: "a key twice",
    text: `${SMALL_SCENARIO}name: again\n`,
    error: "12:1: the same key stands here a second time; ",
  },
  { title: "no nodes", text: but("nodes: 40", "nodes: 0"), error: "4:8: nodes is 0; " },
  {
    title: "an image file that is none",
    text: but("make: { project: demo, version: 2.0.0, size: 64KiB }", "file: none.bin"),
    error: "3:16: image.file ",
  },
  {
    title: "authorities of a broker that are not there",
    text: but("nodes: 40", "backend: { broker: { url: mqtts://127.0.0.1, ca: none.pem } }\nnodes: 40"),
    error: "4:50: backend.broker.ca (",
  },
];

test.concurrent.each(BAD)("$title: a line that says where, exit code 2, no stack", async ({ title, text, error }) => {
  written(folder, "none.bin", "no image");
  const path = written(folder, `${title.replaceAll(/\W+/g, "-")}.yaml`, text);

  const { code, stdout, stderr } = await otafleet(["run", path]);

  expect(stderr.split("\n")[0]).toContain(`${path}:${error}`);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.concurrent("a scenario with several mistakes has each on its own line, and their number", async () => {
  const text = but("nodes: 40", "nodes: 0").replace("4h", "4").replace("speed: 600", "speed: fast");
  const path = written(folder, "three.yaml", text);

  const { code, stderr } = await otafleet(["inspect", path]);

  expect(code).toBe(2);
  expect(
    stderr
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(`${path}:`, "").split(" ")[0]),
  ).toEqual(["2:46:", "4:8:", "10:15:", "3"]);
});

test.concurrent("a scenario that is not there, or is a folder, is refused by its name", async () => {
  mkdirSync(join(folder, "folder.yaml"), { recursive: true });

  const [missing, isFolder] = await Promise.all([
    otafleet(["run", join(folder, "missing.yaml")]),
    otafleet(["plan", join(folder, "folder.yaml")]),
  ]);

  expect(missing.stderr).toMatch(
    /missing\.yaml: cannot be read: there is no such file or folder; name a scenario file/,
  );
  expect(isFolder.stderr).toMatch(/folder\.yaml: is a folder; name a scenario file/);
  expect([missing.code, isFolder.code]).toEqual([2, 2]);
});

test.concurrent("what a terminal would obey is shown and not obeyed", async () => {
  const path = written(folder, "escape.yaml", but("small", '"\\e[2Jsmall"'));

  const { code, stderr } = await otafleet(["run", path]);

  expect(code).toBe(2);
  expect(stderr).toContain("\\x1b[2J");
  expect(stderr).not.toContain("\u001b");
});
