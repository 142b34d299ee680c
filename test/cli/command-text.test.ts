import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandText } from "../../src/cli/command-text.ts";
import { repeatingCommand } from "../../src/cli/scenario-file.ts";

test("words that a shell leaves alone stay as they are, others are quoted", () => {
  expect(commandText(["run", "a/b-c.yaml", "--set", "clock.speed=60"])).toBe(
    "otafleet run a/b-c.yaml --set clock.speed=60",
  );
  expect(commandText(["run", "it's.yaml", ""])).toBe("otafleet run 'it'\\''s.yaml' ''");
});

test("a shell reads back the very words, whatever they are", () => {
  const word = fc.string({ unit: "binary-ascii", maxLength: 20 }).map((text) => text.replaceAll("\0", ""));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const script = commandText(words).replace(/^otafleet/, "printf '%s\\0'");
      const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });

      expect(stdout.split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 30 },
  );
});

test("the command that repeats a run has what shapes its result, and not where it was written", () => {
  const flags = {
    nodes: "300",
    seed: "7",
    image: "b.bin",
    set: ["a=1", "b=x y"],
    workers: "2",
    out: "reports/x",
    json: true,
  };

  expect(repeatingCommand("run", "s.yaml", flags)).toBe(
    "otafleet run s.yaml --nodes 300 --seed 7 --image b.bin --set a=1 --set 'b=x y' --workers 2",
  );
  expect(repeatingCommand("plan", "s.yaml", {})).toBe("otafleet plan s.yaml");
});
