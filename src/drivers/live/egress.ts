/** Which hosts a run may speak to. An image URL comes from the backend, so it is checked at every hop. */

/** Tells whether a URL may be asked. */
export type EgressCheck = (url: URL) => boolean;

/** Allows this machine only: 127.0.0.0/8, ::1 and the name localhost, which is dialled as 127.0.0.1. */
export function allowsLoopback(url: URL): boolean {
  // A URL of http(s) has its IPv4 forms (octal, one number, short) already turned into four plain numbers.
  return /^127\.\d+\.\d+\.\d+$/.test(url.hostname) || url.hostname === "[::1]" || url.hostname === "localhost";
}

/** The address or name to dial for a URL. */
export function dialHost(url: URL): string {
  // Looked up, `localhost` could be anything that a hosts file says, and would cost a thread of the pool each time.
  if (url.hostname === "localhost") return "127.0.0.1";
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}
