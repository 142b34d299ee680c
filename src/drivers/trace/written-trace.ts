/** `trace.jsonl` as it is written; `trace-file.ts` reads it, by schemas that nobody else needs to load. */
import { createHash } from "node:crypto";
import type { Trace } from "../../fleet/trace.ts";

/** The text of a trace's file. */
export function traceFileText({ head, steps }: Pick<Trace, "head" | "steps">): string {
  const lines = [head, ...steps].map((line) => `${JSON.stringify(line)}\n`).join("");
  return `${lines}${JSON.stringify({ end: true, steps: steps.length, sha256: traceDigest(lines) })}\n`;
}

/** What the last line has of all lines before it. */
export function traceDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
