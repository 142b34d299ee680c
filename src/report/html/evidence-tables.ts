/** What makes the numbers trustworthy or not: faults that fired, laws that held, and how the generator fared. */
import type {
  DefectResult,
  FaultResult,
  GeneratorResult,
  LawResult,
  RunResult,
  WorkerHealthResult,
} from "../../measure/run-result.ts";
import { counted, countText, percentText } from "../count-text.ts";
import { durationText, percentileText, readableSentence } from "../duration-text.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { badge } from "./section.ts";
import { table } from "./table.ts";

export function faultTable({ faults, defects }: RunResult): Html {
  const counts = table({
    caption: "Faults: nodes that were given one, or how often the backend's was drawn; and how often it took place",
    isCaptionHidden: true,
    isStacking: true,
    empty: "The scenario induces no faults.",
    rows: Object.entries(faults),
    columns: [
      { head: "Fault", kind: "head", cell: ([name]) => name },
      { head: "Of", cell: ([, { of }]) => of },
      { head: "Drawn", kind: "number", cell: ([, { drawn }]) => countText(drawn) },
      { head: "Fired", kind: "number", cell: ([, { fired }]) => countText(fired) },
      {
        head: "Note",
        cell: ([, fault]) => faultNote(fault),
      },
    ],
  });
  return html`${counts}${defects === undefined ? NOTHING : defectTable(defects)}`;
}

function faultNote({ of, drawn, fired, isSpared }: FaultResult): Html | string {
  if (isSpared === true)
    return badge("warn", "never fired: none of its nodes began a download before the stop or cancel");
  if ((drawn > 0 || of === "backend") && fired === 0) return badge("warn", "never fired: nothing was tested with it");
  return of !== "backend" && fired > drawn ? "took place more than once on a node" : NOTHING;
}

/** What the images carry: whom it strikes is known before anything happens. */
function defectTable(defects: readonly DefectResult[]): Html {
  const count = (head: string, of: (defect: DefectResult) => number) => ({
    head,
    kind: "number" as const,
    cell: (defect: DefectResult) => countText(of(defect)),
  });
  return table<DefectResult>({
    caption:
      "Defects of images: whom each strikes of its job's targets, who of them installed the image, whom it struck",
    isStacking: true,
    rows: defects,
    columns: [
      { head: "Defect", kind: "head", cell: ({ fault }) => fault },
      { head: "Image", cell: ({ version }) => version },
      { head: "Job", cell: ({ job }) => job },
      {
        head: "On",
        cell: ({ hardware, share, afterUs }) =>
          `${percentText(share)} of ${hardware ?? "all hardware"}${afterUs === 0 ? "" : `, after ${durationText(afterUs)}`}`,
      },
      count("Strikes", ({ targets }) => targets),
      count("Installed", ({ installed }) => installed),
      count("Struck", ({ struck }) => struck),
    ],
    note: defectNote,
  });
}

function defectNote({ struck, installed, inVain }: DefectResult): Html | undefined {
  if (struck > 0) return undefined;
  if (inVain !== "") return badge("warn", `can strike nobody: ${inVain}`);
  return html`${installed === 0 ? "nobody of them installed it" : "struck nobody"}`;
}

/** The conservation laws; those that held are folded where they are many. */
export function lawBlock({ laws }: RunResult): Html {
  const held = laws.filter(({ verdict }) => verdict === "held");
  const others = laws.filter(({ verdict }) => verdict !== "held");
  if (held.length < 4) return lawTable(laws);
  return html`${others.length === 0 ? NOTHING : lawTable(others)}
    <p class="badges">${badge("good", `${held.length} of ${laws.length} laws held`)}</p>
    <details class="long">
      <summary>The laws that held, with their two sides</summary>
      ${lawTable(held)}
    </details>`;
}

