/**
 * A run as tests that a build server shows: one for each promise, law, fault, and for what makes a run one that can be
 * judged at all. A *failure* is a promise that was not kept; an *error* is what could not be judged. Of a run that is
 * invalid or incomplete no promise is shown as kept; of one that is incomplete none is shown as broken either, and no
 * fault as missing, for half a run meets neither.
 */
import { unreachable } from "../base/assert.ts";
import type { LawResult, RunResult, ThresholdResult } from "../measure/run-result.ts";
import { countText, counted } from "./count-text.ts";
import { readableSentence } from "./duration-text.ts";
import { VERDICT_WORDS } from "./outcome-words.ts";
import { actualText, distanceText } from "./threshold-distance.ts";
import { isAnyBeliefKnown } from "./truth-cell.ts";

/** How one test came out. `message` is one line, `lines` say more. */
export type CaseEnd =
  | { readonly kind: "passed" }
  | { readonly kind: "failure" | "error" | "skipped"; readonly message: string; readonly lines: readonly string[] };

/** One test. */
export interface TestCase {
  /** What it is one of: thresholds, laws, faults, truth, run. */
  readonly group: string;
  readonly name: string;
  /** Seconds: what a threshold on a duration measured; 0 for everything else. */
  readonly seconds: number;
  readonly end: CaseEnd;
}

const PASSED: CaseEnd = { kind: "passed" };

/** All tests of a run, what makes it one first. There is always at least one. */
export function testCasesOf(result: RunResult): readonly TestCase[] {
  return [
    { group: "run", name: "the run can be judged", seconds: 0, end: runEnd(result) },
    { group: "run", name: "generator held up", seconds: 0, end: generatorEnd(result) },
    ...result.thresholds.map((threshold) => thresholdCase(threshold, result)),
    { group: "truth", name: "no false success", seconds: 0, end: truthEnd(result) },
    ...Object.entries(result.faults)
      // What was asked of the backend was asked for, drawn or not.
      .filter(([, { of, drawn }]) => of === "backend" || drawn > 0)
      .map(([name, counts]) => faultCase(name, counts, result)),
    ...result.laws.map(lawCase),
  ];
}

function isJudged({ verdict }: RunResult): boolean {
  return verdict === "passed" || verdict === "failed";
}

function notJudged({ verdict }: RunResult, lines: readonly string[] = []): CaseEnd {
  return { kind: "skipped", message: `not judged: the run is ${verdict}`, lines };
}

function runEnd(result: RunResult): CaseEnd {
  if (isJudged(result)) return PASSED;
  const { label, meaning } = VERDICT_WORDS[result.verdict];
  const [first = meaning] = result.reasons.map(readableSentence);
  return { kind: "error", message: `${label}: ${first}`, lines: [meaning, ...result.reasons.map(readableSentence)] };
}

function generatorEnd({ generator }: RunResult): CaseEnd {
  if (generator.verdict === "held up") return PASSED;
  const lines = generator.reasons.map(readableSentence);
  return { kind: "error", message: `the generator was the limit: ${lines[0] ?? ""}`, lines };
}

function thresholdCase(threshold: ThresholdResult, result: RunResult): TestCase {
  const { metric, expression, unit, actual } = threshold;
  const seconds = unit === "us" && actual !== null ? actual / 1e6 : 0;
  return { group: "thresholds", name: `${metric} ${expression}`, seconds, end: thresholdEnd(threshold, result) };
}

function thresholdEnd(threshold: ThresholdResult, result: RunResult): CaseEnd {
  const { verdict, metric, expression, because } = threshold;
  const lines = [`came out: ${actualText(threshold)}`, `distance: ${distanceText(threshold)}`];
  if (result.verdict === "incomplete") return notJudged(result, lines);
  switch (verdict) {
    case "passed":
      return isJudged(result) ? PASSED : notJudged(result, lines);
    case "failed":
      return { kind: "failure", message: readableSentence(because), lines };
    case "cannot pass":
      return { kind: "error", message: `${metric} ${expression} cannot pass: ${readableSentence(because)}`, lines };
    default:
      return unreachable(verdict);
  }
}

function truthEnd(result: RunResult): CaseEnd {
  const { falseSuccess, falseSuccessNodes, matrix } = result.truth;
  if (falseSuccess > 0) {
    const message = `${counted(falseSuccess, "false success", "false successes")}: the backend has success on record, the image does not run, and the node never said so`;
    return { kind: "failure", message, lines: [`nodes by index: ${falseSuccessNodes.join(", ")}`] };
  }
  if (!isAnyBeliefKnown(matrix))
    return { kind: "skipped", message: "what the backend believes is not known", lines: [] };
  return isJudged(result) ? PASSED : notJudged(result);
}

function faultCase(name: string, fault: RunResult["faults"][string], result: RunResult): TestCase {
  return { group: "faults", name: `fault ${name} fired`, seconds: 0, end: faultEnd(name, fault, result) };
}

function faultEnd(name: string, { drawn, fired }: RunResult["faults"][string], result: RunResult): CaseEnd {
  if (fired > 0) return PASSED;
  if (result.verdict === "incomplete") return notJudged(result);
  const lines = [`drawn ${countText(drawn)}, fired ${countText(fired)}`];
  return { kind: "error", message: `the fault ${name} never fired: nothing was tested with it`, lines };
}

function lawCase({ id, sentence, verdict, left, right, detail }: LawResult): TestCase {
  const name = `${id} ${sentence}`;
  const sides = `left ${left ?? "?"}, right ${right ?? "?"}`;
  const more = detail === "" ? [] : [detail];
  switch (verdict) {
    case "held":
      return { group: "laws", name, seconds: 0, end: PASSED };
    case "broken":
      return {
        group: "laws",
        name,
        seconds: 0,
        end: { kind: "error", message: `law ${id} is broken: ${sides}`, lines: [sentence, ...more] },
      };
    case "not checkable":
      return {
        group: "laws",
        name,
        seconds: 0,
        end: { kind: "skipped", message: detail === "" ? "not checkable" : detail, lines: [] },
      };
    default:
      return unreachable(verdict);
  }
}
