/** A part of the page: a landmark with a heading, and a place in the list of contents. */
import { html, type Html, type HtmlValue } from "./html-text.ts";

export interface Section {
  /** Fragment of the page's address; own words only. */
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

export function section({ id, title, content }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section> `;
}

/** A word with its sign: never a colour alone. */
export function badge(tone: "good" | "bad" | "warn" | "quiet", text: HtmlValue): Html {
  const signs = { good: "✓", bad: "✕", warn: "!", quiet: "–" } as const;
  return html`<span class="badge ${tone}"><span aria-hidden="true">${signs[tone]}</span> ${text}</span>`;
}
