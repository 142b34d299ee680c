import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadScenario } from "../../src/cli/scenario-file.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { REPORTERS } from "../../src/report/reporters.ts";
import { inOneProcess } from "./one-process.ts";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

const folder = temporaryFolder();
const small = written(folder, "small.yaml", SMALL_SCENARIO);

test.concurrent("plan takes the fleet through the update in virtual time and says how it ended", async () => {
  const { code, stdout, stderr } = await otafleet(["plan", small]);

  expect([code, stdout], stderr).toEqual([0, ""]);
  expect(stderr).toMatch(/^small {2}40 nodes to 2\.0\.0, seed 1, in virtual time\n/);
  expect(stderr).toContain("PASSED  small");
  expect(stderr).toMatch(/ success +40 +100 %/);
});

test.concurrent("plan gives the same bytes in every time zone, language and folder, and others for another seed", async () => {
  const words = ["plan", small, "--json", "--quiet"];

  const [here, there, other] = await Promise.all([
    otafleet(words, { env: { TZ: "UTC", LANG: "C", LC_ALL: "C" } }),
    otafleet(words, { cwd: folder, env: { TZ: "Asia/Kathmandu", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" } }),
    otafleet([...words, "--seed", "2"]),
  ]);

  expect(JSON.parse(here.stdout)).toMatchObject({ verdict: "passed", seed: 1, clock: { driver: "virtual" } });
  expect(there.stdout).toBe(here.stdout);
  expect(here.stdout).toMatch(/"eventHash": "[0-9a-f]{16}"/);
  expect(other.stdout).not.toBe(here.stdout);
});

test.concurrent("the bundle that a command starts from plans the same bytes as the modules that it was made of", async () => {
  const out = join(folder, "bundled");
  const own = join(folder, "by-modules");

  const { code, stderr } = await otafleet(["plan", small, "-o", out, "--quiet"]);
  await planScenario({ ...loadScenario(small, {}), outDir: own }, { onPhase: () => {}, onProgress: () => {} });

  expect(code, stderr).toBe(0);
  // Compressed histograms are in it, and texts of every kind.
  for (const name of ["result.json", "nodes.csv", "histograms.hlog"])
    expect(readFileSync(join(out, name)), name).toEqual(readFileSync(join(own, name)));
});

test.concurrent("plan draws and counts the same whatever its tags, which reach every report", async () => {
  const out = join(folder, "tagged");
  const words = ["plan", small, "--quiet", "--json"];

  const [bare, tagged] = await Promise.all([
    inOneProcess(words),
    inOneProcess([...words, "-o", out, "--tag", "branch=release/2.0", "--tag", "build=77"]),
  ]);

  const { tags: none, ...without } = JSON.parse(bare.stdout) as Record<string, unknown>;
  const { tags, ...rest } = JSON.parse(tagged.stdout) as Record<string, unknown>;
  expect([none, tags]).toEqual([{}, { branch: "release/2.0", build: "77" }]);
  expect(rest).toEqual(without);
  for (const name of ["run.json", ...REPORTERS.map(({ fileName }) => fileName)])
    expect(readFileSync(join(out, name), "utf8"), name).toContain("release/2.0");
});

test.concurrent("plan writes its reports where it is told to", async () => {
  const out = join(folder, "plan");

  const { code, stdout } = await inOneProcess(["plan", small, "-o", out, "--quiet"]);

  expect([code, stdout]).toEqual([0, `${out}\n`]);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(["nodes.csv", "report.html", "result.json"]));
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain("otafleet plan");
});

test.concurrent("plan --summary says how much is told; --quiet leaves it to --summary", async () => {
  const [full, none, quietFull, wrong] = await Promise.all([
    inOneProcess(["plan", small, "--summary", "full"]),
    inOneProcess(["plan", small, "--summary", "none"]),
    inOneProcess(["plan", small, "--quiet", "--summary", "full"]),
    inOneProcess(["plan", small, "--summary", "short"]),
  ]);

  expect(full.stderr).toMatch(/\nCohorts .*\n.*\n +homes +40 +100 % /);
  expect(full.stderr).toMatch(/\nZones .*\n.*\n +Europe\/Berlin +40 +100 % /);
  expect(none.stderr).toMatch(/\nPASSED {2}small\n$/);
  expect(none.stderr).not.toContain("Outcomes");
  expect(quietFull.stderr).toMatch(/^\nPASSED {2}small\n/);
  expect(quietFull.stderr).toContain("Zones");
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    `otafleet: option '--summary <HOW>' argument 'short' is invalid. Allowed choices are compact, full, none. See "otafleet plan --help".\n`,
  ]);
});

test.concurrent("a job's own image file lies where the scenario lies, and its version is where its nodes end", async () => {
  await inOneProcess(["image", "make", join(folder, "three.bin"), "--version", "3.0.0", "--size", "16KiB"]);
  const jobs = "[{ name: spring }, { name: second, starts: 1h, image: { file: three.bin } }]";
  const two = written(folder, "two.yaml", SMALL_SCENARIO.replace("[{ name: spring }]", jobs));
  const gone = written(folder, "gone.yaml", readFileSync(two, "utf8").replace("three.bin", "four.bin"));
  const out = join(folder, "two-jobs");

  const [planned, missing] = await Promise.all([
    inOneProcess(["plan", two, "-o", out, "--quiet"]),
    inOneProcess(["plan", gone]),
  ]);

  expect(planned.code, planned.stderr).toBe(0);
  const lines = readFileSync(join(out, "nodes.csv"), "utf8").trimEnd().split("\r\n");
  expect(lines.filter((line) => line.includes(",second,success,3.0.0,"))).toHaveLength(40);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toMatch(/gone\.yaml:\d+:\d+: jobs\[1\]\.image\.file .*four\.bin/);
});
