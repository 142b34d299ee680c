/** Laws about what goes to and fro: whatever was begun has ended or is open, and both sides have seen the same. */
import { howMany } from "../base/how-many.ts";
import { NODE, PAIR } from "./columns.ts";
import { DOWNLOAD_ENDS, type RecordKind } from "./event-record.ts";
import {
  type Law,
  type LawCheck,
  type LawInput,
  atMost,
  backendCounter,
  differ,
  equal,
  mayCountMore,
  nodesWith,
  notCheckable,
} from "./law.ts";
import type { U16Column } from "../base/field-table.ts";
import { METRICS, type MetricName } from "./metrics.ts";
import { kindNumber } from "./record-codec.ts";
import type { BackendCounter } from "./run-facts.ts";
import { isWhole } from "./shard-account.ts";

/** C4 to C8. */
export const TRAFFIC_LAWS: readonly Law[] = [
  {
    id: "C4.dials",
    sentence: "dials = connected + failed + given up with the network or power + under way at the end",
    check({ state }) {
      const dials = state.countOfKind("dialled");
      if (dials === 0) return notCheckable("this kind of link has no dials");
      const ended = state.countOfKind("connected") + state.countOfKind("connect failed") + state.dialsGivenUp;
      return equal(dials, ended + nodesWith(state.columns, NODE.dialling), `${state.dialsGivenUp} given up`);
    },
  },
  {
    id: "C4.fetches",
    sentence: "fetches sent = acknowledged + lost on the way + open at the end",
    check({ state }) {
      const ended = state.countOfKind("fetch acked") + state.fetchesLostOnTheWay;
      const open = state.columns.fetchesOpen.sum();
      return equal(state.countOfKind("fetch sent"), ended + open, `${open} open`);
    },
  },
  {
    id: "C4.downloads",
    sentence: "downloads started = ended + in flight at the end",
    check({ state }) {
      const open = nodesWith(state.columns, NODE.downloading);
      return equal(
        state.countOfKind("download started"),
        state.countOfKind("download ended") + open,
        `${open} in flight`,
      );
    },
  },
  {
    id: "C5",
    sentence:
      "samples of all latencies = events that end them, each latency by itself; none is bad or beyond the range",
    check: checkSamples,
  },
  {
    id: "C6",
    sentence: "records sent by all shards = records that arrived, of each shard whole and with its checksum",
    check: checkShards,
  },
  {
    id: "C7",
    sentence: "image bytes received <= image bytes served, and equal where every download was complete",
    check: checkImageBytes,
  },
  {
    id: "C8.reports",
    sentence: "statuses made = acknowledged + lost + open at the end",
    check({ state }) {
      const ended = state.countOfKind("report acked") + state.countOfKind("report lost");
      const open = state.columns.reportsOpen.sum();
      return equal(state.countOfKind("report made"), ended + open, `${open} open`);
    },
  },
  {
    id: "C8.statuses",
    sentence: "statuses acknowledged to nodes <= statuses received by the backend",
    check(input) {
      const received = backendCounter(input, "statusesReceived");
      if (received === undefined) return notCheckable("the backend does not show statusesReceived");
      return atMost(input.state.countOfKind("report acked"), received, "");
    },
  },
  {
    id: "C8.sends",
    sentence: "statuses received by the backend <= statuses sent by nodes, resends included",
    check: checkSends,
  },
  seenByBackend("C8.fetches", "fetches acknowledged", "fetch acked", "fetchesReceived"),
  seenByBackend("C8.offers", "offers that nodes received", "offer received", "offersSent"),
  seenByBackend("C8.connections", "links that nodes saw established", "connected", "connections"),
];

function seenByBackend(id: string, what: string, kind: RecordKind, counter: BackendCounter): Law {
  return {
    id,
    sentence: `${what} <= ${counter} of the backend`,
    check(input) {
      const theirs = backendCounter(input, counter);
      if (theirs === undefined) return notCheckable(`the backend does not show ${counter}`);
      return atMost(input.state.countOfKind(kind), theirs, "");
    },
  };
}

/** The record whose number the samples of a metric have. Offers answer some fetches only, phases may begin unseen, plain links have no TLS. */
const EVENT_OF: Readonly<Partial<Record<MetricName, RecordKind>>> = {
  connect: "connected",
  connect_tcp: "connect parts",
  fetch_ack: "fetch acked",
  first_byte: "first byte",
  report_ack: "report acked",
};

