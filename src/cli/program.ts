/**
 * Everything that can be typed: commands, flags, examples. Those that begin with a scenario, and those on what others have
 * left, stand in files of their own. What a command does stands in the file of its name, which is loaded when it runs.
 */
import { readFileSync } from "node:fs";
import { Argument, Command } from "commander";
import { collected, command, debugOption, examples } from "./command-parts.ts";
import { addCalibrate, addCompare, addReplay, addReport } from "./folder-commands.ts";
import type { ImageInfoFlags, ImageMakeFlags, ImageVerifyFlags } from "./image.ts";
import type { SchemaName } from "./schema.ts";
import { addInspect, addPlan, addRun } from "./scenario-commands.ts";
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

function otafleetVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}
