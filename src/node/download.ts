/**
 * An update from its first attempt to the reboot: request, head, bytes, verification, boot slot. Attempts follow each
 * other at once; when all are spent, newer firmware asks again after some minutes.
 * It stands in one place in spite of its length, as one reads an update from top to bottom.
 * Source: esp_rainmaker src/ota/esp_rmaker_https_ota.c and esp_rmaker_ota.c, and their answers when run.
 */
import { assert } from "../base/assert.ts";
import { NEVER, type InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import { fires, slowsFlash, spend, writeFault } from "./faulting.ts";
import { delayFetch } from "./fetching.ts";
import { other, type SlotNumber } from "./flash.ts";
import type { NodeInput } from "./inputs.ts";
import type { NodeRow } from "./node-row.ts";
import type { Offer } from "./offer.ts";
import { losePower } from "./power-off.ts";
import type { Reason } from "./report.ts";
import { attemptsMax, report } from "./reporting.ts";
import { clearResume, keepAtBreak, keepResume, keptBytes, startResume } from "./resume.ts";
import { noteEnd } from "./transfer-notes.ts";
import { moveTo } from "./update-steps.ts";

/** newlib's EHOSTUNREACH: what a socket says while there is no network. */
const NO_NETWORK = { err: "ESP_ERR_HTTP_CONNECT", errno: 118 } as const;

/** Fewer bytes in the slot are not resumed: esp_https_ota asks for a Range, but begins the image anew. */
const RESUME_BYTES_MIN = 256;

export function beginUpdate(node: NodeRow, offer: number, now: InstantUs, io: Carrier): void {
  node.update.offer = offer;
  node.update.attempt = 0;
  attempt(node, now, io);
}

function attempt(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { update } = node;
  update.attempt++;
  update.percent = 0;
  update.image = 0;
  moveTo(node, "beginning");
  say(node, "in-progress", "attempt begins", now, io);
  const fromBytes = startResume(node, offerOf(node), io);
  update.isResumed = fromBytes !== undefined && fromBytes >= RESUME_BYTES_MIN;
  update.fromBytes = fromBytes ?? 0;
  io.note({ kind: "attempt begun", attempt: update.attempt, fromBytes: fromBytes ?? 0 });
  if (node.link.isUp) request(node, fromBytes, io);
  else failAttempt(node, "begin failed", 0, now, io, NO_NETWORK);
}

function request(node: NodeRow, fromBytes: number | undefined, io: Carrier): void {
  const { traits, update } = node;
  slowsFlash(node, io);
  const { paceBytesPerSecond } = traits;
  io.download(
    update.offer,
    fromBytes ?? 0,
    fromBytes !== undefined,
    nextStop(node, fromBytes ?? 0),
    paceBytesPerSecond,
  );
}

/** The server would not give a part: the same attempt asks for the whole. */
export function rangeRefused(node: NodeRow, io: Carrier): void {
  node.update.isResumed = false;
  node.update.fromBytes = 0;
  request(node, undefined, io);
}

/** The server has answered: its head is read next. */
export function transferBegun(node: NodeRow): void {
  moveTo(node, "reading head");
}

/** The head is there: project, version, secure version, then the erase, then the chip. */
export function headRead(node: NodeRow, image: number, now: InstantUs, io: Carrier): void {
  const { update, settings, flash, generation } = node;
  const { build } = node.cohort;
  const target = other(node.power.slot as SlotNumber);
  // A resumed download looks at what lies in the flash already, not at what arrives.
  const inFlash = update.isResumed ? flash.imageIn(target) : 0;
  const offered = settings.books.images.get(inFlash === 0 ? image : inFlash);
  const running = settings.books.images.get(node.runningImage);
  update.image = image;
  const isOtherProject = fires(node, "head", "other project", io) || offered.project !== running.project;
  const refusal: Reason | undefined =
    build.checkProject && isOtherProject
      ? "project mismatch"
      : build.checkVersion && offered.version === running.version
        ? "same version"
        : build.checkSecureVersion && offered.secureVersion < flash.secureVersion
          ? "lower secure version"
          : undefined;
  if (refusal !== undefined) {
    reject(node, refusal, 0, now, io);
    return;
  }
  moveTo(node, "writing");
  say(node, "in-progress", "downloading", now, io);
  if (!update.isResumed) {
    // The slot is written anew. A block that was damaged before a resumed attempt is still in it.
    update.isDamaged = false;
    flash.beginWrite(node.power.slot as SlotNumber);
    if (!settings.books.images.get(image).suitsChip) {
      if (generation.chipMismatch === "rejected") reject(node, "chip mismatch", 0, now, io);
      else failAttempt(node, "transfer failed", 0, now, io, { err: "ESP_ERR_INVALID_VERSION", errno: 0 });
      return;
    }
  } else if (inFlash !== 0 && inFlash !== image) update.isDamaged = true;
  // Also where the same image lies there whole: it is erased sector by sector (esp_ota_write; the firmware leaves
  // bulk_flash_erase off), so only the sector in hand is not; but that one is begun nearly always, as a record of TLS,
  // for which the read waits, ends where the 1 KiB pieces after an HTTP head do not fill a sector.
  flash.setSlot(target, image, keptBytes(node), true);
}

/** So many bytes have reached the flash. */
export function bytesReached(node: NodeRow, gotBytes: number, now: InstantUs, io: Carrier): void {
  const strike = writeFault(node, sizeOf(node));
  if (strike !== undefined && gotBytes >= strike.atBytes) {
    spend(node, strike.fault, io);
    if (strike.touch.effect === "damage") node.update.isDamaged = true;
    else {
      losePower(node, gotBytes, strike.touch.outageMs * 1_000, now, io);
      return;
    }
  }
  if (gotBytes > node.cohort.slotBytes) {
    failBeyondSlot(node, gotBytes, now, io);
    return;
  }
  keepResume(node, offerOf(node), gotBytes, io);
  reportProgress(node, gotBytes, now, io);
  const stop = nextStop(node, gotBytes);
  if (stop !== Infinity) io.awaitBytes(stop);
}

function reportProgress(node: NodeRow, gotBytes: number, now: InstantUs, io: Carrier): void {
  const { progressEvery } = node.cohort.build;
  const { sizeBytes } = offerOf(node);
  if (progressEvery === 0 || sizeBytes === 0) return;
  const percent = Math.floor((100 * gotBytes) / sizeBytes);
  if (percent === 0 || percent === 100 || percent > 65_535) return;
  if (percent % progressEvery !== 0 || percent === node.update.percent) return;
  node.update.percent = percent;
  say(node, "in-progress", "progress", now, io, { percent });
}

/** The byte at which the node wants to hear next: a fault's, the next progress report's, or the first beyond the slot. */
function nextStop(node: NodeRow, gotBytes: number): number {
  const { slotBytes } = node.cohort;
  const strike = writeFault(node, sizeOf(node));
  let stop = strike === undefined || strike.atBytes <= gotBytes ? Infinity : strike.atBytes;
  const { progressEvery } = node.cohort.build;
  const { sizeBytes } = offerOf(node);
  if (progressEvery > 0 && sizeBytes > 0) {
    const done = Math.floor((100 * gotBytes) / sizeBytes / progressEvery);
    const nextAt = Math.ceil(((done + 1) * progressEvery * sizeBytes) / 100);
    if (nextAt < sizeBytes && nextAt < stop) stop = nextAt;
  }
  // Whatever offer and head say of its size, a body may be endless.
  return gotBytes <= slotBytes && slotBytes < stop ? slotBytes + 1 : stop;
}

/** All that the server had is here: whole or not, it is the flash that decides. */
export function transferEnded(
  node: NodeRow,
  ended: Extract<NodeInput, { kind: "transfer ended" }>,
  now: InstantUs,
  io: Carrier,
): void {
  const { update, flash, cohort, generation } = node;
  const target = other(node.power.slot as SlotNumber);
  if (!ended.isIntact) update.isDamaged = true;
  if (ended.gotBytes > cohort.slotBytes) {
    failBeyondSlot(node, ended.gotBytes, now, io);
    return;
  }
  if (!ended.isComplete && !generation.finishesBrokenTransfers) {
    keepAtBreak(node, offerOf(node), ended.gotBytes, io);
    failAttempt(node, "incomplete", ended.gotBytes, now, io);
    return;
  }
  noteEnd(node, ended.isComplete ? "downloaded" : "incomplete", ended.gotBytes, io);
  if (ended.isComplete) {
    clearResume(node, io);
    say(node, "in-progress", "downloaded", now, io);
  }
  flash.setSlot(target, update.image, ended.gotBytes, update.isDamaged || !ended.isComplete);
  moveTo(node, "verifying");
  const verifyUs = cohort.verifyUs(ended.gotBytes);
  update.verdictAtUs = verifyUs === NEVER ? NEVER : now + verifyUs;
}

/** The write of the first byte that the slot has no room for fails; what lies before it stays in the books. */
function failBeyondSlot(node: NodeRow, gotBytes: number, now: InstantUs, io: Carrier): void {
  keepAtBreak(node, offerOf(node), node.cohort.slotBytes, io);
  failAttempt(node, "transfer failed", gotBytes, now, io, { err: "ESP_ERR_INVALID_SIZE", errno: 0 });
}

/** The attempt broke off at some step, with what the firmware would call the error. */
export function transferFailed(
  node: NodeRow,
  failed: Extract<NodeInput, { kind: "transfer failed" }>,
  now: InstantUs,
  io: Carrier,
): void {
  const detail = { err: failed.err, errno: failed.errno };
  if (failed.step === "body") keepAtBreak(node, offerOf(node), failed.gotBytes, io);
  const reason = failed.step === "begin" ? "begin failed" : failed.step === "head" ? "head failed" : "transfer failed";
  if (
    reason === "transfer failed" &&
    failed.err === "ESP_ERR_INVALID_STATE" &&
    !node.generation.finishesBrokenTransfers
  ) {
    // The firmware takes this for "somebody else is at it", and says nothing more.
    end(node, "transfer failed", failed.gotBytes, io);
    return;
  }
  failAttempt(node, reason, failed.gotBytes, now, io, detail);
}

/** The slot was read back: by the node itself where `err` is undefined, else as the carrier says. */
export function verified(node: NodeRow, err: string | undefined, errno: number, now: InstantUs, io: Carrier): void {
  const { update, flash, cohort, power } = node;
  update.verdictAtUs = NEVER;
  const target = other(power.slot as SlotNumber);
  const { written } = flash;
  const verdict = err ?? (flash.isDamagedIn(target) ? "ESP_ERR_OTA_VALIDATE_FAILED" : "ESP_OK");
  if (verdict !== "ESP_OK") {
    flash.setSlot(target, flash.imageIn(target), written, true);
    const isInvalid = verdict === "ESP_ERR_OTA_VALIDATE_FAILED";
    failAttempt(node, isInvalid ? "validation failed" : "finish failed", written, now, io, { err: verdict, errno });
    return;
  }
  const image = flash.imageIn(target);
  flash.setBoot(target, cohort.build.rollback);
  io.note({ kind: "boot slot set", image });
  if (cohort.build.rollback) {
    node.nvs.updateFlag = true;
    if (io.hearsDetails) io.note({ kind: "nvs set", key: "update flag", value: 1 });
    say(node, "in-progress", "rebooting", now, io);
  } else say(node, "success", "finished", now, io);
  if (io.hearsDetails) io.note({ kind: "slot written", image });
  finishUpdate(node, io);
  if (!cohort.build.autoReboot) io.note({ kind: "reboot requested" });
  else if (update.rebootAtUs > now + node.generation.rebootAfterMs * 1_000) {
    if (io.hearsDetails)
      io.note({ kind: "timer armed", timer: "reboot", ms: node.generation.rebootAfterMs, repeats: false });
    update.rebootAtUs = now + node.generation.rebootAfterMs * 1_000;
  }
}

function failAttempt(
  node: NodeRow,
  reason: Reason,
  gotBytes: number,
  now: InstantUs,
  io: Carrier,
  detail: { readonly err?: string; readonly errno?: number } = {},
): void {
  const { update, generation } = node;
  io.stopDownload();
  if (update.step === "verifying") io.note({ kind: "verification failed", reason });
  else noteEnd(node, reason, gotBytes, io);
  if (generation.silentFinishFailure && reason === "finish failed") {
    // Nobody looked at what the last call answered.
  } else say(node, "failed", reason, now, io, detail);
  if (generation.finishesBrokenTransfers && reason === "transfer failed" && gotBytes > 0) {
    say(node, "failed", "validation failed", now, io, detail);
  }
  if (update.attempt < attemptsMax(node)) {
    attempt(node, now, io);
    return;
  }
  const refetchMs =
    node.generation.refetchAfterMs === undefined
      ? undefined
      : (node.cohort.build.refetchAfterMs ?? node.generation.refetchAfterMs);
  io.note({ kind: "attempts spent", asksAgain: refetchMs !== undefined });
  finishUpdate(node, io);
  if (refetchMs !== undefined) delayFetch(node, refetchMs, now, io);
}

function reject(node: NodeRow, reason: Reason, gotBytes: number, now: InstantUs, io: Carrier): void {
  io.stopDownload();
  noteEnd(node, reason, gotBytes, io);
  io.note({ kind: "offer ended", reason });
  say(node, "rejected", reason, now, io);
  finishUpdate(node, io);
}

function end(node: NodeRow, reason: Reason, gotBytes: number, io: Carrier): void {
  io.stopDownload();
  noteEnd(node, reason, gotBytes, io);
  io.note({ kind: "attempts spent", asksAgain: false });
  finishUpdate(node, io);
}

function finishUpdate(node: NodeRow, io: Carrier): void {
  const { update } = node;
  moveTo(node, "idle");
  io.release(update.offer);
  update.offer = 0;
  update.image = 0;
}

function say(
  node: NodeRow,
  status: Parameters<typeof report>[2],
  reason: Reason,
  now: InstantUs,
  io: Carrier,
  detail: Parameters<typeof report>[6] = {},
): void {
  const { jobId } = offerOf(node);
  assert(jobId !== undefined, "an update has a job id");
  report(node, node.settings.books.texts.numberOf(jobId), status, reason, now, io, detail);
}

function offerOf(node: NodeRow): Offer {
  return node.settings.books.offers.get(node.update.offer);
}

/** Bytes of the image as far as the node can know: from its head, else from the offer. */
function sizeOf(node: NodeRow): number {
  const { update, settings } = node;
  return update.image === 0 ? offerOf(node).sizeBytes : settings.books.images.get(update.image).sizeBytes;
}
