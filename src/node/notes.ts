import type { OtaState } from "./flash.ts";
import type { OutboxEntry, Reason } from "./report.ts";

/**
 * What happened inside a node, for event log, trace and vectors. A closed list: whoever listens can be held to it.
 * A note changes nothing.
 */
export type NodeNote =
  // link
  | { readonly kind: "network up" | "network down" | "dialled" | "link established" }
  | { readonly kind: "link lost"; readonly why: "network down" | "backend closed" | "power" }
  // power and flash
  | { readonly kind: "powered off"; readonly why: "restart" | "power loss" | "crash" }
  /** The bootloader chose: `slot` 0 or 1, its image, and the state that otadata gives it. */
  | { readonly kind: "runs"; readonly image: number; readonly state: OtaState }
  | { readonly kind: "bricked" }
  | { readonly kind: "boot slot set"; readonly image: number }
  | { readonly kind: "marked valid"; readonly image: number }
  | { readonly kind: "marked invalid"; readonly image: number }
  | { readonly kind: "reboots"; readonly why: "restart" | "rollback" }
  | { readonly kind: "self-test"; readonly when: "init" | "post-MQTT" }
  | { readonly kind: "reboot requested" }
  | { readonly kind: "nvs set"; readonly key: NvsKey; readonly value: string | number }
  | { readonly kind: "nvs erased"; readonly key: NvsKey }
  // timers, as the firmware arms them; `ms` counts on the firmware's own clock
  | { readonly kind: "timer armed"; readonly timer: TimerName; readonly ms: number; readonly repeats: boolean }
  | { readonly kind: "timer stopped"; readonly timer: TimerName }
  // agent
  | { readonly kind: "subscribed" }
  | { readonly kind: "unheard" }
  /** Given to the MQTT client; `isOffline`: while it had no connection. */
  | { readonly kind: "handed over"; readonly message: number; readonly isOffline: boolean }
  /** The MQTT client would not take a message. */
  | { readonly kind: "not taken"; readonly entry: Readonly<OutboxEntry> }
  /** A message left the outbox without an acknowledgement. */
  | { readonly kind: "message lost"; readonly message: number; readonly why: "too old" | "power" }
  | { readonly kind: "offer taken"; readonly offer: number }
  | { readonly kind: "offer dropped"; readonly offer: number; readonly why: "busy" | "pending" | "not listening" }
  | { readonly kind: "offer waits"; readonly reason: Reason; readonly untilUs: number }
  | { readonly kind: "offer ended"; readonly reason: Reason }
  // update
  | { readonly kind: "attempt begun"; readonly attempt: number; readonly fromBytes: number }
  /** The transfer is over: "downloaded", or why not. `gotBytes`: what arrived in this attempt. */
  | { readonly kind: "attempt ended"; readonly reason: Reason; readonly gotBytes: number }
  /** All was there, but the slot did not verify. */
  | { readonly kind: "verification failed"; readonly reason: Reason }
  /** All attempts of this offer are used up. `asksAgain`: this firmware will fetch again by itself. */
  | { readonly kind: "attempts spent"; readonly asksAgain: boolean }
  | { readonly kind: "slot written"; readonly image: number }
  | { readonly kind: "rolled back" }
  /** The image that boots carries a fault that will strike this node. */
  | { readonly kind: "fault drawn"; readonly fault: number; readonly image: number }
  /** `image`: whose fault it is; 0 = the node's own. */
  | { readonly kind: "fault fired"; readonly fault: number; readonly image: number };

/** RainMaker's names of the firmware's own store; another kind of backend may leave some unused. */
export type NvsKey =
  | "job id"
  | "update flag"
  | "bytes written"
  | "image md5"
  | "failure reason"
  | "failed job"
  | "stream offset"
  | "stream md5";

export type TimerName = "fetch" | "fetch-puback" | "autofetch" | "rollback" | "reboot";
