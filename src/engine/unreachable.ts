/** Why a backend cannot be reached, in words that say what to do where something can be done. */

/** How Node names a certificate that no known authority has signed. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Words for the error of a socket. */
export function whyUnreachable(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (UNTRUSTED.has(code)) return "no authority that is trusted here has signed its certificate; name its CA with --ca";
  switch (code) {
    case "ECONNREFUSED":
      return "nothing listens there";
    case "ENOTFOUND":
      return "there is no such host";
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return "it does not speak TLS";
    case "ECONNRESET":
      if (error.message === "aborted") return "it broke off its answer";
      return "it hung up without an answer; if it speaks TLS, its url begins with https or mqtts";
    default:
      return error.message;
  }
}
