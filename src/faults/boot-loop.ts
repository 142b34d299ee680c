import type { Fault } from "./fault.ts";

/** A crash before the application runs leaves the image pending, and a pending image is aborted at the next boot (ESP-IDF's rollback). */
export const bootLoop: Fault = {
  name: "boot-loop",
  about: "The new image crashes on every boot, before it can connect: the bootloader goes back after one attempt.",
  touch: { point: "first boot", effect: "crash" },
};
