/** The top of the page: what it comes to, and why. */
import { counted } from "../count-text.ts";
import { nextSteps } from "../next-steps.ts";
import { VERDICT_WORDS, verdictMeaning } from "../outcome-words.ts";
import type { ReportInput } from "../reporter.ts";
import { stopSentences } from "../rollout-words.ts";
import { unusableMetricsText } from "../unusable-metrics.ts";
import { answerPanel, reasonList, warnings } from "./answer-panel.ts";
import { html, type Html, NOTHING } from "./html-text.ts";

export function verdictBlock({ result }: ReportInput): Html {
  const { verdict, reasons, remarks } = result;
  const unusable = unusableMetricsText(result);
  const content = html`<p>${verdictMeaning(result)}</p>
    ${unusable === undefined ? NOTHING : html`<p class="warning">${unusable}</p>`}
    ${warnings(stopSentences(result.jobs))} ${warnings(remarks)} ${reasonList(reasons)} ${lostNodes(result.lost)}
    ${nextSteps(result).map((step) => html`<p class="quiet">${step}</p>`)}`;
  return answerPanel({ look: verdict, kind: "Verdict", title: VERDICT_WORDS[verdict].label, content });
}

function lostNodes({ nodes, nodeRanges, workers, lostMs }: ReportInput["result"]["lost"]): Html {
  if (nodes === 0 && workers.length === 0) return NOTHING;
  const ranges = nodeRanges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(", ");
  return html`<p>
    Lost: ${counted(nodes, "node")} (index ${ranges}) of ${counted(workers.length, "worker")} (${workers.join(", ")});
    at most ${lostMs} ms of records are missing.
  </p>`;
}
