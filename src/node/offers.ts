/**
 * An offer arrives: the gates before the first byte, in the firmware's own order. What the offer lacks, when it may
 * start, and under which job id the answer goes out. Source: esp_rainmaker src/ota, and its answers when run.
 */
import type { InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import { beginUpdate } from "./download.ts";
import { delayFetch } from "./fetching.ts";
import type { NodeRow } from "./node-row.ts";
import { report, reportRemembered } from "./reporting.ts";
import { judgeTime } from "./time-gates.ts";

export function takeOffer(node: NodeRow, offer: number, now: InstantUs, io: Carrier): void {
  const refusal = !node.link.isListening
    ? "not listening"
    : node.isUpdating
      ? "busy"
      : node.isValidating
        ? "pending"
        : undefined;
  if (refusal !== undefined) {
    if (refusal === "not listening") io.note({ kind: "unheard" });
    io.note({ kind: "offer dropped", offer, why: refusal });
    io.release(offer);
    return;
  }
  io.note({ kind: "offer taken", offer });
  node.update.attempt = 0;
  if (!passGates(node, offer, now, io)) io.release(offer);
}

/** True where the update begins, and the offer is still needed. */
function passGates(node: NodeRow, number: number, now: InstantUs, io: Carrier): boolean {
  const { books, zones } = node.settings;
  const offer = books.offers.get(number);
  if (offer.jobId === undefined) {
    // Without an id of its own, what is said goes out under the one remembered from before.
    const flaw = offer.flaw === "not JSON" ? "not JSON" : "no job id";
    io.note({ kind: "offer ended", reason: flaw });
    reportRemembered(node, "failed", flaw, now, io);
    return false;
  }
  const job = books.texts.numberOf(offer.jobId);
  node.nvs.job = job;
  if (io.hearsDetails) io.note({ kind: "nvs set", key: "job id", value: offer.jobId });
  if (offer.flaw === "no url" || offer.flaw === "no stream id") {
    io.note({ kind: "offer ended", reason: offer.flaw });
    report(node, job, "failed", offer.flaw, now, io);
    return false;
  }
  if (node.generation.heedsTimeLimits && node.cohort.build.timeLimits) {
    const verdict = judgeTime(offer, node.clockSeconds(now), zones[node.traits.zone] as (typeof zones)[number]);
    if (verdict.kind === "wait") {
      io.note({ kind: "offer waits", reason: verdict.reason, untilUs: now + verdict.delayMs * 1_000 });
      report(node, job, "delayed", verdict.reason, now, io);
      delayFetch(node, verdict.delayMs, now, io);
      return false;
    }
    if (verdict.kind === "over") {
      io.note({ kind: "offer ended", reason: verdict.reason });
      report(node, job, "failed", verdict.reason, now, io);
      return false;
    }
  }
  beginUpdate(node, number, now, io);
  return true;
}
