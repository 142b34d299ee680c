/** The top of the page: what it comes to, and why. */
import type { Verdict } from "../../measure/run-result.ts";
import { counted } from "../count-text.ts";
import { readableSentence } from "../duration-text.ts";
import { VERDICT_WORDS, verdictMeaning } from "../outcome-words.ts";
import type { ReportInput } from "../reporter.ts";
import { unusableMetricsText } from "../unusable-metrics.ts";
import { html, Html, NOTHING } from "./html-text.ts";

// Four shapes, so that the verdict can be told without colour and from afar.
export const SIGNS: Readonly<Record<Verdict, Html>> = {
  passed: Html.ofOwnText('<path d="M12 25 L21 34 L37 15"/>'),
  failed: Html.ofOwnText('<path d="M15 15 L33 33 M33 15 L15 33"/>'),
  invalid: Html.ofOwnText('<path d="M24 12 V27 M24 34.5 V35"/>'),
  incomplete: Html.ofOwnText('<path d="M12 24 H14 M23 24 H25 M34 24 H36"/>'),
};

export function verdictBlock({ result }: ReportInput): Html {
  const { verdict, reasons, remarks } = result;
  const unusable = unusableMetricsText(result.metrics);
  const { label } = VERDICT_WORDS[verdict];
  const why =
    reasons.length === 0
      ? NOTHING
      : html`<h3>${reasons.length === 1 ? "Reason" : "Reasons"}</h3>
          <ol class="reasons">
            ${reasons.map((reason) => html`<li>${readableSentence(reason)}</li>`)}
          </ol>`;
  return html`<section class="verdict ${verdict}" id="verdict" aria-labelledby="verdict-title">
    <svg class="sign" viewBox="0 0 48 48" aria-hidden="true">
      <circle cx="24" cy="24" r="22" />
      ${SIGNS[verdict]}
    </svg>
    <div>
      <h2 id="verdict-title"><span class="unseen">Verdict: </span>${label}</h2>
      <p>${verdictMeaning(result)}</p>
      ${unusable === undefined ? NOTHING : html`<p class="warning">${unusable}</p>`}
      ${remarks.map((remark) => html`<p class="warning">${readableSentence(remark)}</p>`)} ${why}
      ${lostNodes(result.lost)}
    </div>
  </section> `;
}

function lostNodes({ nodes, nodeRanges, workers, lostMs }: ReportInput["result"]["lost"]): Html {
  if (nodes === 0 && workers.length === 0) return NOTHING;
  const ranges = nodeRanges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(", ");
  return html`<p>
    Lost: ${counted(nodes, "node")} (index ${ranges}) of ${counted(workers.length, "worker")} (${workers.join(", ")});
    at most ${lostMs} ms of records are missing.
  </p>`;
}
