/** What every page has around its content: head, policy, style, and the places where a reader begins and ends. */
import { html, type Html } from "./html-text.ts";
import { STYLE } from "./style.ts";

// No script, no request, no form: what a hostile text might still smuggle in has nothing to work with.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The parts of a page. */
export interface PageParts {
  readonly title: string;
  readonly header: Html;
  /** Begins with an element of the id `verdict`. */
  readonly main: Html;
  readonly footer: Html;
}

/** A whole page. */
export function pageShell({ title, header, main, footer }: PageParts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="otafleet" />
        <link rel="icon" href="data:," />
        <title>${title} – otafleet</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <a class="skip" href="#verdict">Skip to the verdict</a>
        ${header}
        <main>${main}</main>
        <footer>${footer}</footer>
      </body>
    </html> `;
}

/** The list of contents. */
export function contents(sections: readonly { readonly id: string; readonly title: string }[]): Html {
  return html`<nav aria-label="Contents">
    <ul>
      ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`;
}
