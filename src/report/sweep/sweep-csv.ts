/** `sweep.csv`: RFC 4180, one line a plan, in the units of the JSON. A figure without a number is a word. */
import type { SweepResult } from "../../measure/sweep-result.ts";
import { cellText } from "../csv-cell.ts";

const LINE_END = "\r\n";

/** The table for other programs: a plan that is missing has a line too. */
export function sweepCsv({ knobs, figures, points, missing }: SweepResult): string {
  const heads = [
    ...knobs.map(({ path }) => path),
    "seed",
    "verdict",
    ...figures.map(({ name, unit }) => `${name} [${unit}]`),
  ];
  const lines = points.flatMap(({ values, runs }) => {
    const there = runs.map(({ seed, verdict, figures: found }) => [...values, seed, verdict, ...found]);
    const gone = missing
      .filter((run) => run.values.every((value, place) => value === values[place]))
      .map(({ seed }) => [...values, seed, "missing", ...figures.map(() => null)]);
    return [...there, ...gone];
  });
  return [heads, ...lines].map((cells) => `${cells.map(cellText).join(",")}${LINE_END}`).join("");
}
