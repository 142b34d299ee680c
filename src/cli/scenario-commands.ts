/** The commands that begin with a scenario: run, plan and inspect. What one does is loaded when it runs. */
import type { Command } from "commander";
import { collected, command, examples, scenarioFlags, summaryOption, tagFlag } from "./command-parts.ts";
import type { InspectFlags } from "./inspect.ts";
import type { PlanFlags } from "./plan-flags.ts";
import type { RunFlags } from "./run.ts";

export function addRun(program: Command, exit: (code: number) => void): void {
  const run = command(program, "run", "run a scenario in real time, on real sockets");
  tagFlag(scenarioFlags(run))
    .option("-b, --backend <URL...>", "the backend under test: mqtt(s):// and http(s):// (default: the embedded one)")
    .option("--ca <PEM>", "authorities that nodes and operator trust beside the public ones")
    .option("--token-file <FILE>", "holds the operator's token (default: OTAFLEET_OPERATOR_TOKEN)")
    .option("--allow-remote", "let a backend that is not on this machine be put under load")
    .option("--allow-host <HOST>", "a further host that images may come from; may be given several times", collected)
    .option("--keep", "leave the run's nodes, groups, jobs and images on the backend as they are")
    .option("-w, --workers <W>", "worker threads (default: by the numbers of nodes and cores, at most 2)")
    .option("-o, --out <DIR>", "the run's folder, new or empty (default: a new one under reports/)")
    .option("--trace <NODE>", "tell all that happened to one node: its index, or its id in the fleet file")
    .option("--trace-out <FILE>", "write that there; as trace.jsonl, ready for a replay, where the name ends in .jsonl")
    .option("--json", "print result.json on standard output")
    .addOption(summaryOption())
    .option("-q, --quiet", "show nothing while it runs, then the verdict, why it did not pass, and where the report is")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .addHelpText(
      "after",
      `
Standard error shows the run while it goes on, and its end. Standard output has the run's folder where it is no
terminal, or with --json the result. Ctrl-C stops the run and writes a partial report; once more stops at once.
A backend at an url lives in real time: it wants clock.speed 1, and clock.start: now makes its day the fleet's. Of
other machines only those that --allow-remote lets in are ever sent a packet. Without --keep a run ends by removing
its nodes and groups from it and cancelling its jobs; jobs and images are archived, and with http-poll they stay.
${examples(
  "otafleet run scenarios/first-rollout.yaml",
  "otafleet run scenarios/first-rollout.yaml -n 300 --seed 7 --image build/thermostat.bin",
  "otafleet run scenarios/first-rollout.yaml --set clock.speed=600 --set fleet.cohorts.homes.autofetch.every=2h",
  "otafleet run night.yaml --set clock.speed=1 --set clock.start=now --backend mqtt://127.0.0.1:1883 http://127.0.0.1:8080",
  "otafleet run scenarios/first-rollout.yaml --quiet --json -o reports/nightly | jq .outcomes",
  "otafleet run scenarios/first-rollout.yaml --trace 17 --trace-out node-17.txt",
)}`,
    )
    .action(async (file: string, flags: RunFlags) => exit(await (await import("./run.ts")).run(file, flags)));
}

export function addPlan(program: Command, exit: (code: number) => void): void {
  const plan = command(program, "plan", "run a scenario in virtual time: no socket, no waiting, same bytes every time");
  tagFlag(scenarioFlags(plan))
    .option("-o, --out <DIR>", "write the reports into this folder (default: write nothing); see below for sweeps")
    .option("--trace <NODE>", "tell all that happened to one node: its index, its id, or its id in the fleet file")
    .option("--trace-out <FILE>", "write that there; as trace.jsonl, ready for a replay, where the name ends in .jsonl")
    .option("--json", "print the result on standard output")
    .addOption(summaryOption())
    .option("-q, --quiet", "show nothing while it runs, then the verdict, and why it did not pass")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .option(
      "--sweep <KEY=V1,V2,...>",
      "plan every value of a key, as for --set; given again, every combination",
      collected,
    )
    .option("--find <KEY>", "search a number's edge: the value at which --until begins or ceases to hold")
    .option("--until <CONDITION>", "what is to hold, such as 'completion.p(95) < 6h' or 'peak.downloads <= 5000'")
    .option(
      "--between <LOW,HIGH>",
      "where --find searches (default: from the scenario's value, by doubling and halving)",
    )
    .option("--within <SHARE>", "how close --find comes, as a share of the value, such as 2% (the default)")
    .option("--seeds <K>", "plan each under so many seeds, from the scenario's on (default: 3)")
    .option("--metrics <A,B,...>", `the figures of a sweep: ${FIGURE_NAMES}, or left sides of thresholds`)
    .option("-w, --workers <W>", "plans at once in a sweep or search (default: by cores and memory)")
    .addHelpText(
      "after",
      `
A sweep or search writes a folder of its own (sweep.html, sweep.json, sweep.csv; find.html, find.json), by default
under reports/. Every combination is read before the first is planned. What is done is kept at once, whatever ends it
(Ctrl-C, kill -9): the same command with -o and that folder goes on from there, otafleet report DIR shows it. A key
that is a trait of cohorts, such as autofetch.every, means every cohort. A sweep exits with 0 if a combination keeps
every threshold, else with 99; a search with 0 if there is an edge or it holds wherever it was
tried, with 99 if it fails wherever it was, with 4 if it changes more than once or values in the way cannot be judged.
${examples(
  "otafleet plan scenarios/first-rollout.yaml",
  "otafleet plan scenarios/first-rollout.yaml -n 100000 -o reports/next-week",
  "otafleet plan scenarios/first-rollout.yaml --json --quiet | jq .staggering",
  "otafleet plan scenarios/night-across-dst.yaml --trace 17 --trace-out node-17.jsonl && otafleet replay node-17.jsonl",
  "otafleet plan scenarios/first-rollout.yaml --sweep autofetch.every=1h,4h,12h --sweep image.make.size=256KiB,1MiB",
  "otafleet plan scenarios/first-rollout.yaml --sweep autofetch.every=1h,4h --metrics 'peak.fetches,completion.p(50),cost'",
  "otafleet plan scenarios/staged-boot-loops.yaml --sweep jobs.0.rollout.stop.failed=1%,2%,5%   # when it stops, whom it hits",
  "otafleet plan scenarios/first-rollout.yaml --find autofetch.every --until 'completion.p(95) < 4h' --between 1h,12h",
)}`,
    )
    .action(async (file: string, flags: PlanFlags) => exit(await (await import("./plan.ts")).plan(file, flags)));
}

/** As in the list of figures; repeated here so that --help loads none of it. */
const FIGURE_NAMES =
  "peak.fetches, peak.connects, peak.downloads, peak.egress, failures, egress, cost, rollout.stop.at, rollout.wouldHit, firmware{job:NAME}, firmware.before";

export function addInspect(program: Command, exit: (code: number) => void): void {
  const inspect = command(program, "inspect", "show what a scenario means and will ask for; no packet is sent");
  scenarioFlags(inspect)
    .option("--json", "print it as JSON")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .addHelpText(
      "after",
      examples(
        "otafleet inspect scenarios/first-rollout.yaml",
        "otafleet inspect scenarios/first-rollout.yaml -n 20000 --json | jq .load.honestSpeed",
      ),
    )
    .action(async (file: string, flags: InspectFlags) => exit((await import("./inspect.ts")).inspect(file, flags)));
}
