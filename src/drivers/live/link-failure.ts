/** From the words of sockets and links to those of the event log. */
import { CONNECT_FAILURES, DROP_CAUSES } from "../../measure/event-record.ts";
import type { LinkCause } from "./link-listener.ts";

/** The number in CONNECT_FAILURES of the cause for which a dial did not become a link. */
export function connectFailureOf(cause: LinkCause): number {
  return CONNECT_FAILURES.indexOf(failureWord(cause));
}

/** The number in DROP_CAUSES where this machine, and not the backend, kept something from starting; -1 else. */
export function dropCauseOf(cause: LinkCause): number {
  return cause === "no file" || cause === "no port" ? DROP_CAUSES.indexOf(cause) : -1;
}

function failureWord(cause: LinkCause): (typeof CONNECT_FAILURES)[number] {
  switch (cause) {
    case "refused":
    case "unreachable":
    case "name not found":
    case "not allowed":
      return "refused";
    case "timed out":
    case "silent":
    case "keep-alive":
      return "timeout";
    case "certificate":
    case "tls":
      return "tls";
    case "no port":
    case "no file":
      return cause;
    case "protocol version refused":
    case "identifier rejected":
    case "server unavailable":
    case "bad credentials":
    case "not authorized":
      return "rejected";
    default:
      return "closed";
  }
}
