/** What to do about what a run shows and no threshold was on, one sentence each. */
import { SECOND_OFFER } from "../measure/end-reason.ts";
import type { RunResult } from "../measure/run-result.ts";

/** Sentences without anything of a node's or a backend's own. */
export function nextSteps({ truth, endReasons }: Pick<RunResult, "truth" | "endReasons">): readonly string[] {
  const hasSecondOffers = endReasons.some(({ reason, count }) => reason === SECOND_OFFER && count > 0);
  return [
    ...(truth.unreported === 0
      ? []
      : [
          "Unreported: firmware never repeats a last word. In nodes.csv such nodes have outcome success and another belief; --trace NODE tells how a word was lost.",
        ]),
    ...(hasSecondOffers
      ? [
          "Second offers: the image did no harm, the node asked again between its update and its reboot. A longer autofetch.every makes that rarer, as does a slower clock where it was compressed; inspect says for how many to expect it.",
        ]
      : []),
  ];
}
