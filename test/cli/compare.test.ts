import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { inOneProcess } from "./one-process.ts";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

const folder = temporaryFolder();
const [one, other] = [join(folder, "one"), join(folder, "other")];

beforeAll(async () => {
  const file = written(folder, "small.yaml", SMALL_SCENARIO);
  await inOneProcess(["plan", file, "-q", "-o", one]);
  await inOneProcess(["plan", file, "-q", "-o", other, "--seed", "9"]);
});

test("otafleet compare writes a page and JSON into a folder of its own, names it, and ends with 0", async () => {
  const out = join(folder, "compared");

  const { code, stdout, stderr } = await otafleet(["compare", one, other, "-o", out]);

  expect([code, stdout]).toEqual([0, `${out}\n`]);
  expect(readdirSync(out).sort()).toEqual(["compare.html", "compare.json"]);
  expect(stderr).toMatch(/^\nCOMPARED {2}small\n/);
  expect(stderr).toContain("The same scenario (");
  expect(stderr).toMatch(/Different, as it may be: seed\./);
});

test("otafleet compare --within ends with 99 where the runs lie further apart, and says what does", async () => {
  const out = join(folder, "beyond");

  const beyond = await inOneProcess(["compare", one, other, "-o", out, "--within", "completion=0%", "--json", "-q"]);
  const within = await inOneProcess(["compare", one, one, "-o", join(folder, "within"), "--within", "0%", "-q"]);

  expect([beyond.code, within.code]).toEqual([99, 0]);
  expect(beyond.stderr).toMatch(/^BEYOND\n {2}- completion p50 lies apart by/);
  expect(beyond.stderr).toContain("\n  ! The runs have different seeds: their fleets differ node by node.\n");
  expect(beyond.stdout).toBe(readFileSync(join(out, "compare.json"), "utf8"));
});

test("otafleet compare tells all limits that it cannot read, and writes nothing", async () => {
  const words = ["--within", "5", "--within", "compleation=5%", "-o", join(folder, "nothing")];

  const { code, stdout, stderr } = await inOneProcess(["compare", one, other, ...words]);

  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(
    /^--within is "5"; write a share such as 5%.*\n--within names "compleation"; did you mean completion\?.*\n2 mistakes\.\n$/,
  );
  expect(readdirSync(folder)).not.toContain("nothing");
});

test("otafleet compare keeps a folder that has files in it", async () => {
  const { code, stderr } = await inOneProcess(["compare", one, other, "-o", one]);

  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^-o .*one has files in it \(.*\); each command has a folder of its own: name one that is new or empty/,
  );
});
