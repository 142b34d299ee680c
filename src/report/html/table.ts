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
  /** On a narrow screen each row becomes a block with its heads repeated; for tables that are read row by row. */
  readonly isStacking?: boolean;
  /** The same, the numbers of a row side by side; for tables of many numbers. */
  readonly isDense?: boolean;
  /** Stands below a row over its whole width; undefined = nothing to say of it. */
  readonly note?: (row: Row) => Html | undefined;
  /** Shown where there are no rows. */
  readonly empty?: string;
}

export function table<Row>(parts: TableParts<Row>): Html {
  const { caption, columns, rows } = parts;
  if (rows.length === 0) return html`<p class="quiet">${parts.empty ?? "Nothing to show."}</p>`;
  const isDense = parts.isDense === true;
  const isStacking = parts.isStacking === true || isDense;
  // Said aloud only where the table may be laid out as blocks, which makes some browsers forget that it is one.
  const role = (name: string): Html => (isStacking ? html` role="${name}"` : NOTHING);
  const body = rows.map((row) => {
    const rowClass = parts.rowClass?.(row) ?? "";
    const cells = columns.map((column) => cell(column, row, isStacking));
    const note = parts.note?.(row);
    const below =
      note === undefined
        ? NOTHING
        : html`<tr${role("row")} class="note"><td${role("cell")} colspan="${columns.length}">${note}</td></tr>\n`;
    return html`<tr${role("row")}${rowClass === "" ? NOTHING : html` class="${rowClass}"`}>${cells}</tr>\n${below}`;
  });
  const heads = columns.map(
    ({ head, kind }) => html`<th scope="col" ${role("columnheader")}${numberClass(kind)}>${head}</th>`,
  );
  const captionClass = parts.isCaptionHidden === true ? "unseen" : "seen";
  return html`<div class="scroll${isStacking ? " stack" : ""}${isDense ? " dense" : ""}" role="region" tabindex="0" aria-label="${caption}"><table${role("table")}>
<caption class="${captionClass}">${caption}</caption>
<thead${role("rowgroup")}><tr${role("row")}>${heads}</tr></thead>
<tbody${role("rowgroup")}>
${body}</tbody></table></div>`;
}

function cell<Row>(column: Column<Row>, row: Row, isStacking: boolean): Html {
  const content = column.cell(row);
  if (column.kind === "head")
    return html`<th scope="row" ${isStacking ? html` role="rowheader"` : NOTHING}>${content}</th>`;
  const head = isStacking ? html` role="cell" data-head="${column.head}"` : NOTHING;
  return html`<td${head}${numberClass(column.kind)}>${content}</td>`;
}

function numberClass(kind: Column<never>["kind"]): Html {
  return kind === "number" ? html` class="number"` : html` class="text"`;
}
