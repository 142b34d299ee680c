/**
 * Everything that can be typed: commands, flags, examples, in one place in spite of its length. What a command does
 * stands in the file of its name, which is loaded when it runs.
 */
import { readFileSync } from "node:fs";
import { Argument, Command, Option } from "commander";
import type { CalibrateFlags } from "./calibrate.ts";
import type { CompareFlags } from "./compare.ts";
import type { ImageInfoFlags, ImageMakeFlags, ImageVerifyFlags } from "./image.ts";
import type { InspectFlags } from "./inspect.ts";
import type { PlanFlags } from "./plan-flags.ts";
import type { ReplayFlags } from "./replay.ts";
import type { ReportFlags } from "./report.ts";
import type { RunFlags } from "./run.ts";
import type { SchemaName } from "./schema.ts";
import type { ServeFlags } from "./serve.ts";

/** Makes the parser; `exit` hears the exit code of the command that ran. */
export function otafleetProgram(exit: (code: number) => void): Command {
  const program = new Command("otafleet")
    .description("Brings up thousands of virtual ESP nodes, lets an OTA backend update them, and says what happened.")
    .version(otafleetVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    // What comes behind a command is the command's: `image make --version 2.0.0` asks for no version of otafleet.
    .enablePositionalOptions()
    .exitOverride()
    // The entry prints failures, each on one line.
    .configureOutput({ outputError: () => {} })
    .addHelpText("after", HELP);
  addRun(program, exit);
  addPlan(program, exit);
  addInspect(program, exit);
  addReport(program, exit);
  addCompare(program, exit);
  addCalibrate(program, exit);
  addReplay(program, exit);
  addServe(program, exit);
  addImage(program, exit);
  addSchema(program, exit);
  program.addOption(debugOption());
  return program;
}

const HELP = `
Examples:
  $ otafleet run scenarios/first-rollout.yaml
  $ otafleet run scenarios/first-rollout.yaml -n 300 --image build/thermostat.bin
  $ otafleet inspect scenarios/first-rollout.yaml
  $ otafleet report reports/first-rollout-2026-03-28T18-00-00Z

Exit codes:
  0 passed   1 otafleet itself is broken   2 bad usage, scenario or image   3 backend cannot be reached
  4 invalid: the test was the limit   5 incomplete   99 failed   130, 143 stopped by a signal

Environment:
  NO_COLOR                 no colours
  OTAFLEET_DEBUG           show where a fault of otafleet lies, like --debug
  OTAFLEET_BROKER_PASSWORD shown to a foreign broker (backend.broker) by the backend; never written anywhere
  OTAFLEET_OPERATOR_TOKEN  shown to a backend at an url as its operator's token; never written anywhere`;

function addRun(program: Command, exit: (code: number) => void): void {
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

function addPlan(program: Command, exit: (code: number) => void): void {
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

function addInspect(program: Command, exit: (code: number) => void): void {
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

function addReport(program: Command, exit: (code: number) => void): void {
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

function addCompare(program: Command, exit: (code: number) => void): void {
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

function addCalibrate(program: Command, exit: (code: number) => void): void {
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

function addReplay(program: Command, exit: (code: number) => void): void {
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

function addServe(program: Command, exit: (code: number) => void): void {
  command(program, "serve", "the embedded backend alone, for runs from other processes; for tests only")
    .option("-d, --data <DIR>", "keep everything in this folder, so that it outlives the process (default: in memory)")
    .option("--tls", "MQTT over TLS beside the plain one, and the API by HTTPS")
    .option("--port-mqtt <PORT>", "0 is any free one (default: where it was before, or any free one)")
    .option("--port-mqtts <PORT>", "the same, for MQTT over TLS")
    .option("--port-images <PORT>", "the same, for the image server")
    .option("--port-api <PORT>", "the same, for the operator's API and /poll")
    .option("--json", "print the addresses on standard output, as one line of JSON")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .addHelpText(
      "after",
      `
It listens on 127.0.0.1 only. The operator's token and the CA lie in files that only you can read; their places are
printed. otafleet schema api describes the API. A status that was acknowledged is on disk, so even kill -9 loses none.
${examples(
  "otafleet serve",
  "otafleet serve --data backend --tls",
  "otafleet serve --data backend --port-mqtt 1883 --port-api 8080 --json",
)}`,
    )
    .action(async (flags: ServeFlags) => exit(await (await import("./serve.ts")).serve(flags)));
}

function addImage(program: Command, exit: (code: number) => void): void {
  const image = command(program, "image", "look at, make or verify application images of ESP chips").addHelpText(
    "after",
    examples("otafleet image info build/thermostat.bin", "otafleet image make demo.bin --version 2.0.0"),
  );
  command(image, "info", "say what an image is, or why it is none")
    .argument("<file>", "an application image (.bin)")
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("otafleet image info build/thermostat.bin"))
    .action(async (file: string, flags: ImageInfoFlags) => exit((await import("./image.ts")).imageInfo(file, flags)));
  command(image, "make", "make an image that boots nowhere and passes every check")
    .argument("[file]", "where to write it")
    .option("-o, --out <FILE>", "where to write it, if not named before")
    .option("--chip <CHIP>", "esp32, esp32s3, esp32c3, ... (default: esp32c3)")
    .option("--project <NAME>", "project name, at most 31 bytes (default: demo)")
    .option("--version <VERSION>", "version, at most 31 bytes (default: 2.0.0)")
    .option("--size <SIZE>", "such as 512KiB or 1.5MB (default: 1.5MB)")
    .option("--secure-version <N>", "secure version for anti-rollback (default: 0)")
    .option(
      "--defect <FAULT[:HARDWARE][:SHARE]>",
      "let it do wrong: boot-loop, self-test-fails, no-network-after-update, lost-status or brick, on every node or on those of a hardware revision; may be given several times",
      collected,
    )
    .option("--seed <S>", "another content under the same name and version (default: 1)")
    .option("--sign <KEY.pem>", "sign it for Secure Boot V2 with a private key (RSA-3072, P-256, P-384)")
    .option("--force", "overwrite a file that is there")
    .addHelpText(
      "after",
      examples(
        "otafleet image make demo.bin",
        "otafleet image make bad.bin --version 2.0.0 --defect boot-loop:rev-b:30%",
        "otafleet image make later.bin --version 2.0.0 --defect boot-loop:rev-b:after=14d",
        "otafleet image make --chip esp32s3 --project thermostat --version 2.1.0 --size 1MiB -o thermostat.bin",
      ),
    )
    .action(async (file: string | undefined, flags: ImageMakeFlags) =>
      exit((await import("./image.ts")).imageMake(file, flags)),
    );
  command(image, "verify", "check an image and its signatures")
    .argument("<file>", "an application image (.bin)")
    .option("--key <PUB.pem>", "a public key that nodes trust; give it again for each further one", collected)
    .addHelpText(
      "after",
      examples(
        "otafleet image verify build/thermostat.bin",
        "otafleet image verify build/thermostat-signed.bin --key signing.pub.pem",
      ),
    )
    .action(async (file: string, flags: ImageVerifyFlags) =>
      exit((await import("./image.ts")).imageVerify(file, flags)),
    );
}

function addSchema(program: Command, exit: (code: number) => void): void {
  command(
    program,
    "schema",
    "print the JSON Schema of scenario files, of result.json, sweep.json, find.json or compare.json, or the API as OpenAPI",
  )
    .addArgument(
      new Argument("[of]", "what to print")
        .choices(["scenario", "result", "sweep", "find", "compare", "api"])
        .default("scenario"),
    )
    .addHelpText(
      "after",
      examples(
        "otafleet schema > scenario.schema.json",
        "otafleet schema result",
        "otafleet schema api > openapi.json",
      ),
    )
    .action(async (of: SchemaName) => exit(await (await import("./schema.ts")).schema(of)));
}

/** The flags that change a scenario before it is checked, so that a wrong value is named like any other. */
function scenarioFlags(to: Command): Command {
  return to
    .argument("<file>", "the scenario, a YAML file")
    .option("-n, --nodes <N>", "nodes in all; cohorts with a share grow or shrink, those with a count keep it")
    .option("--image <BIN>", "roll out this application image instead of the scenario's")
    .option("-s, --seed <S>", "the seed of all draws")
    .option("--model <FILE>", "take the block model: from this file, as otafleet calibrate writes it")
    .option("--set <KEY=VALUE>", "set any value of the scenario; may be given several times", collected);
}

function tagFlag(to: Command): Command {
  return to.option("--tag <NAME=VALUE>", "a tag that reaches every output; may be given several times", collected);
}

function command(parent: Command, name: string, about: string): Command {
  return parent.command(name).description(about).helpOption("-h, --help", "print this help").addOption(debugOption());
}

function summaryOption(): Option {
  const about =
    "how much to tell at the end: compact (default), full (cohorts and zones too), none (the verdict and where the report is); goes before --quiet";
  return new Option("--summary <HOW>", about).choices(["compact", "full", "none"]);
}

function debugOption(): Option {
  return new Option("--debug", "show where a fault of otafleet lies").hideHelp();
}

function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((each) => `  $ ${each}`).join("\n")}`;
}

function otafleetVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}
