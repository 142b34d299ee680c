#!/usr/bin/env node
/**
 * The entry of the command line. Nothing heavy is imported here: what a command needs is loaded when it runs, so that
 * `--help` answers at once.
 */
import { CommanderError } from "commander";
import { ignoreClosedPipes, leave, tellPeople } from "./console.ts";
import { type Failure, failureOf, usageFailure } from "./failure.ts";
import { otafleetProgram } from "./program.ts";

const argv = process.argv.slice(2);
const wantsStack = argv.includes("--debug") || (process.env["OTAFLEET_DEBUG"] ?? "") !== "";
let exitCode = 0;
const program = otafleetProgram((code) => {
  exitCode = code;
});

ignoreClosedPipes();
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void leave(told(failureOf(error, { argv, wantsStack }))));
}
try {
  await program.parseAsync(argv, { from: "user" });
} catch (error) {
  const failure =
    error instanceof CommanderError ? usageFailure(error, argv, program) : failureOf(error, { argv, wantsStack });
  exitCode = told(failure);
}
await leave(exitCode);

function told({ lines, exitCode: code }: Failure): number {
  for (const line of lines) tellPeople(line);
  return code;
}
