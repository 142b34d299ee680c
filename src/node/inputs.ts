import type { InstantUs } from "../base/instant.ts";

/**
 * All that a node can be told. The list of (now, input) pairs is its trace, and feeding it back is a replay.
 * Numbers name entries of the books beside the rows.
 */
export type NodeInput =
  | { readonly kind: "deadline reached" }
  // power and application
  | { readonly kind: "booted" }
  /** The node's greeting (config, params) is out; follows the first "connected" of a boot. */
  | { readonly kind: "started" }
  /**
   * RAM and clock gone; flash and NVS kept. Bytes of a running download that had reached the flash. `backAtUs`: when
   * power comes back and the node boots by itself; left out = it waits for "booted".
   */
  | { readonly kind: "power lost"; readonly gotBytes: number; readonly backAtUs?: InstantUs }
  | { readonly kind: "clock set" }
  | { readonly kind: "zone changed"; readonly zone: number }
  | { readonly kind: "app called"; readonly call: "fetch" | "mark valid" | "mark invalid" }
  /** The ramp lets the node dial for the first time in the run. */
  | { readonly kind: "released" }
  // link
  | { readonly kind: "connected" }
  /** The dial failed, was refused, or lapsed. */
  | { readonly kind: "connection refused" }
  | { readonly kind: "connection lost" }
  | { readonly kind: "acknowledged"; readonly message: number }
  /** The MQTT client will not take the next so many messages (its memory or budget is spent). */
  | { readonly kind: "publishes refused"; readonly count: number }
  // offers; an entry may be flawed: the node decides what that means
  | { readonly kind: "offered"; readonly offer: number }
  /** Only where a backend answers a question with "nothing". */
  | { readonly kind: "nothing offered"; readonly message: number }
  /** Only where a question has an answer: it was an error, or none came. */
  | { readonly kind: "message failed"; readonly message: number }
  // download, in the steps in which the firmware sees it
  | { readonly kind: "transfer begun" }
  /** The server answered a Range request with the whole, or refused it: ask again from byte 0. */
  | { readonly kind: "range refused" }
  | { readonly kind: "image head read"; readonly image: number }
  | { readonly kind: "bytes reached"; readonly gotBytes: number }
  /** All that the server had is here. `isIntact`: its digest is the one that the image declares. */
  | {
      readonly kind: "transfer ended";
      readonly gotBytes: number;
      readonly isComplete: boolean;
      readonly isIntact: boolean;
    }
  | {
      readonly kind: "transfer failed";
      readonly step: "begin" | "head" | "body";
      readonly gotBytes: number;
      readonly err: string;
      readonly errno: number;
    }
  /** What the firmware's finish call answered, where the carrier knows it; else the node judges its own flash. */
  | { readonly kind: "image verified"; readonly err: string; readonly errno: number };
