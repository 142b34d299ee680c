/**
 * What a person reads when something was thrown. What the user can mend is told line by line, without a stack trace;
 * what is wrong with otafleet itself says how to report and how to repeat it.
 */
import type { Command, CommanderError } from "commander";
import { BrokenInvariant } from "../base/assert.ts";
import { describeMistake, UserError } from "../base/user-error.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { commandText } from "./command-text.ts";
import { EXIT } from "./exit-codes.ts";

/** What is shown, and what the shell gets. */
export interface Failure {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** What a failure is told with. */
export interface FailureContext {
  /** Without node and script. */
  readonly argv: readonly string[];
  readonly wantsStack: boolean;
}

/** Something went wrong inside of a run, with the command that repeats it. */
export class BrokenRun extends Error {
  override readonly name = "BrokenRun";
  readonly command: string;

  constructor(command: string, cause: unknown) {
    super(wordsOf(cause), { cause });
    this.command = command;
  }
}

const REPORT_TO = "please report it with these lines and the scenario";

/** Words and exit code for whatever was thrown. */
export function failureOf(error: unknown, context: FailureContext): Failure {
  // By name: these classes live in the engine, which is too heavy to be loaded for `--help`.
  if (error instanceof UserError)
    return { lines: mistakeLines(error), exitCode: error.name === "LockLost" ? EXIT.incomplete : EXIT.usage };
  if (error instanceof Error && error.name === "BackendFailure")
    return { lines: [`otafleet: ${shown(error.message)}`], exitCode: EXIT.backend };
  const repeat = error instanceof BrokenRun ? error.command : commandText(context.argv);
  const stack = error instanceof BrokenRun ? error.cause : error;
  const lines = [
    `otafleet itself is broken: ${shown(wordsOf(error))}`,
    `  This is a fault of otafleet and not yours; ${REPORT_TO}.`,
    `  Repeat it with: ${repeat}`,
    ...(context.wantsStack ? stackLines(stack) : ["  With --debug it says where."]),
  ];
  return { lines, exitCode: EXIT.broken };
}

/** Where something was thrown, as far as it says so. */
export function stackLines(thrown: unknown): readonly string[] {
  return String(thrown instanceof Error ? (thrown.stack ?? thrown.message) : thrown)
    .split("\n")
    .map(shown);
}

/** What the parser of the command line found: one line, and where to read on. */
export function usageFailure(error: CommanderError, argv: readonly string[], program: Command): Failure {
  // Help that was asked for was printed, and is no failure; help in place of a missing command is one.
  if (error.exitCode === 0) return { lines: [], exitCode: EXIT.passed };
  if (error.code === "commander.help") return { lines: [], exitCode: EXIT.usage };
  const named = commandNamed(argv, program);
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  // A suggestion comes as a line of its own: (Did you mean --nodes?)
  const hint = rest.map((line) => line.replace(/^\(D(.*)\)$/, "; d$1")).join("");
  const text = shown(`${first}${hint === "" ? knownInstead(error, named) : hint}`);
  const end = /[.?]$/.test(text) ? "" : ".";
  return { lines: [`otafleet: ${text}${end} See "${nameOf(named)} --help".`], exitCode: EXIT.usage };
}

/** The command that the words lead to, as far as they lead. */
function commandNamed(argv: readonly string[], program: Command): Command {
  let at = program;
  for (const word of argv) {
    const next = at.commands.find((command) => command.name() === word);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function knownInstead({ code }: CommanderError, { commands }: Command): string {
  return code === "commander.unknownCommand" ? `; known are ${commands.map((each) => each.name()).join(", ")}` : "";
}

function mistakeLines({ mistakes }: UserError): string[] {
  const lines = mistakes.map((mistake) => shown(describeMistake(mistake)));
  const count = mistakes.reduce((sum, { standsFor }) => sum + (standsFor ?? 1), 0);
  return count < 2 ? lines : [...lines, `${count} mistakes.`];
}

/** Texts of users, images and backends may hold what a terminal obeys. */
function shown(text: string): string {
  return harmlessLine(text.replaceAll("\n", " "), 2_000);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A name such as TypeError says something; those of our own classes would only repeat the sentence around them.
  const isOurs = error instanceof BrokenRun || error instanceof BrokenInvariant || error.name === "Error";
  return isOurs ? error.message : `${error.name}: ${error.message}`;
}