/** Each law with its two sides. */
function lawTable(laws: readonly LawResult[]): Html {
  const tone = { held: "good", broken: "bad", "not checkable": "quiet" } as const;
  const side = (value: number | null): string => (value === null ? "–" : countText(value));
  return table<LawResult>({
    caption: "Conservation laws that the run checks of itself",
    isCaptionHidden: true,
    isStacking: true,
    empty: "No law was checked.",
    rows: [...laws].sort((a, b) => Number(b.verdict === "broken") - Number(a.verdict === "broken")),
    columns: [
      { head: "Law", kind: "head", cell: (law) => law.id },
      { head: "Verdict", cell: (law) => badge(tone[law.verdict], law.verdict) },
      {
        head: "Sentence",
        cell: (law) =>
          html`<div>
            ${law.sentence}${law.detail === "" ? NOTHING : html`<span class="because">${law.detail}</span>`}
          </div>`,
      },
      { head: "Left", kind: "number", cell: (law) => side(law.left) },
      { head: "Right", kind: "number", cell: (law) => side(law.right) },
    ],
  });
}

/** How the instrument itself fared. */
export function generatorBlock({ generator }: RunResult): Html {
  const { verdict, reasons, badSamples, tornRecords, unknownRecords } = generator;
  const dropped = Object.entries(generator.droppedStarts).filter(([, count]) => count > 0);
  const counts = [
    [badSamples, "samples were no whole number of microseconds"],
    [tornRecords, "records were torn"],
    [unknownRecords, "records were of an unknown kind"],
    ...dropped.map(([cause, count]) => [count, `starts were dropped: ${cause}`] as const),
  ] as const;
  const shown = counts.filter(([count]) => count > 0);
  const late = Object.values(generator.lateness).filter(({ isValid }) => !isValid).length;
  const lateFor = late === 0 ? NOTHING : badge("bad", `late for ${counted(late, "metric")}`);
  return html`<p class="badges">
      ${badge(verdict === "held up" ? "good" : "bad", `the generator ${verdict}`)} ${lateFor}
    </p>
    ${
      reasons.length === 0
        ? NOTHING
        : html`<ul class="notes">
            ${reasons.map((reason) => html`<li>${readableSentence(reason)}</li>`)}
          </ul>`
    }
    ${
      shown.length === 0
        ? NOTHING
        : html`<ul class="notes">
            ${shown.map(([count, words]) => html`<li><strong>${countText(count)}</strong> ${words}</li>`)}
          </ul>`
    }
    ${latenessTable(generator)} ${workerTable(generator.workers)}`;
}

function latenessTable({ lateness }: GeneratorResult): Html {
  return table({
    caption: "How late the generator’s own samples were",
    isDense: true,
    empty: "No sample of wall time was taken, so there is no lateness to judge.",
    rows: Object.entries(lateness),
    columns: [
      { head: "Metric", kind: "head", cell: ([name]) => name },
      { head: "Samples", kind: "number", cell: ([, { count }]) => countText(count) },
      { head: "Lateness p99", kind: "number", cell: ([, { p99Us }]) => percentileText(p99Us) },
      { head: "Allowed", kind: "number", cell: ([, { limitUs }]) => (limitUs === null ? "–" : durationText(limitUs)) },
      { head: "Latest", kind: "number", cell: ([, { maxUs }]) => (maxUs === null ? "–" : durationText(maxUs)) },
      { head: "Judged", cell: ([, { isValid }]) => (isValid ? badge("good", "valid") : badge("bad", "too late")) },
    ],
  });
}

function workerTable(workers: readonly WorkerHealthResult[]): Html {
  const ms = (value: number): string => durationText(value * 1000);
  return table<WorkerHealthResult>({
    caption: "Workers, in wall time",
    empty: "No worker’s health was sampled.",
    rows: workers,
    columns: [
      { head: "Worker", kind: "head", cell: (row) => row.worker },
      { head: "Loop delay, worst", kind: "number", cell: (row) => ms(row.loopDelayMaxMs) },
      { head: "Loop lateness, sum", kind: "number", cell: (row) => ms(row.loopLatenessMs) },
      { head: "CPU", kind: "number", cell: (row) => ms(row.cpuMs) },
      { head: "Waited for a CPU", kind: "number", cell: (row) => ms(row.runQueueWaitMs) },
      { head: "Sockets, most", kind: "number", cell: (row) => countText(row.socketsMax) },
    ],
  });
}
