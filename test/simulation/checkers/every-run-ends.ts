import type { Checker } from "./checker.ts";

/** Events of twenty nodes in a week at most; a hundred spells a day are some 20 events each. */
const EVENTS_MAX = 1_000_000;

export const everyRunEnds: Checker = {
  id: "N8",
  sentence: "every run ends by its own time, and time never goes back",
  check: ({ world, end, notes, inputs }) => {
    const { afterUs } = world.scenario.end;
    const breaches: string[] = [];
    if (!(end.endedAtUs <= afterUs)) breaches.push(`the run ends at ${end.endedAtUs}, and not by ${afterUs}`);
    if (end.events > EVENTS_MAX) breaches.push(`the run took ${end.events} events`);
    for (const list of [notes, inputs]) {
      let before = -Infinity;
      for (const { atUs } of list) {
        if (atUs < before) breaches.push(`time goes back from ${before} to ${atUs}`);
        before = atUs;
      }
    }
    return breaches;
  },
};
