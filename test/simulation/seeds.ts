/** A range of seeds, each world lived through once and held against every invariant. */
import { beforeAll, describe, expect, test } from "vitest";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { CHECKERS } from "./checkers/checkers.ts";
import { live } from "./history.ts";
import { randomWorld } from "./random-world.ts";

/** Breaches that a failing test prints. */
const PRINTED_MAX = 10;

/** Seeds of all four files together, as they are tried with every change; OTAFLEET_SEEDS tries more. */
const SEEDS = 1_000;

/** One of four equal parts of the seeds, from 0. OTAFLEET_SEED tries one seed in place of them. */
export function holdInvariants(part: number): void {
  const wished = Number(process.env["OTAFLEET_SEED"] ?? NaN);
  const size = Math.ceil(Number(process.env["OTAFLEET_SEEDS"] ?? SEEDS) / 4);
  const from = 1 + part * size;
  const [first, behind] = Number.isNaN(wished) ? [from, from + size] : [wished, wished + 1];
  const breaches = new Map(CHECKERS.map(({ id }) => [id, [] as string[]]));
  const broken: string[] = [];

  describe(`seeds ${first} to ${behind - 1}`, () => {
    beforeAll(async () => {
      await readyHistograms();
      for (let seed = first; seed < behind; seed++) {
        try {
          const history = live(randomWorld(seed));
          for (const { id, check } of CHECKERS) breaches.get(id)?.push(...check(history).map((it) => told(seed, it)));
        } catch (error) {
          broken.push(told(seed, error instanceof Error ? (error.stack ?? error.message) : String(error)));
        }
      }
    }, 120_000);

    test("every world can be lived through", () => {
      expect(broken.slice(0, PRINTED_MAX).join("\n"), `${broken.length} break`).toBe("");
    });

    for (const { id, sentence } of CHECKERS) {
      test(`${id}: ${sentence}`, () => {
        const found = breaches.get(id) ?? [];

        expect(found.slice(0, PRINTED_MAX).join("\n"), `${found.length} breaches`).toBe("");
      });
    }
  });
}

function told(seed: number, breach: string): string {
  return `${breach}\n  again: OTAFLEET_SEED=${seed} npx vitest run test/simulation/seeds-1.test.ts`;
}
