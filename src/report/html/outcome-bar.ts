/** Outcomes of all targets: one bar to see, one table to read. */
import type { Outcome } from "../../measure/outcome-class.ts";
import { UNFINISHED } from "../../measure/outcome-class.ts";
import type { EndReasonCount, OutcomeCounts, RunResult } from "../../measure/run-result.ts";
import { countText, shareText } from "../count-text.ts";
import { onRecordText } from "../end-reason-words.ts";
import { type FirmwareRow, firmwareRows } from "../firmware-words.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS, UNFINISHED_WORDS } from "../outcome-words.ts";
import { isOverJobs, shareOfReachable, sizesText, unseenText } from "../update-words.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { table } from "./table.ts";

export function outcomeBlock(result: RunResult): Html {
  const { outcomes } = result;
  const present = OUTCOME_ORDER.filter((outcome) => outcomes[outcome] > 0);
  const caption = "Outcomes of all targets, by what each node really runs";
  return html`<p class="quiet">${sizesText(result)}.</p>
    ${outcomeBar(outcomes)}
    ${table<Outcome>({
      caption,
      isCaptionHidden: true,
      isStacking: true,
      empty: "No node was targeted.",
      rows: present,
      columns: [
        { head: "Outcome", kind: "head", cell: (row) => html`${swatch(row)}${OUTCOME_WORDS[row].label}` },
        { head: isOverJobs(result) ? "Updates" : "Nodes", kind: "number", cell: (row) => countText(outcomes[row]) },
        { head: "Share", kind: "number", cell: (row) => shareText(outcomes[row], outcomes.targeted) },
        ...(outcomes.reachable < outcomes.targeted
          ? [
              {
                head: "Of the reachable",
                kind: "number" as const,
                cell: (row: Outcome) => shareOfReachable(outcomes, row) ?? "–",
              },
            ]
          : []),
        { head: "Meaning", cell: (row) => OUTCOME_WORDS[row].meaning },
      ],
    })}
    ${firmwareTable(result)}${endReasonTable(result)}${unfinishedTable(result)}${asides(outcomes)}`;
}

/** With several jobs the table above counts updates: this one says what each node ended on. */
function firmwareTable(result: RunResult): Html {
  if (!isOverJobs(result)) return NOTHING;
  const all = result.populations.nodes;
  return table<FirmwareRow>({
    caption: "What the nodes run at the end, each node once",
    rows: firmwareRows(result),
    columns: [
      { head: "Firmware", kind: "head", cell: ({ firmware }) => firmware },
      { head: "Of job", cell: ({ jobs }) => (jobs === "" ? "–" : jobs) },
      { head: "Nodes", kind: "number", cell: ({ nodes }) => countText(nodes) },
      { head: "Share", kind: "number", cell: ({ nodes }) => shareText(nodes, all) },
    ],
  });
}

/** Without it a rollback that the firmware's own ways cause looks like the image's fault. */
function endReasonTable(result: RunResult): Html {
  const { endReasons } = result;
  if (endReasons.length === 0) return NOTHING;
  return table<EndReasonCount>({
    caption: "Why the others ended so",
    rows: endReasons,
    columns: [
      { head: "Outcome", kind: "head", cell: ({ outcome }) => OUTCOME_WORDS[outcome].label },
      { head: "Reason", cell: ({ reason }) => (reason === "" ? "the node said none" : reason) },
      { head: "On record as", cell: (row) => onRecordText(row) || "not known" },
      { head: isOverJobs(result) ? "Updates" : "Nodes", kind: "number", cell: ({ count }) => countText(count) },
    ],
  });
}

/** A bar whose parts are the outcomes' shares; the numbers stand in the table beside it. */
export function outcomeBar(outcomes: OutcomeCounts): Html {
  const present = OUTCOME_ORDER.filter((outcome) => outcomes[outcome] > 0);
  let x = 0;
  const parts = present.map((outcome) => {
    const width = (outcomes[outcome] / Math.max(1, outcomes.targeted)) * 100;
    const part = html`<rect class="tone-${outcome}" x="${x.toFixed(3)}%" width="${width.toFixed(3)}%" height="100%"
      ><title>
        ${OUTCOME_WORDS[outcome].label}: ${countText(outcomes[outcome])}
        (${shareText(outcomes[outcome], outcomes.targeted)})
      </title></rect
    >`;
    x += width;
    return part;
  });
  const words = present.map((outcome) => `${countText(outcomes[outcome])} ${OUTCOME_WORDS[outcome].label}`).join(", ");
  return html`<svg class="bar" role="img" aria-label="Outcomes: ${words === "" ? "none" : words}">${parts}</svg>`;
}

/** The colour of an outcome in bars and plots. */
export function swatch(outcome: Outcome): Html {
  return html`<span class="swatch tone-${outcome}" aria-hidden="true"></span>`;
}

function unfinishedTable(result: RunResult): Html {
  const { unfinished, unfinishedBy } = result.outcomes;
  if (unfinished === 0) return NOTHING;
  const states = UNFINISHED.filter((state) => unfinishedBy[state].online + unfinishedBy[state].offline > 0);
  const unseen = unseenText(result);
  return html`${table({
    caption: "What the unfinished were at when the run ended",
    rows: states,
    columns: [
      { head: "State", kind: "head", cell: (state) => UNFINISHED_WORDS[state] },
      { head: "Online", kind: "number", cell: (state) => countText(unfinishedBy[state].online) },
      { head: "Offline", kind: "number", cell: (state) => countText(unfinishedBy[state].offline) },
    ],
  })}${unseen === "" ? NOTHING : html`<p class="quiet">Of all targets ${unseen}; <code>reachable</code> in nodes.csv says which.</p>`}`;
}

function asides({ regressed, unreported, installedAfterCancel }: OutcomeCounts): Html {
  const notes = [
    [regressed, "confirmed the image and fell back later; counted as success"],
    [unreported, "run the image, but no final status of theirs was acknowledged"],
    [installedAfterCancel, "installed the image after the job was cancelled"],
  ] as const;
  const shown = notes.filter(([count]) => count > 0);
  if (shown.length === 0) return NOTHING;
  return html`<ul class="notes">
    ${shown.map(([count, words]) => html`<li><strong>${countText(count)}</strong> ${words}</li>`)}
  </ul>`;
}
