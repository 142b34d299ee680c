/**
 * Which hosts a run may speak to: one check for brokers, APIs, images and every hop of a redirect. An image URL comes
 * from the backend, so what a user allowed for the backend holds for nobody else.
 */

/** Tells whether a URL may be asked. */
export type EgressCheck = (url: URL) => boolean;

/** Allows this machine only: 127.0.0.0/8, ::1 and the name localhost, which is dialled as 127.0.0.1. */
export function allowsLoopback(url: URL): boolean {
  // A URL of http(s) has its IPv4 forms (octal, one number, short) already turned into four plain numbers.
  return /^127\.\d+\.\d+\.\d+$/.test(url.hostname) || url.hostname === "[::1]" || url.hostname === "localhost";
}

/**
 * Allows this machine and exactly these hosts, whatever their port.
 *
 * @param hosts as `hostOf` gives them; a name stands for itself only, not for what is below it
 */
export function egressTo(hosts: readonly string[]): EgressCheck {
  const allowed: ReadonlySet<string> = new Set(hosts);
  return (url) => allowsLoopback(url) || allowed.has(hostOf(url));
}

/** A host in one spelling for all schemes: mqtt URLs keep what http URLs turn into lower case and plain numbers. */
export function hostOf({ hostname }: URL): string {
  const asHttp = `http://${hostname}`;
  return URL.canParse(asHttp) ? new URL(asHttp).hostname : hostname;
}

/** The address or name to dial for a URL. */
export function dialHost(url: URL): string {
  // Looked up, `localhost` could be anything that a hosts file says, and would cost a thread of the pool each time.
  if (url.hostname === "localhost") return "127.0.0.1";
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}
