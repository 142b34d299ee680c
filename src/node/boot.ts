/**
 * The chip comes up: the bootloader chooses an image, and the application starts. One boot attempt for a new image.
 * Sources: ESP-IDF's bootloader; esp_rainmaker src/ota.
 */
import type { InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import { fires, lateCrashUs, noteImageFault } from "./faulting.ts";
import { breakForGood } from "./late-crash.ts";
import { wakeLink } from "./network.ts";
import type { NodeRow } from "./node-row.ts";
import { crash } from "./power-off.ts";
import { beginValidation } from "./validation.ts";

/** The chip comes up: the bootloader chooses, the application starts. */
export function boot(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { power, flash, settings } = node;
  if (power.isOn || power.isBricked) return;
  const chosen = flash.boot((image) => settings.books.images.get(image).secureVersion);
  if (chosen === undefined) {
    breakForGood(node, io);
    return;
  }
  power.isOn = true;
  power.slot = chosen.slot;
  power.state = chosen.state;
  power.bootedAtUs = now;
  power.isStarted = false;
  power.wasRolledBack = false;
  if (power.boots < 65_535) power.boots++;
  const image = flash.imageIn(chosen.slot);
  io.note({ kind: "runs", image, state: chosen.state });
  if (chosen.state === "pending-verify") {
    noteImageFault(node, io);
    if (fires(node, "first boot", "crash", io)) {
      crash(node, now, io);
      return;
    }
    if (fires(node, "first boot", "brick", io)) {
      crash(node, now, io);
      breakForGood(node, io);
      return;
    }
  }
  node.update.rebootAtUs = lateCrashUs(node);
  if (chosen.state === "pending-verify") {
    if (!beginValidation(node, now, io)) return;
  } else if (node.nvs.updateFlag && node.cohort.build.rollback) {
    // An update was begun and this image is not its pending one: it did not last.
    node.nvs.updateFlag = false;
    if (io.hearsDetails) io.note({ kind: "nvs erased", key: "update flag" });
    power.wasRolledBack = true;
    io.note({ kind: "rolled back" });
  }
  wakeLink(node, now, io);
}
