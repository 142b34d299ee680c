/** The modelled servers of a plan in a terminal: a table where it fits, else a paragraph for each. */
import type { ModelResult } from "../measure/model-result.ts";
import { calibrationSentence, downloadsSentence, MODEL_COLUMNS, serverName } from "./model-words.ts";
import type { Terminal } from "./painter.ts";
import { plainTable } from "./plain-table.ts";
import { harmlessLine } from "./text-cleaning.ts";
import { wrapped } from "./text-wrapping.ts";

export function consoleModel(model: ModelResult | undefined, { paint, columns }: Terminal): readonly string[] {
  if (model === undefined) return [];
  const { servers } = model;
  const rows = plainTable(
    ["", ...MODEL_COLUMNS.map(({ head }) => head)],
    servers.map((server) => [serverName(server), ...MODEL_COLUMNS.map(({ cell }) => cell(server))]),
  );
  const fits = rows.every((line) => line.length <= columns);
  const paragraphs = (): string[] =>
    servers.flatMap((server) => {
      const parts = MODEL_COLUMNS.map(({ head, cell }) => `${head} ${cell(server)}`);
      return wrapped(`${serverName(server)}: ${parts.join(", ")}`, "  ", "", columns);
    });
  return [
    paint.strong("Servers of the model"),
    ...(servers.length === 0 ? [] : fits ? rows : paragraphs()),
    ...wrapped(downloadsSentence(model), "  ", "", columns),
    ...wrapped(harmlessLine(calibrationSentence(model)), "  ", "", columns).map(paint.quiet),
  ];
}
