/** Tables: a caption, heads with scope, and a frame of their own to scroll in, by keyboard too. */
import { html, type Html, type HtmlValue, NOTHING } from "./html-text.ts";

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => HtmlValue;
  /** `head`: names the row. `number`: flush right. */
  readonly kind?: "head" | "number" | "text";
}

export interface TableParts<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Class names of a row; own words only. */
  readonly rowClass?: (row: Row) => string;
  /** The heading above says the same; the caption is kept for those who hear the page. */
  readonly isCaptionHidden?: boolean;
  /** Shown where there are no rows. */
  readonly empty?: string;
}

export function table<Row>(parts: TableParts<Row>): Html {
  const { caption, columns, rows } = parts;
  if (rows.length === 0) return html`<p class="quiet">${parts.empty ?? "Nothing to show."}</p>`;
  const heads = columns.map(
    ({ head, kind }) => html`<th scope="col" class="${kind === "number" ? "number" : "text"}">${head}</th>`,
  );
  const body = rows.map((row) => {
    const rowClass = parts.rowClass?.(row) ?? "";
    return html`<tr${rowClass === "" ? NOTHING : html` class="${rowClass}"`}>${columns.map((column) => cell(column, row))}</tr>
`;
  });
  const captionClass = parts.isCaptionHidden === true ? "unseen" : "seen";
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
    <table>
      <caption class="${captionClass}">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

function cell<Row>(column: Column<Row>, row: Row): Html {
  const content = column.cell(row);
  if (column.kind === "head") return html`<th scope="row">${content}</th>`;
  return html`<td class="${column.kind === "number" ? "number" : "text"}">${content}</td>`;
}
