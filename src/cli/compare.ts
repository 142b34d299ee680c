/** `otafleet compare`: two runs over each other. */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../base/user-error.ts";
import type { Comparison } from "../measure/comparison.ts";
import { type ComparisonLimit, parseLimit } from "../measure/comparison-limit.ts";
import { readableSentence } from "../report/duration-text.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { columnsOf, painterOf, tellPeople, tellPrograms } from "./console.ts";
import { EXIT } from "./exit-codes.ts";

/** Flags as they were typed. */
export interface CompareFlags {
  readonly within?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color: boolean;
}

/** Compares the runs of two folders, writes the comparison, shows it, and answers the exit code. */
export async function compare(first: string, second: string, flags: CompareFlags): Promise<number> {
  const limits = limitsOf(flags.within ?? []);
  const [
    { compareFolders },
    { writeNewFolder },
    { comparisonJson },
    { comparisonPage },
    { consoleComparison },
    { comparisonWord },
  ] = await Promise.all([
    import("../engine/compare-folders.ts"),
    import("../engine/new-folder.ts"),
    import("../report/comparison-json.ts"),
    import("../report/html/comparison-page.ts"),
    import("../report/console-comparison.ts"),
    import("../report/comparison-words.ts"),
  ]);
  const comparison = await compareFolders(first, second, limits);
  const json = comparisonJson(comparison);
  // The name stands in a file that anybody may have written, and becomes part of a path.
  const name = comparison.second.name.replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 40);
  const folder = writeNewFolder(flags.out, `compare-${name}`, new Date().toISOString(), [
    { name: "compare.json", text: json },
    { name: "compare.html", text: comparisonPage(comparison) },
  ]);
  const paint = painterOf(process.stderr, flags.color);
  const terminal = { paint, columns: columnsOf(process.stderr) };
  if (flags.quiet === true) tellBriefly(comparison, comparisonWord(comparison).label);
  else for (const line of consoleComparison(comparison, terminal)) tellPeople(line);
  tellPeople("");
  tellPeople(`${paint.quiet("report  ")}  ${pathToFileURL(resolve(folder, "compare.html")).href}`);
  tellPeople(`${paint.quiet("folder  ")}  ${harmlessLine(join(folder))}`);
  if (flags.json === true) tellPrograms(json);
  else if (!process.stdout.isTTY) tellPrograms(`${folder}\n`);
  return comparison.verdict === "beyond" ? EXIT.failed : EXIT.passed;
}

function tellBriefly({ reasons, remarks }: Comparison, label: string): void {
  tellPeople(label.toUpperCase());
  for (const reason of reasons) tellPeople(`  - ${harmlessLine(readableSentence(reason))}`);
  for (const remark of remarks) tellPeople(`  ! ${harmlessLine(readableSentence(remark))}`);
}

function limitsOf(texts: readonly string[]): readonly ComparisonLimit[] {
  const parsed = texts.map(parseLimit);
  const mistakes = parsed.flatMap((each) => ("seen" in each ? [{ field: "--within", ...each }] : []));
  if (mistakes.length > 0) throw new UserError(mistakes);
  return parsed.flatMap((each) => ("seen" in each ? [] : each));
}
