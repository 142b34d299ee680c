/** What the commands of the program are put together from: flags that several have, and the form of their help. */
import { type Command, Option } from "commander";

/** The flags that change a scenario before it is checked, so that a wrong value is named like any other. */
export function scenarioFlags(to: Command): Command {
  return to
    .argument("<file>", "the scenario, a YAML file")
    .option("-n, --nodes <N>", "nodes in all; cohorts with a share grow or shrink, those with a count keep it")
    .option("--image <BIN>", "roll out this application image instead of the scenario's")
    .option("-s, --seed <S>", "the seed of all draws")
    .option("--model <FILE>", "take the block model: from this file, as otafleet calibrate writes it")
    .option("--set <KEY=VALUE>", "set any value of the scenario; may be given several times", collected);
}

/** Of commands whose outputs have a name. */
export function tagFlag(to: Command): Command {
  return to.option("--tag <NAME=VALUE>", "a tag that reaches every output; may be given several times", collected);
}

/** A command with what all of them have. */
export function command(parent: Command, name: string, about: string): Command {
  return parent.command(name).description(about).helpOption("-h, --help", "print this help").addOption(debugOption());
}

/** How much is told at an end. */
export function summaryOption(): Option {
  const about =
    "how much to tell at the end: compact (default), full (cohorts and zones too), none (the verdict and where the report is); goes before --quiet";
  return new Option("--summary <HOW>", about).choices(["compact", "full", "none"]);
}

/** Not for daily use, and understood everywhere. */
export function debugOption(): Option {
  return new Option("--debug", "show where a fault of otafleet lies").hideHelp();
}

/** Values of a flag that may be given several times. */
export function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Examples below the help of a command. */
export function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((each) => `  $ ${each}`).join("\n")}`;
}
