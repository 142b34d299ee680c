/** What was counted of a run: records by kind, the more telling ones by their detail. */
import {
  CONNECT_FAILURES,
  DISCONNECT_CAUSES,
  DOWNLOAD_ENDS,
  DROP_CAUSES,
  LOSS_CAUSES,
  OFFER_DROPS,
  OFFER_KINDS,
  OF_OPERATOR,
  POWER_CAUSES,
  RECORD_KINDS,
  type RecordKind,
} from "./event-record.ts";
import type { RunResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Kinds whose detail is worth a line of its own. */
const DETAILED: Readonly<Partial<Record<RecordKind, readonly string[]>>> = {
  "connect failed": CONNECT_FAILURES,
  disconnected: DISCONNECT_CAUSES,
  "fetch lost": LOSS_CAUSES,
  "offer received": OFFER_KINDS,
  "offer dropped": OFFER_DROPS,
  "download ended": DOWNLOAD_ENDS,
  "powered off": POWER_CAUSES,
  "report lost": LOSS_CAUSES,
  "start dropped": DROP_CAUSES,
};

/** Records by kind, and what they told of; in one order. */
export function counters(state: RunState): RunResult["counters"] {
  const all: [string, number][] = [];
  RECORD_KINDS.forEach((kind, number) => {
    if (OF_OPERATOR.includes(kind)) return;
    all.push([kind, state.countOfKind(kind)]);
    DETAILED[kind]?.forEach((name, detail) => {
      const count = state.countOf(number, detail);
      if (count > 0) all.push([`${kind}: ${name}`, count]);
    });
  });
  all.push(["offers for other nodes", state.strayOffers], ["dials given up", state.dialsGivenUp]);
  all.push(["image bytes received", state.imageBytesReceived]);
  return Object.fromEntries(all);
}
