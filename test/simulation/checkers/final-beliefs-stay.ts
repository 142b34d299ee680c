import type { Checker } from "./checker.ts";

export const finalBeliefsStay: Checker = {
  id: "N11",
  sentence: "a backend that believes success or rejected goes on believing it",
  check: ({ beliefs }) =>
    beliefs.flatMap((of, node) => {
      const final = of.findIndex((belief) => belief === "success" || belief === "rejected");
      if (final === -1 || final === of.length - 1) return [];
      return [`node ${node} was believed ${of.slice(final).join(", then ")}`];
    }),
};
