/**
 * `npm run vectors -- [--skip GROUP,...] FILE...`: plays files of node vectors and prints, for each group and in total,
 * how many matched and how many differ, with the first differences. Exit code 1 if any differ, 2 for bad usage.
 */
import { readFileSync } from "node:fs";
import { firstDifference } from "./compare.ts";
import { play } from "./play.ts";
import type { Vector, VectorFile } from "./vector.ts";

/** Differences that are printed in full; the others are only counted. */
const PRINTED_MAX = Number(process.env["OTAFLEET_VECTOR_DIFFERENCES"] ?? 10);

function main(args: readonly string[]): number {
  const skipped = new Set<string>();
  const files: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--skip") for (const group of (args[++i] ?? "").split(",")) skipped.add(group);
    else files.push(args[i] as string);
  }
  if (files.length === 0) {
    process.stderr.write("usage: npm run vectors -- [--skip GROUP,...] FILE...\n");
    return 2;
  }
  const tally = new Map<string, { matched: number; differ: number }>();
  let printed = 0;
  for (const file of files) {
    for (const vector of read(file)) {
      if (skipped.has(vector.group)) continue;
      const count = tally.get(vector.group) ?? { matched: 0, differ: 0 };
      tally.set(vector.group, count);
      const difference = differenceOf(vector);
      if (difference === undefined) count.matched++;
      else {
        count.differ++;
        if (printed++ < PRINTED_MAX) process.stdout.write(`${vector.group}/${vector.id}: ${difference}\n`);
      }
    }
  }
  let matched = 0;
  let differ = 0;
  for (const [group, count] of tally) {
    process.stdout.write(`${group.padEnd(22)} ${count.matched} matched, ${count.differ} differ\n`);
    matched += count.matched;
    differ += count.differ;
  }
  process.stdout.write(`${"total".padEnd(22)} ${matched} matched, ${differ} differ\n`);
  return differ > 0 ? 1 : 0;
}

function differenceOf(vector: Vector): string | undefined {
  try {
    return firstDifference(vector, play(vector));
  } catch (error) {
    return `the node broke: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function read(file: string): readonly Vector[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    process.stderr.write(
      `otafleet: ${file}: ${error instanceof Error ? error.message : String(error)}; a vector file is JSON with a list "vectors"\n`,
    );
    process.exit(2);
  }
  const { vectors } = parsed as Partial<VectorFile>;
  if (!Array.isArray(vectors)) {
    process.stderr.write(`otafleet: ${file}: has no list "vectors"\n`);
    process.exit(2);
  }
  return vectors;
}

process.exitCode = main(process.argv.slice(2));
