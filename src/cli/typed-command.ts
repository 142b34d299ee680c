/** One command line from its words to what is told and what the shell gets. Only the entry owns the process. */
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { type Failure, failureOf, usageFailure } from "./failure.ts";
import { otafleetProgram } from "./program.ts";

/** Runs a command; `argv` is without node and script. Never rejects: what was thrown is told in lines. */
export async function typedCommand(argv: readonly string[], wantsStack: boolean): Promise<Failure> {
  let exitCode: number = EXIT.passed;
  const program = otafleetProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return { lines: [], exitCode };
  } catch (error) {
    return error instanceof CommanderError
      ? usageFailure(error, argv, program)
      : failureOf(error, { argv, wantsStack });
  }
}
