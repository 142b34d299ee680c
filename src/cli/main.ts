/**
 * The entry of the command line. Nothing heavy is imported here: what a command needs is loaded when it runs, so that
 * `--help` answers at once.
 */
import { subscribe } from "node:diagnostics_channel";
import { THREAD_FAULTS } from "../engine/thread-fault.ts";
import { ignoreClosedPipes, leave, tellPeople } from "./console.ts";
import { EXIT } from "./exit-codes.ts";
import { type Failure, failureOf, stackLines } from "./failure.ts";
import { typedCommand } from "./typed-command.ts";

const argv = process.argv.slice(2);
const wantsStack = argv.includes("--debug") || (process.env["OTAFLEET_DEBUG"] ?? "") !== "";

ignoreClosedPipes();
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void leave(told(failureOf(error, { argv, wantsStack }))));
}
// A thread's fault is one reason among others in its result; where it lies is told here.
if (wantsStack) subscribe(THREAD_FAULTS, (fault) => stackLines(fault).forEach(tellPeople));
// A command that waits for what never comes lets the process end by itself, which is no pass.
process.exitCode = EXIT.broken;
void typedCommand(argv, wantsStack).then((failure) => leave(told(failure)));

function told({ lines, exitCode }: Failure): number {
  for (const line of lines) tellPeople(line);
  return exitCode;
}
