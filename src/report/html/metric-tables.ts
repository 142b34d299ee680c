/** Every metric's percentiles, with what must be known before one of them is believed. */
import { COMPRESSION_MAX } from "../../measure/composed-time.ts";
import type { MetricResult, Percentile, RunResult, Series } from "../../measure/run-result.ts";
import { countText, significantText } from "../count-text.ts";
import { durationText, percentileText, readableSentence } from "../duration-text.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { badge } from "./section.ts";
import { table, type Column } from "./table.ts";

interface Row {
  readonly head: Html;
  readonly note: Html | undefined;
  readonly series: Series;
  readonly isValid: boolean;
  readonly isSecond: boolean;
}

const PERCENTILES = ["p50", "p75", "p90", "p95", "p99", "p999"] as const;

export function metricBlock({ metrics, jobs, clock }: RunResult): Html {
  const isLive = clock.driver === "live";
  const measured = Object.entries(metrics).filter(([, metric]) => metric.count > 0 || metric.size > 0);
  const silent = Object.entries(metrics).filter(([, metric]) => metric.count === 0 && metric.size === 0);
  return html`<p class="quiet">
      From the intended start, so that a late generator cannot flatter the backend. A node that is not done counts as
      infinite: a percentile above the share that is done is “not reached”. ${isLive ? COMPOSED : NOTHING}
    </p>
    ${table<Row>({
      caption: "Percentiles of every metric",
      isCaptionHidden: true,
      isDense: true,
      note: (row) => row.note,
      empty: "No metric has a sample.",
      rows: measured.flatMap(([name, metric]) => rowsOf(name, metric, isLive)),
      rowClass: (row) => [row.isValid ? "" : "invalid-row", row.isSecond ? "second" : ""].join(" ").trim(),
      columns: [
        { head: "Metric", kind: "head", cell: (row) => row.head },
        ...seriesColumns<Row>(
          (row) => row.series,
          (row) => row.isValid,
        ),
      ],
    })}
    ${silent.length === 0 ? NOTHING : html`<p class="quiet">Not used in this run, so without a sample: ${silent.map(([name]) => name).join(", ")}.</p>`}
    ${byPart(
      "cohort",
      measured.map(([name, metric]) => [name, metric, metric.cohorts]),
    )}
    ${
      jobs.length < 2
        ? NOTHING
        : byPart(
            "job",
            measured.map(([name, metric]) => [name, metric, metric.jobs]),
          )
    }`;
}

const COMPOSED = html`<em>Composed</em> time is fleet time where the node waited by itself, and wall time where it
  waited for the backend; <em>raw</em> is what the fleet’s clock showed.`;

function rowsOf(name: string, metric: MetricResult, isLive: boolean): Row[] {
  const { isValid } = metric;
  // Where every target was reachable, the same row would stand there twice.
  const isOverBoth = metric.reachable !== null && metric.reachable.size !== metric.size;
  const first = html`${name}<span class="meaning"
      >${metric.meaning.replace("->", "→")}; ${clockText(metric, isLive)}${isOverBoth ? "; of all targets" : ""}</span
    >`;
  const rows: Row[] = [{ head: first, note: warnings(metric), series: metric, isValid, isSecond: false }];
  const second = (label: string, series: Series): void => {
    const head = html`<span class="meaning">${name}, ${label}</span>`;
    rows.push({ head, note: undefined, series, isValid, isSecond: true });
  };
  if (isOverBoth && metric.reachable !== null) second("of the reachable nodes", metric.reachable);
  // Beside composed time the fleet's own clock is of interest only where it says something else.
  if (metric.raw !== null && (metric.compression ?? 1) >= 1.01) second("raw", metric.raw);
  return rows;
}

/** Under a plan the fleet's clock is the only one, and nothing is composed. */
function clockText({ clock }: MetricResult, isLive: boolean): string {
  if (!isLive) return "fleet time";
  return clock === "wall" ? "wall time" : "composed";
}

function warnings(metric: MetricResult): Html | undefined {
  const { isValid, invalidBecause, compression, badSamples, outOfRange } = metric;
  const isCompressed = compression !== null && compression > COMPRESSION_MAX;
  if (isValid && !isCompressed && badSamples + outOfRange === 0) return undefined;
  return html`${isValid ? NOTHING : html`<span class="warning">${badge("bad", "invalid")} ${readableSentence(invalidBecause)}</span>`}${
    isCompressed
      ? html`<span class="warning"
          >${badge("warn", "compressed")} the fleet’s clock made it ${significantText(compression)} × longer</span
        >`
      : NOTHING
  }${badSamples + outOfRange === 0 ? NOTHING : html`<span class="warning">${badge("warn", "samples")} ${countText(badSamples)} bad, ${countText(outOfRange)} out of range</span>`}`;
}

function seriesColumns<R>(seriesOf: (row: R) => Series, isValid: (row: R) => boolean): Column<R>[] {
  const struck = (row: R, content: Html | string): Html => (isValid(row) ? html`${content}` : html`<s>${content}</s>`);
  const exact = (value: number | null): string => (value === null ? "–" : durationText(value));
  return [
    { head: "Samples", kind: "number", cell: (row) => samplesCell(seriesOf(row)) },
    ...PERCENTILES.map((key): Column<R> => ({
      head: key === "p999" ? "p99.9" : key,
      kind: "number",
      cell: (row) => struck(row, percentileCell(seriesOf(row)[key])),
    })),
    { head: "mean", kind: "number", cell: (row) => struck(row, exact(seriesOf(row).mean)) },
    { head: "max", kind: "number", cell: (row) => struck(row, exact(seriesOf(row).max)) },
  ];
}

function samplesCell({ count, size }: Series): Html {
  if (count === size) return html`${countText(count)}`;
  return html`<span>${countText(count)} <span class="meaning">of ${countText(size)}</span></span>`;
}

function percentileCell(value: Percentile): Html {
  const text = percentileText(value);
  return typeof value === "number" ? html`${text}` : html`<span class="word">${text}</span>`;
}

/** A metric in one cohort, or of one job. */
interface PartRow {
  readonly metric: string;
  readonly part: string;
  readonly series: Series;
  readonly isValid: boolean;
}

function byPart(
  one: "cohort" | "job",
  measured: readonly (readonly [name: string, metric: MetricResult, parts: Readonly<Record<string, Series>>])[],
): Html {
  const rows = measured.flatMap(([metric, { isValid }, parts]) =>
    Object.entries(parts).map(([part, series]): PartRow => ({ metric, part, series, isValid })),
  );
  if (rows.length === 0) return NOTHING;
  return html`<details>
    <summary>${one === "job" ? "Every metric that begins with a job, by job" : "Every metric by cohort"}</summary>
    ${table<PartRow>({
      caption: `Percentiles by ${one}`,
      isCaptionHidden: true,
      isDense: true,
      rows,
      rowClass: (row) => (row.isValid ? "" : "invalid-row"),
      columns: [
        {
          head: `Metric, ${one}`,
          kind: "head",
          cell: (row) => html`${row.metric}<span class="meaning">${row.part}</span>`,
        },
        ...seriesColumns<PartRow>(
          (row) => row.series,
          (row) => row.isValid,
        ),
      ],
    })}
  </details>`;
}
