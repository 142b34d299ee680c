/** The commands on what others have left: report, compare, calibrate and replay. What one does is loaded when it runs. */
import type { Command } from "commander";
import type { CalibrateFlags } from "./calibrate.ts";
import { collected, command, examples, summaryOption } from "./command-parts.ts";
import type { CompareFlags } from "./compare.ts";
import type { ReplayFlags } from "./replay.ts";
import type { ReportFlags } from "./report.ts";

export function addReport(program: Command, exit: (code: number) => void): void {
  command(program, "report", "compute the result of a folder anew and write its reports")
    .argument("<dir>", "the folder of a run, a plan, a sweep or a search: what was killed counts as far as it came")
    .option("--json", "print result.json on standard output")
    .addOption(summaryOption())
    .option("-q, --quiet", "show the verdict, why it did not pass, and where the report is")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .addHelpText(
      "after",
      `
The exit code is that of the run's verdict; of a sweep or search in which plans are missing 5. A plan keeps no event log,
so it is planned once more.
${examples(
  "otafleet report reports/first-rollout-2026-03-28T18-00-00Z",
  "otafleet report --quiet --json reports/nightly | jq .verdict",
  "otafleet report reports/first-rollout-sweep-2026-03-28T18-00-00Z   # its page and table once more",
)}`,
    )
    .action(async (dir: string, flags: ReportFlags) => exit(await (await import("./report.ts")).report(dir, flags)));
}

export function addCompare(program: Command, exit: (code: number) => void): void {
  command(program, "compare", "lay two runs of a scenario over each other: a plan and what was measured, or any two")
    .argument("<first>", "the folder of a run or of a plan (plan -o DIR): what was expected")
    .argument("<second>", "the folder that it is compared with: what was measured")
    .option(
      "--within <LIMIT>",
      "how far they may lie apart: 5% for completion, outcomes and peaks, or of one thing: download=10%, outcomes=0%, peaks=20%; may be given several times",
      collected,
    )
    .option(
      "-o, --out <DIR>",
      "where compare.html and compare.json go, new or empty (default: a new one under reports/)",
    )
    .option("--json", "print compare.json on standard output")
    .option("-q, --quiet", "show what it comes to, and where the page is")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .addHelpText(
      "after",
      `
A difference is the first minus the second, as a share of the second; of a metric p50 and p95 are judged, of outcomes
the share of all targets, of peaks the fullest ten seconds (or more) of fleet time. Those are counts of a moment: under
a limit without a name three standard deviations of chance are allowed besides, and where a clock was compressed only
rates are judged, no levels. It ends with 99 where a limit is not held, the scenarios differ or one of the runs is not to
be used, else with 0; without --within nothing is judged. Seeds, clock.speed, model, thresholds, tags and where the
backend is may differ.
${examples(
  "otafleet compare reports/plan reports/first-rollout-2026-03-28T18-00-00Z",
  "otafleet compare reports/plan reports/nightly --within 5% --within peaks=20%",
  "otafleet compare reports/monday reports/tuesday --within outcomes=0% --quiet --json | jq .reasons",
)}`,
    )
    .action(async (first: string, second: string, flags: CompareFlags) =>
      exit(await (await import("./compare.ts")).compare(first, second, flags)),
    );
}

export function addCalibrate(program: Command, exit: (code: number) => void): void {
  command(program, "calibrate", "fit the block model: of a scenario to what a live run showed of its servers")
    .argument("<dir>", "the folder of a live run that passed, or failed by its thresholds alone")
    .option("-o, --out <FILE>", "where the block goes (default: standard output)")
    .option("--force", "overwrite a file that is there")
    .option("-q, --quiet", "say nothing of how well each value fits")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .addHelpText(
      "after",
      `
Standard error says of each value how well it fits, or why it could not be fitted: too few samples, servers that were
never all at work, a metric that the generator or a compressed clock shaped; then also what resolution it needs and the
clock.speed that should give it. The block says the same in comments. Values that are not listed under calibrated count
as assumed. A run in real time, or a little above it, shows the most. It ends with 4 where no value could be fitted.
${examples(
  "otafleet calibrate reports/load-10k-2026-03-28T18-00-00Z -o measured.yaml",
  "otafleet plan scenarios/load-10k.yaml --model measured.yaml",
)}`,
    )
    .action(async (dir: string, flags: CalibrateFlags) =>
      exit(await (await import("./calibrate.ts")).calibrate(dir, flags)),
    );
}

export function addReplay(program: Command, exit: (code: number) => void): void {
  command(program, "replay", "feed the trace of a node to a node alone, and see whether it does the same again")
    .argument("<file>", "a trace.jsonl that plan or run wrote with --trace")
    .option("--json", "print the outcome on standard output, as one line of JSON")
    .addHelpText(
      "after",
      `
The exit code is 0 where the node does the same in every step, and 99 where it does not; then the first step in which
it differs is shown. A trace holds all that its node was told: no scenario, image or fleet file is needed.
${examples("otafleet replay node-17.jsonl", "otafleet replay reports/next-week/trace.jsonl --json | jq .difference")}`,
    )
    .action(async (file: string, flags: ReplayFlags) => exit((await import("./replay.ts")).replay(file, flags)));
}
