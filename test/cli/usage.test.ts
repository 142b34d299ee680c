import { join } from "node:path";
import { expect, test } from "vitest";
import { inOneProcess } from "./one-process.ts";
import { otafleet, PROJECT } from "./otafleet.ts";
import { told } from "./told.ts";

test("otafleet --help names every command, the exit codes and the environment, on standard output", async () => {
  const { code, stdout, stderr } = await otafleet(["--help"]);

  expect([code, stderr]).toEqual([0, ""]);
  for (const word of ["run", "plan", "inspect", "report", "image", "schema"]) expect(stdout).toContain(`  ${word} `);
  expect(stdout).toMatch(/0 passed .*1 otafleet itself is broken .*2 bad usage/);
  expect(stdout).toContain("NO_COLOR");
});

test.each([
  [["run"]],
  [["plan"]],
  [["inspect"]],
  [["report"]],
  [["compare"]],
  [["calibrate"]],
  [["image"]],
  [["image", "info"]],
  [["image", "make"]],
  [["image", "verify"]],
  [["schema"]],
])("otafleet %j --help has examples that begin with it", async (words) => {
  const { code, stdout } = await inOneProcess([...words, "--help"]);

  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: otafleet ${words.join(" ")}`);
  expect(stdout).toContain(`  $ otafleet ${words.join(" ")}`);
});

test("otafleet --version prints the version alone", async () => {
  const { code, stdout } = await otafleet(["--version"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("otafleet without a command prints its help on standard error and ends with 2", async () => {
  const { code, stdout, stderr } = await otafleet([]);

  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("Usage: otafleet");
});

test.each([
  { words: ["rnu"], line: `otafleet: unknown command 'rnu'; did you mean run? See "otafleet --help".` },
  {
    words: ["xyzzy"],
    line: `otafleet: unknown command 'xyzzy'; known are run, plan, inspect, report, compare, calibrate, replay, serve, image, schema. See "otafleet --help".`,
  },
  {
    words: ["image", "inf", "x"],
    line: `otafleet: unknown command 'inf'; did you mean info? See "otafleet image --help".`,
  },
  {
    words: ["run", "x.yaml", "--nodse", "5"],
    line: `otafleet: unknown option '--nodse'; did you mean --nodes? See "otafleet run --help".`,
  },
  { words: ["run"], line: `otafleet: missing required argument 'file'. See "otafleet run --help".` },
  {
    words: ["plan", "a.yaml", "b.yaml"],
    line: `otafleet: too many arguments for 'plan'. Expected 1 argument but got 2. See "otafleet plan --help".`,
  },
  {
    words: ["run", "x.yaml", "--nodes"],
    line: `otafleet: option '-n, --nodes <N>' argument missing. See "otafleet run --help".`,
  },
  {
    words: ["schema", "fleet"],
    line: `otafleet: command-argument value 'fleet' is invalid for argument 'of'. Allowed choices are scenario, result, sweep, find, compare, api. See "otafleet schema --help".`,
  },
])("otafleet $words is bad usage: one line, exit code 2", async ({ words, line }) => {
  expect(await told(...words)).toEqual({ lines: [line], exitCode: 2 });
});

test("what is told of bad usage is all that the process prints, on standard error", async () => {
  const { lines, exitCode } = await told("rnu");

  expect(await otafleet(["rnu"])).toEqual({ code: exitCode, stdout: "", stderr: `${lines.join("\n")}\n` });
});

test("otafleet run tells every mistake of its flags at once, each on a line with its flag", async () => {
  const words = ["--nodes", "many", "--seed", "-1", "--workers", "0", "--set", "clock.sped=5", "--set", "nothing"];

  const { lines, exitCode } = await told("run", join(PROJECT, "scenarios/first-rollout.yaml"), ...words);

  expect(exitCode).toBe(2);
  expect(lines[0]).toBe(
    `--workers is "0"; must be a whole number of threads from 1 to 256; left out, the cores of the machine decide`,
  );
  expect(new Set(lines.slice(1, -1).map((line) => line.split(";")[0]))).toEqual(
    new Set([
      '--nodes many: nodes is "many"',
      '--seed -1: seed is "-1"',
      "--set clock.sped=5: clock.sped is an unknown key",
      "--set nothing: has no KEY=VALUE",
    ]),
  );
  expect(lines.at(-1)).toBe("5 mistakes.");
});
