/** All misbehaviours, at the places of their names. A new one is a file beside these, a name, and a line here. */
import type { BackendFault } from "./backend-fault.ts";
import { BACKEND_FAULT_NAMES, type BackendFaultName } from "./backend-fault-names.ts";
import { doubledAcks } from "./doubled-acks.ts";
import { doubledOffers } from "./doubled-offers.ts";
import { expiredUrls } from "./expired-urls.ts";
import { fetchLatency } from "./fetch-latency.ts";
import { imageErrors } from "./image-errors.ts";
import { imageLatency } from "./image-latency.ts";
import { lostAcks } from "./lost-acks.ts";
import { lostMessages } from "./lost-messages.ts";
import { lostOffers } from "./lost-offers.ts";
import { pollErrors } from "./poll-errors.ts";
import { restart } from "./restart.ts";
import { stalledImages } from "./stalled-images.ts";
import { statusLatency } from "./status-latency.ts";
import { stop } from "./stop.ts";
import { truncatedImages } from "./truncated-images.ts";
import { wrongBytes } from "./wrong-bytes.ts";

const ALL: readonly BackendFault[] = [
  doubledAcks,
  doubledOffers,
  expiredUrls,
  fetchLatency,
  imageErrors,
  imageLatency,
  lostAcks,
  lostMessages,
  lostOffers,
  pollErrors,
  restart,
  stalledImages,
  statusLatency,
  stop,
  truncatedImages,
  wrongBytes,
];

/** In the order of the names. */
export const BACKEND_FAULTS: readonly BackendFault[] = BACKEND_FAULT_NAMES.map(backendFaultOf);

/** The misbehaviour of a name. */
export function backendFaultOf(name: BackendFaultName): BackendFault {
  return ALL.find((fault) => fault.name === name) as BackendFault;
}
