/** Where the trace of a plan goes: to standard output as text, or into a file, as text or ready for a replay. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/user-error.ts";
import { traceFileText } from "../drivers/trace/written-trace.ts";
import { TRACE_FILE } from "../engine/node-trace.ts";
import type { Trace } from "../fleet/trace.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { traceText } from "../report/trace-text.ts";
import { shellWord } from "./command-text.ts";
import { tellPeople, tellPrograms } from "./console.ts";
import { writeBytes } from "./file-bytes.ts";

/** Flags of a trace, as they were typed. */
export interface TraceFlags {
  readonly trace?: string;
  readonly traceOut?: string;
  readonly json?: boolean;
}

/** Throws a `UserError` before anything is planned: a long plan whose trace has no place would be lost. */
export function checkTraceFlags({ trace, traceOut, json }: TraceFlags): void {
  if (trace === undefined) {
    if (traceOut === undefined) return;
    throw new UserError({
      field: "--trace-out",
      seen: "is given without --trace",
      expected: "name a node: --trace 17",
    });
  }
  if (traceOut === undefined) {
    if (json !== true) return;
    const expected = "standard output is for one of them: name a file, --trace-out node.txt";
    throw new UserError({ field: "--trace", seen: "is given with --json", expected });
  }
  if (traceOut === "") throw new UserError({ field: "--trace-out", seen: 'is ""', expected: "name a file to write" });
  if (existsSync(traceOut))
    throw new UserError({ field: "--trace-out", seen: `${traceOut} is there already`, expected: "name a new file" });
}

/** Writes a trace where its flags want it; throws a `UserError` where that cannot be. */
export function tellTrace(trace: Trace, folder: string | undefined, { traceOut }: TraceFlags): void {
  if (traceOut === undefined) tellPrograms(traceText(trace));
  else {
    const text = traceOut.endsWith(".jsonl") ? traceFileText(trace) : traceText(trace);
    writeBytes(traceOut, Buffer.from(text), false);
    tellPeople(`trace     ${harmlessLine(traceOut)}`);
  }
  if (folder !== undefined)
    tellPeople(`replay    otafleet replay ${harmlessLine(shellWord(join(folder, TRACE_FILE)))}`);
}
