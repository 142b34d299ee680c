import { Outcomes } from "../../../src/measure/outcome.ts";
import { nodeRows } from "../../../src/measure/node-row.ts";
import type { Checker } from "./checker.ts";

export const everyoneIsListed: Checker = {
  id: "N7",
  sentence: "every node is listed once, and every target has exactly one outcome",
  check: ({ state, facts, isTarget, finalImage }) => {
    const rows = [...nodeRows(state, facts)];
    const breaches = rows.flatMap(({ node, jobs }, index) => {
      if (node !== index) return [`row ${index} is node ${node}'s`];
      const wanted = isTarget(node) ? 1 : 0;
      return jobs.length === wanted ? [] : [`node ${node} has ${jobs.length} outcomes and not ${wanted}`];
    });
    if (rows.length !== finalImage.length) breaches.push(`${rows.length} rows for ${finalImage.length} nodes`);
    const { targeted, unfinished, unfinishedBy } = new Outcomes(state, facts.lostWorkers).counts();
    const targets = finalImage.filter((_, node) => isTarget(node)).length;
    if (targeted !== targets) breaches.push(`${targeted} nodes are counted, and ${targets} are targets`);
    const parts = Object.values(unfinishedBy).reduce((sum, { online, offline }) => sum + online + offline, 0);
    if (parts !== unfinished) breaches.push(`${unfinished} are unfinished, and ${parts} are told apart`);
    return breaches;
  },
};
