/**
 * Why a connection did not come about or did not last, as the run counts it. The words are few and closed: what a
 * backend or a network does is a measured outcome, and a report groups by them.
 */
export type SocketCause =
  | "refused"
  | "unreachable"
  | "timed out"
  | "reset"
  | "closed"
  | "name not found"
  /** The peer's certificate is not the one that the node trusts, or not for this name or time. */
  | "certificate"
  | "tls"
  /** This process has no file descriptor left: the generator is the limit, not the backend. */
  | "no file"
  /** No local port is left towards this peer: the generator is the limit. */
  | "no port"
  /** The peer spoke something that the protocol does not know. */
  | "protocol"
  /** The scenario does not allow a connection to that host. */
  | "not allowed"
  /** Nothing was heard for longer than the caller waits. */
  | "silent"
  | "other";

const CAUSE_OF_CODE: ReadonlyMap<string, SocketCause> = new Map([
  ["ECONNREFUSED", "refused"],
  ["EHOSTUNREACH", "unreachable"],
  ["ENETUNREACH", "unreachable"],
  ["EHOSTDOWN", "unreachable"],
  ["ENETDOWN", "unreachable"],
  ["EACCES", "unreachable"],
  ["ETIMEDOUT", "timed out"],
  ["ECONNRESET", "reset"],
  ["EPIPE", "reset"],
  ["ECONNABORTED", "reset"],
  ["ENOTFOUND", "name not found"],
  ["EAI_AGAIN", "name not found"],
  ["EMFILE", "no file"],
  ["ENFILE", "no file"],
  ["ENOBUFS", "no file"],
  ["ENOMEM", "no file"],
  ["EADDRNOTAVAIL", "no port"],
  ["EADDRINUSE", "no port"],
  ["EPROTO", "tls"],
] as const);

// OpenSSL's verification errors, as node names them; everything else of TLS begins with ERR_SSL or ERR_TLS.
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Names the cause of a socket's `error` event. */
export function causeOfError(error: unknown): SocketCause {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return "other";
  const code = error.code;
  // A FIN in mid-message or mid-handshake: an error of node's own making. A reset is what a system call reports.
  if (code === "ECONNRESET" && !("syscall" in error)) return "closed";
  const known = CAUSE_OF_CODE.get(code);
  if (known !== undefined) return known;
  if (CERTIFICATE_CODES.has(code)) return "certificate";
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS")) return "tls";
  if (code.startsWith("HPE_")) return "protocol";
  return "other";
}
