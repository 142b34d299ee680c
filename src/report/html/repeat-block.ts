/** What it takes to get the same run again, and what was counted on the way. */
import { countText } from "../count-text.ts";
import { fleetStartMs, instantText } from "../duration-text.ts";
import type { ReportInput } from "../reporter.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { table } from "./table.ts";

export function repeatBlock({ result, command }: ReportInput): Html {
  const { clock, scenario, seed, versions } = result;
  const driver = clock.driver === "live" ? "live: real sockets, wall clock" : "virtual: modelled network, no socket";
  // A plan jumps from event to event, so it has no speed.
  const speed = clock.driver === "live" ? `${countText(clock.speed)} × real time` : "in virtual time";
  const facts: readonly (readonly [string, string])[] = [
    ["Scenario", scenario.name],
    ["Seed", String(seed)],
    ["Driver", driver],
    ["Fleet clock", `from ${instantText(fleetStartMs(clock.start))}, ${speed}`],
    ["Ended because", clock.endedBecause],
    ...(result.eventHash === null ? [] : ([["Event hash", result.eventHash]] as const)),
    ["Result", `${result.schema}, version ${result.version}`],
    // The driver is already told above, in words.
    ...Object.entries(versions).filter(([name]) => name !== "driver"),
  ];
  return html`<p>The command that repeats this run:</p>
    <pre><code>${command.split(" ").map((word, place) => html`${place === 0 ? "" : " "}${word}`)}</code></pre>
    <dl class="facts">
      ${facts.map(
        ([term, text]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${text}</dd>
          </div> `,
      )}
    </dl>
    ${counters("What the run counted", result.counters)} ${counters("What the backend counted", result.backend)}`;
}

function counters(title: string, counts: Readonly<Record<string, number>>): Html {
  const rows = Object.entries(counts);
  if (rows.length === 0) return NOTHING;
  return html`<details>
    <summary>${title}</summary>
    ${table({
      caption: title,
      isCaptionHidden: true,
      rows,
      columns: [
        { head: "Counter", kind: "head", cell: ([name]) => name },
        { head: "Count", kind: "number", cell: ([, count]) => countText(count) },
      ],
    })}
  </details>`;
}
