import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { resultJsonSchema } from "../../src/measure/result-schema.ts";
import { REPORTERS } from "../../src/report/reporters.ts";
import { inOneProcess } from "./one-process.ts";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

const folder = temporaryFolder();
const small = written(folder, "small.yaml", SMALL_SCENARIO);

test("run takes 40 nodes through an update, passes, and leaves a folder that report reads alike", async () => {
  const out = join(folder, "out");
  const run = await otafleet(["run", small, "-o", out, "--json", "--workers", "2", "--tag", "commit=3fa1c2e"]);
  const reports = REPORTERS.map(({ fileName }) => join(out, fileName));
  const bytes = reports.map((path) => readFileSync(path, "utf8"));

  const report = await inOneProcess(["report", out]);

  expect(run.code, run.stderr).toBe(0);
  const result: unknown = JSON.parse(run.stdout);
  expect(new Ajv2020({ strict: false }).validate(resultJsonSchema(), result)).toBe(true);
  expect(result).toMatchObject({
    verdict: "passed",
    outcomes: { targeted: 40, success: 40 },
    seed: 1,
    tags: { commit: "3fa1c2e" },
  });
  expect(run.stdout).toBe(readFileSync(join(out, "result.json"), "utf8"));
  expect(readdirSync(out)).toEqual(expect.arrayContaining(["nodes.csv", "report.html", "result.json", "run.json"]));
  expect(run.stderr).toMatch(
    /^small {2}40 nodes to 2\.0\.0, seed 1, fleet time 600 times as fast\ntags {2}commit=3fa1c2e\n/,
  );
  expect(run.stderr).toContain("PASSED  small");
  expect(run.stderr).not.toContain("\u001b");
  const page = /^report +(file:.*)$/m.exec(run.stderr)?.[1] ?? "file:///nowhere";
  expect(readFileSync(fileURLToPath(page), "utf8")).toContain("<html");
  expect([report.code, report.stdout]).toEqual([0, `${out}\n`]);
  expect(reports.map((path) => readFileSync(path, "utf8"))).toEqual(bytes);
});

test("run --quiet says the verdict and where the report is; a crossed threshold ends with 99", async () => {
  const out = join(folder, "quiet");
  const words = ["--quiet", "-o", out, "--set", 'thresholds.outcome.success=["rate<0.5"]'];

  const { code, stdout, stderr } = await inOneProcess(["run", small, ...words]);

  expect(code, stderr).toBe(99);
  expect(stdout).toBe(`${out}\n`);
  expect(stderr).toMatch(/^FAILED {2}small\n {2}- Threshold .*\nreport {4}file:.*report\.html\nfolder {4}.*\n$/);
});

test("Ctrl-C writes a partial report, says so, and ends with 130", async () => {
  const out = join(folder, "stopped");
  let isSent = false;

  const { code, stderr } = await otafleet(["run", small, "-o", out, "--set", "clock.speed=1"], {
    onStderr: (text, kill) => {
      if (isSent || !text.includes("rolling out")) return;
      isSent = true;
      kill("SIGINT");
    },
  });

  expect(code, stderr).toBe(130);
  expect(stderr).toContain("stopping: the partial report is being written; once more to stop at once\n");
  expect(stderr).toContain("INCOMPLETE  small");
  expect(JSON.parse(readFileSync(join(out, "result.json"), "utf8"))).toMatchObject({ verdict: "incomplete" });
});

test("run refuses a folder with files in it and leaves them alone", async () => {
  const out = join(folder, "used");
  mkdirSync(out);
  written(out, "precious.txt", "precious");

  const { code, stdout, stderr } = await inOneProcess(["run", small, "-o", out]);

  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`-o ${out} has files in it (precious.txt); `);
  expect(readdirSync(out)).toEqual(["precious.txt"]);
});

test("run ends with 3 and one line where no backend listens", async () => {
  const backend = "backend: { adapter: http-poll, url: [http://127.0.0.1:9], allowSpeed: true }";
  const path = written(folder, "nobody.yaml", SMALL_SCENARIO.replace("nodes: 40", `nodes: 40\n${backend}`));

  const { code, stdout, stderr } = await inOneProcess(["run", path, "--quiet", "-o", join(folder, "nobody")]);

  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(/^otafleet: [^\n]+\n$/);
});

test("report refuses a folder that is no run's", async () => {
  const { code, stderr } = await inOneProcess(["report", folder]);

  expect(code).toBe(2);
  expect(stderr).toBe(`${folder}: has no run.json; name the folder of a run, such as reports/first-rollout-...\n`);
});
