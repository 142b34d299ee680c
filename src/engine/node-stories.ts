/** What `nodes.csv` tells of a node beyond what the reducer keeps: read from the same records, one array a column. */
import { DOWNLOAD_ENDS, type RecordSink } from "../measure/event-record.ts";
import { kindNumber } from "../measure/record-codec.ts";

const DOWNLOAD_ENDED = kindNumber("download ended");
const ROLLED_BACK = kindNumber("rolled back");
const FAULT_FIRED = kindNumber("fault fired");
const COMPLETE = DOWNLOAD_ENDS.indexOf("complete");

/** Columns by node, or by pair (`job * nodes + node`); NaN = did not happen. */
export class NodeStories implements RecordSink {
  readonly nodes: number;
  readonly jobs: number;
  /** The last download that was complete. */
  readonly downloadedAtUs: Float64Array;
  /** The last time that the old image ran again. */
  readonly rolledBackAtUs: Float64Array;
  /** Bit mask over the faults. */
  readonly faultsFired: Uint32Array;

  constructor(nodes: number, jobs: number) {
    this.nodes = nodes;
    this.jobs = jobs;
    this.downloadedAtUs = new Float64Array(nodes * jobs).fill(Number.NaN);
    this.rolledBackAtUs = new Float64Array(nodes * jobs).fill(Number.NaN);
    this.faultsFired = new Uint32Array(nodes);
  }

  record(kind: number, node: number, atUs: number, detail: number, count: number): void {
    if (node >= this.nodes) return;
    if (kind === FAULT_FIRED) this.faultsFired[node]! |= 1 << detail;
    if (count >= this.jobs) return;
    if (kind === DOWNLOAD_ENDED && detail === COMPLETE) this.downloadedAtUs[count * this.nodes + node] = atUs;
    else if (kind === ROLLED_BACK) this.rolledBackAtUs[count * this.nodes + node] = atUs;
  }
}
