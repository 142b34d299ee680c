/** The node shows what the real firmware showed. OTAFLEET_VECTORS names a file, or a folder, with more of the kind. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { firstDifference } from "../../../src/drivers/vectors/compare.ts";
import { play } from "../../../src/drivers/vectors/play.ts";
import type { Vector, VectorFile } from "../../../src/drivers/vectors/vector.ts";

/** Groups that need what the node does not have yet. */
const LEFT_OUT = new Set(["params", "stream", "generation-stream", "lab"]);
/** Differences that a failing test prints. */
const LISTED_MAX = 10;

const fixture = fileURLToPath(new URL("../../fixtures/node-vectors/vectors.json", import.meta.url));

for (const file of [fixture, ...filesOf(process.env["OTAFLEET_VECTORS"])]) {
  const groups = groupsOf(file);

  describe(`vectors of ${file === fixture ? "test/fixtures/node-vectors" : file}`, () => {
    for (const [group, vectors] of groups) {
      test(`the node shows what the firmware showed in all ${vectors.length} of ${group}`, () => {
        const differences = vectors.flatMap((vector) => differenceOf(vector) ?? []);

        expect(differences.slice(0, LISTED_MAX).join("\n"), `${differences.length} differ`).toBe("");
      });
    }
  });
}

test("the vectors of the project are as many as were recorded", () => {
  const groups = groupsOf(fixture);

  expect([...groups.values()].reduce((sum, vectors) => sum + vectors.length, 0)).toBe(593);
});

function differenceOf(vector: Vector): string | undefined {
  try {
    const difference = firstDifference(vector, play(vector));
    return difference === undefined ? undefined : `${vector.id}: ${difference}`;
  } catch (error) {
    return `${vector.id}: the node broke: ${String(error)}`;
  }
}

function groupsOf(file: string): Map<string, Vector[]> {
  const { vectors } = JSON.parse(readFileSync(file, "utf8")) as VectorFile;
  const groups = new Map<string, Vector[]>();
  for (const vector of vectors) {
    if (LEFT_OUT.has(vector.group)) continue;
    const group = groups.get(vector.group);
    if (group === undefined) groups.set(vector.group, [vector]);
    else group.push(vector);
  }
  return groups;
}

/** Files of a folder that hold vectors; the folder may have others beside them. */
function filesOf(place: string | undefined): string[] {
  if (place === undefined || place === "") return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(place, name))
    .filter((file) => Array.isArray((JSON.parse(readFileSync(file, "utf8")) as Partial<VectorFile>).vectors));
}
