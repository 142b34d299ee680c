/** `otafleet replay`: feeds the inputs of a trace to one node, and says whether it does the same again. */
import { readTrace } from "../drivers/trace/trace-file.ts";
import { replayOf } from "../engine/node-trace.ts";
import { counted } from "../report/count-text.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { nodeText } from "../report/trace-text.ts";
import { tellPeople, tellPrograms } from "./console.ts";
import { EXIT } from "./exit-codes.ts";
import { fileBytes } from "./file-bytes.ts";

/** Flags as they were typed. */
export interface ReplayFlags {
  readonly json?: boolean;
}

/** A node that was told a million things is not one that anybody looks at. */
const TRACE_BYTES_MAX = 200_000_000;
const SHOWN_MAX = 1_000;

/** Replays a trace, and answers the exit code: passed, or failed where the node does something else. */
export function replay(file: string, { json }: ReplayFlags): number {
  const text = new TextDecoder().decode(fileBytes(file, { what: "a trace", bytesMax: TRACE_BYTES_MAX }));
  const trace = readTrace(text, file);
  const difference = replayOf(trace, file);
  const { head, steps, isAsWritten } = trace;
  if (json === true)
    tellPrograms(`${JSON.stringify({ steps: steps.length, isAsWritten, difference: difference ?? null })}\n`);
  tellPeople(nodeText(head));
  if (!isAsWritten) tellPeople("  ! this trace was changed after it was written");
  if (difference === undefined) tellPeople(`  the same in all ${counted(steps.length, "step")}`);
  else {
    const where =
      difference.step === 0 ? "at its birth" : `in step ${difference.step}, line ${difference.step + 1} of the file`;
    tellPeople(`  something else ${where}: ${WHAT[difference.in]}`);
    tellPeople(`    the trace   ${harmlessLine(difference.traced, SHOWN_MAX)}`);
    tellPeople(`    the replay  ${harmlessLine(difference.replayed, SHOWN_MAX)}`);
  }
  return difference === undefined && isAsWritten ? EXIT.passed : EXIT.failed;
}

const WHAT = {
  birth: "the row that it is born with",
  acts: "what it wishes and notes",
  changed: "which fields change",
  wake: "when it wakes by itself, and what for",
  failure: "the node cannot be told this",
} as const;
