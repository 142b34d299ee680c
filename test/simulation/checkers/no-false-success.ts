import { Outcomes } from "../../../src/measure/outcome.ts";
import type { History } from "../history.ts";
import type { Checker } from "./checker.ts";

/** The node's own lie ("misled") is not the backend's: it may believe what the node said. */
export const noFalseSuccess: Checker = {
  id: "N1",
  sentence: "no bricked or rolled-back node is counted as a success",
  check: (history) => [...falseBeliefs(history), ...falseOutcomes(history)],
};

function falseBeliefs({ beliefs, notesOf, finalImage, isBricked, isJobImage }: History): string[] {
  return beliefs.flatMap((of, node) => {
    const runsIt = isJobImage(finalImage[node] as number) && isBricked[node] === false;
    if (of.at(-1) !== "success" || runsIt) return [];
    const saidSo = notesOf[node]?.some(({ note, entry }) => note.kind === "handed over" && entry?.status === "success");
    return saidSo ? [] : [`node ${node} is believed a success, and neither runs the image nor said so`];
  });
}

function falseOutcomes({ state, facts, notesOf, isBricked, isJobImage, isTarget }: History): string[] {
  const outcomes = new Outcomes(state, facts.lostWorkers);
  return isBricked.flatMap((bricked, node) => {
    if (!isTarget(node)) return [];
    const outcome = outcomes.of(0, node);
    const wasConfirmed = notesOf[node]?.some(({ note }) => note.kind === "marked valid" && isJobImage(note.image));
    const expected = bricked ? "bricked" : wasConfirmed ? "success" : undefined;
    if (expected !== undefined && outcome !== expected) return [`node ${node} is ${expected}, and counted ${outcome}`];
    if (expected === undefined && (outcome === "success" || outcome === "bricked")) {
      return [`node ${node} never confirmed the image, and is counted ${outcome}`];
    }
    return [];
  });
}
