/**
 * The frame of every plot: title, legend, axes, drawing, and the same numbers as a table. The drawing stretches to
 * whatever width there is, while strokes, marks and letters keep their size: paths lie in an inner drawing of
 * 1000 x 1000 units without an aspect ratio, all else is placed by percentages. So 400 pixels need no second plot.
 */
import { html, type Html, NOTHING } from "./html-text.ts";

/** Units of the inner drawing in each direction. */
export const CANVAS = 1000;

export interface Tick {
  /** 0 to 1, from the left or from the bottom. */
  readonly share: number;
  readonly text: string;
}

/** A line or an area of the legend; `tone` is a class name of `style.ts`. */
export interface LegendEntry {
  readonly tone: string;
  readonly label: string;
}

export interface PlotParts {
  readonly title: string;
  /** What the plot shows, for those who do not see it; also its caption. */
  readonly summary: string;
  readonly legend: readonly LegendEntry[];
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Paths in units of the canvas. */
  readonly paths: readonly Html[];
  /** Drawn over the paths, placed by percentages. */
  readonly marks: readonly Html[];
  readonly tall?: boolean;
  readonly dataTable: Html;
  readonly below?: Html;
}

export function plotFrame(parts: PlotParts): Html {
  const { title, summary, legend, xTicks, yTicks } = parts;
  const grid = yTicks.map(
    ({ share }) => html`<line class="grid" x1="0" x2="100%" y1="${percent(1 - share)}" y2="${percent(1 - share)}" />`,
  );
  const yLabels = yTicks.map(({ share, text }) => html`<span style="bottom:${percent(share)}">${text}</span>`);
  const xLabels = xTicks.map(
    // On a narrow screen every second label is left out, or they would touch each other.
    ({ share, text }, index) =>
      html`<span
        class="${edge(share)}${index % 2 === 1 && xTicks.length > 4 ? " odd" : ""}"
        style="left:${percent(share)}"
        >${text}</span
      >`,
  );
  return html`<figure class="plot${parts.tall === true ? " tall" : ""}">
    <figcaption>
      <h3>${title}</h3>
      <p>${summary}</p>
    </figcaption>
    ${legend.length < 2 ? NOTHING : legendList(legend)}
    <div class="frame">
      <div class="y-axis" aria-hidden="true">${yLabels}</div>
      <svg class="canvas" role="img" aria-label="${title}. ${summary}">
        ${grid}
        <svg viewBox="0 0 ${CANVAS} ${CANVAS}" preserveAspectRatio="none" width="100%" height="100%">
          ${parts.paths}
        </svg>
        ${parts.marks}
      </svg>
      <div class="x-axis" aria-hidden="true">${xLabels}</div>
    </div>
    ${parts.below ?? NOTHING}
    <details>
      <summary>Numbers<span class="unseen"> of ${title}</span></summary>
      ${parts.dataTable}
    </details>
  </figure> `;
}

function legendList(legend: readonly LegendEntry[]): Html {
  return html`<ul class="legend">
    ${legend.map(
      ({ tone, label }) => html`<li><span class="swatch tone-${tone}" aria-hidden="true"></span>${label}</li>`,
    )}
  </ul>`;
}

/** An invisible column over the drawing that tells its numbers under the pointer. */
export function hoverColumn(fromShare: number, untilShare: number, text: string): Html {
  return html`<rect class="hit" x="${percent(fromShare)}" width="${percent(untilShare - fromShare)}" height="100%"
    ><title>${text}</title></rect
  > `;
}

/** A share from 0 to 1 as a length; four digits are finer than any screen. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`;
}

function edge(share: number): string {
  if (share < 0.04) return "first";
  return share > 0.96 ? "last" : "middle";
}
