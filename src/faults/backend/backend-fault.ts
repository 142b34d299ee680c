import type { BackendFaultName } from "./backend-fault-names.ts";

/**
 * Where the backend meets a misbehaviour, and what it does then. A point is an occasion that comes by again and again,
 * and one draw decides for all faults of a point, so that no occasion has two.
 */
export type BackendTouch =
  /** A message of a node arrives: a fetch or a status, each repetition anew. */
  | {
      readonly point: "message";
      readonly effect: "swallowed" | "unacknowledged" | "acknowledged twice" | "error";
    }
  /** An offer is about to leave: an answer to a fetch, or a push. */
  | { readonly point: "offer"; readonly effect: "lost" | "doubled" | "expired url" }
  /** A request of an image arrives whose URL is valid. */
  | { readonly point: "image"; readonly effect: "error" | "truncated" | "damaged" | "stalled" }
  /** An answer is ready; each of its kind comes late. */
  | { readonly point: "fetch answer" | "status answer" | "image answer"; readonly effect: "late" }
  /** The process as a whole, at an instant of fleet time. */
  | { readonly point: "process"; readonly effect: "restart" | "stop" };

/** A misbehaviour that a scenario can ask of the embedded backend. */
export interface BackendFault {
  readonly name: BackendFaultName;
  /** One sentence for people. */
  readonly about: string;
  readonly touch: BackendTouch;
  /** It makes sense only with this kind of link between nodes and backend; undefined = with any. */
  readonly link: "mqtt" | "none" | undefined;
}

/**
 * A misbehaviour as a scenario asks for it. Plain data: it is hashed with the scenario and sent to the backend's own
 * process. `Latency` is whatever the caller's distributions are.
 */
export type BackendFaultPlan<Latency> =
  /** `share` of all occasions of its point. */
  | { readonly kind: "share"; readonly name: BackendFaultName; readonly share: number }
  /** ... which are answered with this HTTP status. */
  | { readonly kind: "error"; readonly name: BackendFaultName; readonly share: number; readonly status: number }
  /** ... which stand still for so long, wall time. */
  | { readonly kind: "stall"; readonly name: BackendFaultName; readonly share: number; readonly forMs: number }
  /** Every answer of its point; microseconds of wall time. */
  | { readonly kind: "latency"; readonly name: BackendFaultName; readonly latencyUs: Latency }
  /** From an instant of fleet time, for so long of wall time. */
  | { readonly kind: "outage"; readonly name: BackendFaultName; readonly atUs: number; readonly forMs: number };
