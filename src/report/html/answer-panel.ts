/** The panel that every page begins with: what it comes to, by a sign, a word and what belongs to it. */
import type { Verdict } from "../../measure/run-result.ts";
import { readableSentence } from "../duration-text.ts";
import { html, Html, NOTHING } from "./html-text.ts";

// Four shapes, so that the verdict can be told without colour and from afar.
const SIGNS: Readonly<Record<Verdict, Html>> = {
  passed: Html.ofOwnText('<path d="M12 25 L21 34 L37 15"/>'),
  failed: Html.ofOwnText('<path d="M15 15 L33 33 M33 15 L15 33"/>'),
  invalid: Html.ofOwnText('<path d="M24 12 V27 M24 34.5 V35"/>'),
  incomplete: Html.ofOwnText('<path d="M12 24 H14 M23 24 H25 M34 24 H36"/>'),
};

export interface AnswerPanel {
  /** Whose sign and colours it has. */
  readonly look: Verdict;
  /** What the title is, for who cannot see the sign. */
  readonly kind: "Verdict" | "Answer";
  readonly title: string;
  readonly content: Html;
}

export function answerPanel({ look, kind, title, content }: AnswerPanel): Html {
  const id = `${kind.toLowerCase()}-title`;
  return html`<section class="verdict ${look}" id="verdict" aria-labelledby="${id}">
    <svg class="sign" viewBox="0 0 48 48" aria-hidden="true">
      <circle cx="24" cy="24" r="22" />
      ${SIGNS[look]}
    </svg>
    <div>
      <h2 id="${id}"><span class="unseen">${kind}: </span>${title}</h2>
      ${content}
    </div>
  </section> `;
}

/** Why it came to that, the weightiest first. */
export function reasonList(reasons: readonly string[]): Html {
  if (reasons.length === 0) return NOTHING;
  return html`<h3>${reasons.length === 1 ? "Reason" : "Reasons"}</h3>
    <ol class="reasons">
      ${reasons.map((reason) => html`<li>${readableSentence(reason)}</li>`)}
    </ol>`;
}

/** Sentences to know before a number is believed. */
export function warnings(sentences: readonly string[]): readonly Html[] {
  return sentences.map((sentence) => html`<p class="warning">${readableSentence(sentence)}</p>`);
}
