/** Tags on one line for people: `commit=3fa1c2e branch=main`. */
import type { RunResult } from "../measure/run-result.ts";
import { harmlessLine } from "./text-cleaning.ts";

/** All tags, separated by two spaces; "" where there are none. */
export function tagsText(tags: RunResult["tags"]): string {
  return Object.entries(tags)
    .map(([name, value]) => harmlessLine(`${name}=${value}`, 200))
    .join("  ");
}
