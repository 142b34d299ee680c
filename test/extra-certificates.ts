/**
 * Tests dial this machine alone, and bring along the certificates that are to be trusted. Where whoever runs them has
 * more for every Node process, each of the hundreds that tests start would read all of them before its first line, which
 * costs more than Node's own start.
 */
export function setup(): void {
  delete process.env["NODE_EXTRA_CA_CERTS"];
}
