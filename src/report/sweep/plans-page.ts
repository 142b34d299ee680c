/** What the pages of sweeps and searches have in common: header, answer, and how to repeat it. */
import type { PlansHead } from "../../measure/planned-run.ts";
import type { Verdict } from "../../measure/run-result.ts";
import { countText } from "../count-text.ts";
import { readableSentence } from "../duration-text.ts";
import { answerPanel } from "../html/answer-panel.ts";
import { html, type Html, NOTHING } from "../html/html-text.ts";
import type { Section } from "../html/section.ts";
import type { SweepQuestion } from "./sweep-questions.ts";

/**
 * @param turned paths of the knobs: where one of them is a number of nodes, the page has it there
 * @param facts what was planned, in a few words each
 */
export function plansHeader(
  what: "sweep" | "search",
  { scenario, tags }: PlansHead,
  turned: readonly string[],
  facts: readonly string[],
): Html {
  const size = turned.some((path) => /(?:^|\.)nodes$/.test(path)) ? [] : [`${countText(scenario.nodes)} nodes`];
  const all = [...size, "in virtual time", ...facts];
  const named = Object.entries(tags);
  return html`<header>
    <p class="product"><span class="mark" aria-hidden="true"></span>otafleet <span>${what}</span></p>
    <h1>${scenario.name}</h1>
    ${scenario.about === "" ? NOTHING : html`<p class="about">${scenario.about}</p>`}
    <p class="facts-line">${all.map((fact) => html`<span>${fact}</span> `)}</p>
    ${
      named.length === 0
        ? NOTHING
        : html`<ul class="tags" aria-label="Tags">
            ${named.map(([name, value]) => html`<li><span class="quiet">${name}</span> ${value}</li>`)}
          </ul>`
    }
  </header>`;
}

/** The answer, first of all. */
export function answerBlock(answer: {
  readonly verdict: Verdict;
  readonly title: string;
  readonly sentences: readonly string[];
  readonly questions: readonly SweepQuestion[];
}): Html {
  const { verdict, title, sentences, questions } = answer;
  const list = html`<dl class="questions">
    ${questions.map(
      ({ question, answers }) =>
        html`<div>
          <dt>${question}</dt>
          ${answers.map((text) => html`<dd>${text}</dd>`)}
        </div> `,
    )}
  </dl>`;
  const content = html`${sentences.map((sentence) => html`<p>${readableSentence(sentence)}</p>`)}
  ${questions.length === 0 ? NOTHING : list}`;
  return answerPanel({ look: verdict, kind: "Answer", title, content });
}

/** @param file what the page is made of */
export function plansFooter({ versions }: PlansHead, file: string): Html {
  return html`<p>otafleet ${versions["otafleet"] ?? ""} · made of ${file} alone; equal results give equal pages</p>`;
}

/** @param note what a reader should know of all numbers */
export function repeatSection({ command, versions }: PlansHead, note: string): Section {
  const content = html`<p class="quiet">${note}</p>
    <p>The command that repeats it:</p>
    <pre><code>${command.split(" ").map((word, place) => html`${place === 0 ? "" : " "}${word}`)}</code></pre>
    <dl class="facts">
      ${Object.entries(versions).map(
        ([term, text]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${text}</dd>
          </div> `,
      )}
    </dl>`;
  return { id: "repeat", title: "How it was made", content };
}
