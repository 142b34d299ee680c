/**
 * What a drawn fault may touch in a node: a closed list, so that a fault can be read without reading the node. Each
 * is keyed to a place in the update (the new image's first boot, a byte, a report), never to a wall time.
 */
export type FaultTouch =
  /** The new image crashes before it can do anything: the bootloader goes back at the next boot, unless it is gone too. */
  | { readonly point: "first boot"; readonly effect: "crash" | "brick" | "self-test fails" | "no network" }
  /** Once for each node, at a drawn byte of the first download that gets so far. */
  | { readonly point: "write"; readonly effect: "power loss"; readonly outageMs: number }
  | { readonly point: "write"; readonly effect: "damage" }
  | { readonly point: "flash speed"; readonly factor: number }
  | { readonly point: "head"; readonly effect: "other project" }
  | { readonly point: "final report"; readonly effect: "lost" };
