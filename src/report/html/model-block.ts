/** The servers' side of a plan: what each had to do, what the downloads took, what is assumed, and what is left out. */
import type { ModelResult, ModelServerResult, ModelValueResult } from "../../measure/model-result.ts";
import type { RunResult } from "../../measure/run-result.ts";
import { durationText } from "../duration-text.ts";
import { bandwidthText, calibrationSentence, downloadsSentence, MODEL_COLUMNS, serverName } from "../model-words.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { badge } from "./section.ts";
import { table } from "./table.ts";
import { timelinePlot } from "./timeline-plot.ts";

export function modelBlock(result: RunResult, model: ModelResult): Html {
  return html`<p>${downloadsSentence(model)}</p>
    ${serverTable(model)} ${outageList(model)}
    <div class="plots">${egressPlot(result, model)}</div>
    <p>${calibrationSentence(model)}</p>
    ${valueTable(model)}
    <h3>What the model leaves out</h3>
    <ul class="notes">
      ${model.leavesOut.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>`;
}

function serverTable({ servers }: ModelResult): Html {
  return table<ModelServerResult>({
    caption: "Servers and gates: how busy up to the end, and who waited, was refused or was lost in an outage",
    isDense: true,
    empty: "The model states no servers for messages.",
    rows: servers,
    columns: [
      { head: "Server", kind: "head", cell: serverName },
      ...MODEL_COLUMNS.map(({ head, cell }) => ({ head: capital(head), kind: "number" as const, cell })),
    ],
  });
}

function outageList({ outages }: ModelResult): Html {
  if (outages.length === 0) return NOTHING;
  const who = { all: "the whole backend", broker: "the broker", cdn: "the images" } as const;
  return html`<ul class="notes">
    ${outages.map(
      ({ of, atUs, untilUs }) =>
        html`<li>After ${durationText(atUs)} ${who[of]} was away for ${durationText(untilUs - atUs)}.</li>`,
    )}
  </ul>`;
}

function egressPlot(result: RunResult, { downloads }: ModelResult): Html {
  const { bucketUs, buckets } = result.timelines;
  if (buckets === 0) return NOTHING;
  const values = downloads.egressBytesByBucket.map((bytes) => (bytes * 1e6) / bucketUs);
  const limit = downloads.egressMaxBytesPerSecond;
  const of = limit === null ? "no limit is stated" : `${bandwidthText(limit)} are there`;
  return timelinePlot(
    {
      title: "Throughput of images",
      summary: `What left the image server, as a mean of each ${durationText(bucketUs)}; ${of}.`,
      kind: "events",
      columns: [{ label: "egress", tone: "bytes", values }],
      text: bandwidthText,
      axis: "any",
      mostAtLeast: limit ?? 0,
    },
    result,
  );
}

function valueTable({ values }: ModelResult): Html {
  if (values.length === 0) return NOTHING;
  return table<ModelValueResult>({
    caption: "Values of the model",
    isCaptionHidden: true,
    isStacking: true,
    rows: values,
    columns: [
      { head: "Value", kind: "head", cell: ({ name }) => name },
      { head: "Stated", cell: ({ value }) => value },
      {
        head: "Source",
        cell: ({ isCalibrated, fit }) =>
          isCalibrated ? html`<div>${badge("good", "calibrated")} ${fit}</div>` : badge("warn", "assumed"),
      },
    ],
  });
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