function checkSamples({ state, metrics }: LawInput): LawCheck {
  let samples = 0;
  let events = 0;
  for (const { name } of METRICS) {
    const { histogram } = metrics[name].total;
    const lost = histogram.badSamples + histogram.outOfRange;
    if (lost > 0) return differ(lost, `samples of ${name} that are bad or beyond the range`, 0, "none");
    if (histogram.bucketCount !== histogram.count) {
      return differ(histogram.bucketCount, `${name} in buckets`, histogram.count, `samples of ${name} counted`);
    }
    const inCohorts = metrics[name].cohorts.reduce((sum, cohort) => sum + cohort.total.histogram.count, 0);
    if (inCohorts !== histogram.count) {
      return differ(inCohorts, `${name} of all cohorts`, histogram.count, `${name} in total`);
    }
    const kind = EVENT_OF[name];
    if (kind === undefined) continue;
    if (histogram.count !== state.countOfKind(kind)) {
      return differ(histogram.count, `samples of ${name}`, state.countOfKind(kind), `records "${kind}"`);
    }
    samples += histogram.count;
    events += state.countOfKind(kind);
  }
  const complete = state.countOf(kindNumber("download ended"), DOWNLOAD_ENDS.indexOf("complete"));
  const downloads = metrics.download.total.histogram.count;
  if (downloads !== complete) return differ(downloads, "samples of download", complete, "complete downloads");
  return (
    checkCompletions(state.columns.pairBits, state.createdAtUs, metrics.completion.total.histogram.count) ??
    equal(samples, events, "")
  );
}

function checkCompletions(pairBits: U16Column, createdAtUs: Float64Array, samples: number): LawCheck | undefined {
  if (!createdAtUs.every((at) => Number.isFinite(at))) return undefined;
  const confirmed = PAIR.targeted | PAIR.confirmed;
  const pairs = pairBits.countOf((bits) => (bits & confirmed) === confirmed);
  return samples === pairs ? undefined : differ(samples, "samples of completion", pairs, "targets that confirmed");
}

function checkShards({ state, facts }: LawInput): LawCheck {
  if (facts.shards === 0) return notCheckable("records were reduced where they were made");
  const lost = new Set(facts.lostWorkers.map(({ shard }) => shard));
  const marks = facts.endMarks.filter(({ shard }) => !lost.has(shard));
  const sent = marks.reduce((sum, mark) => sum + mark.records, 0);
  const arrived = marks.reduce((sum, mark) => sum + state.shards.of(mark.shard).records, 0);
  const torn = marks.find((mark) => !isWhole(state.shards.of(mark.shard), mark));
  if (torn !== undefined) {
    const { missing } = state.shards.of(torn.shard);
    return {
      verdict: "broken",
      left: sent,
      right: arrived,
      detail:
        missing === 0
          ? `shard ${torn.shard} is not what was sent`
          : `shard ${torn.shard}, ${howMany(missing, "batch", "batches")} missing`,
    };
  }
  if (marks.length + lost.size < facts.shards) return notCheckable(`${marks.length} of ${facts.shards} shards ended`);
  return equal(sent, arrived, `${marks.length} shards`);
}

function checkImageBytes(input: LawInput): LawCheck {
  const served = backendCounter(input, "imageBytesServed");
  if (served === undefined) return notCheckable("the backend does not show imageBytesServed");
  const { state } = input;
  const received = state.imageBytesReceived;
  const ended = state.countOfKind("download ended");
  const complete = state.countOf(kindNumber("download ended"), DOWNLOAD_ENDS.indexOf("complete"));
  const requests = backendCounter(input, "imageRequests");
  // Bytes of a cut download may lie in a socket's buffer: served, and never received.
  const mustBeEqual = !mayCountMore(input) && complete === ended && requests === ended;
  if (mustBeEqual) return equal(received, served, "every download was complete");
  return atMost(received, served, `${ended - complete} of ${ended} downloads were not complete`);
}

function checkSends(input: LawInput): LawCheck {
  const received = backendCounter(input, "statusesReceived");
  if (received === undefined) return notCheckable("the backend does not show statusesReceived");
  // A lost worker's last sends are not on record, although the backend has seen them; nor are those of other runs.
  if (mayCountMore(input)) return notCheckable("sends to this backend are not all on record");
  return atMost(received, input.state.countOfKind("report sent"), "");
}
