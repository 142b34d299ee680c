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

const BAD: readonly Bad[] = [
  { title: "an empty file", text: "", error: " is empty; " },
  { title: "a list", text: "- a\n- b\n", error: "1:1: is no mapping; " },
  { title: "a picture", text: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xd8]), error: " is not UTF-8" },
  { title: "a tab", text: "name: x\nclock:\n\tspeed: 1\n", error: "3:1: Tabs are not allowed" },
  { title: "an open bracket", text: "name: [x\n", error: "2:1: Flow sequence" },
  {
    title: "a key twice",
    text: `${SMALL_SCENARIO}name: again\n`,
    error: "12:1: the same key stands here a second time; ",
  },
  {
    title: "an unknown key",
    text: but("nodes: 40", "nodez: 40"),
    error: "4:1: nodez is an unknown key; did you mean nodes? ",
  },
  { title: "no name", text: but("name: small\n", ""), error: "1:1: name is missing; " },
  { title: "a name that leads elsewhere", text: but("small", "../../small"), error: '1:7: name is "../../small"; ' },
  { title: "no jobs", text: but("jobs: [{ name: spring }]\n", ""), error: "1:1: jobs is missing; " },
  { title: "no end", text: but("end: { after: 4h }\n", ""), error: "1:1: end is missing; " },
  { title: "a duration without a unit", text: but("4h", "4"), error: "10:15: end.after is 4; " },
  { title: "a duration in words", text: but("4h", "four hours"), error: '10:15: end.after is "four hours"; ' },
  { title: "a year with 13 months", text: but("2026-03-10", "2026-13-10"), error: "2:17: clock.start is " },
  { title: "a clock that stands", text: but("speed: 600", "speed: 0"), error: "2:46: clock.speed is 0; " },
  { title: "no nodes", text: but("nodes: 40", "nodes: 0"), error: "4:8: nodes is 0; " },
  { title: "nodes by halves", text: but("nodes: 40", "nodes: 40.5"), error: "4:8: nodes is 40.5; " },
  { title: "nodes in quotes", text: but("nodes: 40", 'nodes: "40"'), error: '4:8: nodes is "40"; ' },
  {
    title: "a zone of Middle-earth",
    text: but("Europe/Berlin", "Middle-earth/Shire"),
    error: '8:29: fleet.cohorts[0].zones is "Middle-earth/Shire"; ',
  },
  {
    title: "a fault that nobody knows",
    text: but("boot: 2s", "faults: { boot-lop: 3% }"),
    error: "8:96: fleet.cohorts[0].faults.boot-lop is an unknown key; did you mean boot-loop? ",
  },
  {
    title: "a share above the whole",
    text: but("boot: 2s", "faults: { boot-loop: 130% }"),
    error: '8:107: fleet.cohorts[0].faults.boot-loop is "130%"; ',
  },
  {
    title: "shares that do not sum",
    text: but("{ name: homes,", "{ name: homes, nodes: 50%,"),
    error: "8:5: fleet.cohorts has shares that sum to 50%; ",
  },
  {
    title: "two cohorts of one name",
    text: but("    - {", "    - { name: homes, nodes: 5 }\n    - {"),
    error: '9:15: fleet.cohorts[1].name is "homes"; ',
  },
  {
    title: "a chip that nobody sells",
    text: but("project: demo", "chip: esp99"),
    error: '3:24: image.make.chip is "esp99"; ',
  },
  { title: "an image of no size", text: but("64KiB", "0KiB"), error: '3:55: image.make.size is "0KiB"; ' },
  {
    title: "an image file that is not there",
    text: but("make: { project: demo, version: 2.0.0, size: 64KiB }", "file: nothing.bin"),
    error: "3:16: image.file ",
  },
  {
    title: "an image file that is none",
    text: but("make: { project: demo, version: 2.0.0, size: 64KiB }", "file: none.bin"),
    error: "3:16: image.file ",
  },
  {
    title: "a window without an end",
    text: but("name: spring", 'name: spring, window: "02:00"'),
    error: '9:32: jobs[0].window is "02:00"; ',
  },
  {
    title: "a validity that ends before it begins",
    text: but("name: spring", "name: spring, validity: { from: 2026-03-12T00:00:00Z, until: 2026-03-11T00:00:00Z }"),
    error: "9:",
  },
  {
    title: "targets that are nobody",
    text: but("name: spring", "name: spring, targets: { cohorts: [villas] }"),
    error: "9:",
  },
  {
    title: "a threshold on no metric",
    text: but("outcome.success", "outcome.triumph"),
    error: "11:15: thresholds.outcome.triumph ",
  },
  {
    title: "a threshold that compares nothing",
    text: but("rate>0.9", "rate"),
    error: '11:33: thresholds.outcome.success[0] is "rate"; ',
  },
  {
    title: "authorities of a broker that are not there",
    text: but("nodes: 40", "backend: { broker: { url: mqtts://127.0.0.1, ca: none.pem } }\nnodes: 40"),
    error: "4:50: backend.broker.ca (",
  },
  {
    title: "a kind of backend that nobody knows",
    text: but("nodes: 40", "backend: { adapter: rainmakr }\nnodes: 40"),
    error: '4:21: backend.adapter is "rainmakr"; ',
  },
  { title: "more jobs than one", text: but("{ name: spring }", "{ name: spring }, { name: summer }"), error: "9:" },
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
