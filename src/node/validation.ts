/**
 * The first boot of a new image: self-test, the wait for the backend, and the verdict. Confirmed: the image is marked
 * valid and success goes out at once, from the connect event itself. Given up: marked invalid, and the old image boots
 * and reports. Source: esp_rainmaker src/ota/esp_rmaker_ota.c, and its answers when run.
 */
import { NEVER, type InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import { fires } from "./faulting.ts";
import { delayFetch } from "./fetching.ts";
import type { NodeRow } from "./node-row.ts";
import { restart } from "./power-off.ts";
import { readableJob, report, reportRemembered } from "./reporting.ts";

/** False where the self-test at boot condemned the image at once. */
export function beginValidation(node: NodeRow, now: InstantUs, io: Carrier): boolean {
  const { cohort, update } = node;
  if (cohort.selfTestAtBoot !== "none") io.note({ kind: "self-test", when: "init" });
  if (cohort.selfTestAtBoot === "fail") {
    condemn(node, undefined, now, io);
    return false;
  }
  const waitMs = waitSeconds(node) * 1_000;
  update.verdictAtUs = now + waitMs * 1_000;
  update.isRollbackPaused = false;
  if (io.hearsDetails) io.note({ kind: "timer armed", timer: "rollback", ms: waitMs, repeats: true });
  return true;
}

/** The backend was reached while the image is unconfirmed. */
export function validateOnContact(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { cohort } = node;
  if (fires(node, "first boot", "self-test fails", io)) {
    io.note({ kind: "self-test", when: "post-MQTT" });
    condemn(node, undefined, now, io);
    return;
  }
  if (cohort.selfTestAfterConnect !== "none") io.note({ kind: "self-test", when: "post-MQTT" });
  switch (cohort.selfTestAfterConnect) {
    case "none":
    case "success":
      confirm(node, now, io);
      break;
    case "fail":
      condemn(node, undefined, now, io);
      break;
    case "pending":
      break;
  }
}

/** The image is good: it stays. A second time, or on a confirmed image, nothing happens. */
export function confirm(node: NodeRow, now: InstantUs, io: Carrier): void {
  if (!node.isValidating) return;
  const { generation, nvs } = node;
  if (generation.reportsBeforeMarking) {
    reportRemembered(node, "success", "verified", now, io);
    markValid(node, io);
  } else {
    markValid(node, io);
    if (nvs.updateFlag && generation.erasesUpdateFlag) {
      nvs.updateFlag = false;
      if (io.hearsDetails) io.note({ kind: "nvs erased", key: "update flag" });
    }
  }
  node.update.verdictAtUs = NEVER;
  node.update.isRollbackPaused = false;
  if (io.hearsDetails) io.note({ kind: "timer stopped", timer: "rollback" });
  if (!generation.reportsBeforeMarking) reportRemembered(node, "success", "verified", now, io);
  if (node.cohort.build.autofetch) delayFetch(node, generation.firstFetchAfterMs, now, io);
}

function markValid(node: NodeRow, io: Carrier): void {
  const { settings, runningImage } = node;
  node.flash.mark("valid", settings.books.images.get(runningImage).secureVersion);
  node.power.state = "valid";
  io.note({ kind: "marked valid", image: runningImage });
}

/** The image is bad: back to the one before. `reason` only where the firmware is built to tell it. */
export function condemn(
  node: NodeRow,
  reason: "no connection in time" | "self-test failed" | undefined,
  now: InstantUs,
  io: Carrier,
): void {
  if (!node.isValidating) return;
  if (reason !== undefined && node.cohort.build.rollbackReportsFailed) keepFailure(node, reason, io);
  node.flash.mark("invalid", 0);
  io.note({ kind: "marked invalid", image: node.runningImage });
  restart(node, "rollback", now, io);
}

/** For the old image to report: why, and for which job, which is not remembered as the running one any more. */
function keepFailure(node: NodeRow, reason: "no connection in time" | "self-test failed", io: Carrier): void {
  const { nvs, settings } = node;
  const job = readableJob(node);
  nvs.failure = reason;
  if (io.hearsDetails) io.note({ kind: "nvs set", key: "failure reason", value: waitSeconds(node) });
  if (job === 0) return;
  nvs.failedJob = job;
  if (io.hearsDetails) io.note({ kind: "nvs set", key: "failed job", value: settings.books.texts.get(job) });
  nvs.job = 0;
  if (io.hearsDetails) io.note({ kind: "nvs erased", key: "job id" });
}

/** After the start of a boot that found an update undone. */
export function reportRollback(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { nvs } = node;
  node.power.wasRolledBack = false;
  if (nvs.failure === "none") {
    reportRemembered(node, "rejected", "rolled back", now, io);
    return;
  }
  if (nvs.failedJob !== 0) {
    report(node, nvs.failedJob, "failed", nvs.failure, now, io, { waitSeconds: waitSeconds(node) });
    nvs.failedJob = 0;
    if (io.hearsDetails) io.note({ kind: "nvs erased", key: "failed job" });
  }
  nvs.failure = "none";
  if (io.hearsDetails) io.note({ kind: "nvs erased", key: "failure reason" });
}

/** How long an unconfirmed image has. */
function waitSeconds(node: NodeRow): number {
  return (node.cohort.build.rollbackWaitMs ?? node.generation.rollbackWaitMs) / 1_000;
}
