/** The modelled servers of a plan in words and rows, for the page, the terminal and Markdown alike. */
import type { ModelResult, ModelServerResult } from "../measure/model-result.ts";
import { bytesText, countText, counted, percentText, significantText } from "./count-text.ts";
import { percentileText } from "./duration-text.ts";

const NAMES: Readonly<Record<ModelServerResult["name"], string>> = {
  fetch: "Questions",
  statuses: "Statuses",
  "broker connects": "Connects",
  "broker fan-out": "Offers out",
};

/** A column of the table of servers. */
export interface ModelColumn {
  readonly head: string;
  readonly cell: (row: ModelServerResult) => string;
}

/** What a server is called for people. */
export function serverName({ name }: ModelServerResult): string {
  return NAMES[name];
}

/** Beside the name; all are numbers. */
export const MODEL_COLUMNS: readonly ModelColumn[] = [
  { head: "busy", cell: ({ utilisation }) => percentText(utilisation) },
  { head: "queue at most", cell: ({ queuePeak, queueMax }) => `${countText(queuePeak)}${limitText(queueMax)}` },
  { head: "taken", cell: ({ taken }) => countText(taken) },
  { head: "refused", cell: ({ refused }) => countText(refused) },
  { head: "lost", cell: ({ lost }) => countText(lost) },
  { head: "wait p95", cell: ({ wait }) => percentileText(wait.p95) },
  { head: "wait p99", cell: ({ wait }) => percentileText(wait.p99) },
];

function limitText(limit: number | null): string {
  return limit === null ? "" : ` of ${countText(limit)}`;
}

/** `At most 12,000 downloads at once of 20,000, 35 refused; 1.4 TiB, at most 9.8 Gbit/s of 10 Gbit/s.` */
export function downloadsSentence({ downloads }: ModelResult): string {
  const { inFlightPeak, inFlightMax, refused, egressBytes } = downloads;
  const { egressPeakBytesPerSecond, egressMaxBytesPerSecond, utilisation } = downloads;
  const limit = egressMaxBytesPerSecond === null ? "" : ` of ${bandwidthText(egressMaxBytesPerSecond)}`;
  const used = utilisation === null ? "" : ` (${percentText(utilisation)} over the whole run)`;
  return `At most ${counted(inFlightPeak, "download")} at once${limitText(inFlightMax)}, ${countText(refused)} refused; ${bytesText(egressBytes)} in all, at most ${bandwidthText(egressPeakBytesPerSecond)}${limit}${used}.`;
}

/** Which values were fitted, in a sentence. */
export function calibrationSentence({ values, calibratedFrom }: ModelResult): string {
  const fitted = values.filter(({ isCalibrated }) => isCalibrated).length;
  const assumed = values.length - fitted;
  if (values.length === 0) return "The model states no value.";
  if (calibratedFrom === null || fitted === 0)
    return `${assumed === 1 ? "Its one value is" : `All ${countText(assumed)} values are`} assumed: none was calibrated by a run.`;
  const rest = assumed === 0 ? "none is assumed" : `${countText(assumed)} ${assumed === 1 ? "is" : "are"} assumed`;
  return `${counted(fitted, "value was", "values were")} calibrated by ${calibratedFrom}; ${rest}.`;
}

const BITS = [
  ["Gbit/s", 1e9],
  ["Mbit/s", 1e6],
  ["kbit/s", 1e3],
  ["bit/s", 1],
] as const;

/** `9.8 Gbit/s`, of bytes a second: lines are sold in bits. */
export function bandwidthText(bytesPerSecond: number): string {
  const bits = bytesPerSecond * 8;
  const [name, size] = BITS.find(([, width]) => bits >= width) ?? ["bit/s", 1];
  return `${significantText(bits / size)} ${name}`;
}
