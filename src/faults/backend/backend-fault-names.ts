/**
 * The misbehaviours that a scenario can ask of the embedded backend, by name, in the order in which they are shown. A
 * draw hangs on the point that a fault touches and its place among those of the point, so a new one goes to the end.
 */
export const BACKEND_FAULT_NAMES = [
  "fetch-latency",
  "status-latency",
  "image-latency",
  "lost-messages",
  "lost-acks",
  "doubled-acks",
  "poll-errors",
  "lost-offers",
  "doubled-offers",
  "expired-urls",
  "image-errors",
  "truncated-images",
  "wrong-bytes",
  "stalled-images",
  "restart",
  "stop",
] as const;

export type BackendFaultName = (typeof BACKEND_FAULT_NAMES)[number];
