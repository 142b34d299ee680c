import type { BackendFault } from "./backend-fault.ts";

/** esp_http_client gives a request up after 5 s without an answer, so long latencies become failed attempts. */
export const imageLatency: BackendFault = {
  name: "image-latency",
  about: "The image server takes its time before the head of each answer.",
  touch: { point: "image answer", effect: "late" },
  link: undefined,
};
