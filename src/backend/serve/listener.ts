import type { Server } from "node:net";
import { StartFailure } from "./start-failure.ts";

/**
 * Room for a herd: a fleet that reconnects at once must queue in the kernel, where Node's default of 511 would make
 * it retransmit SYNs and the backend look a second late.
 */
const BACKLOG = 4096;

/** A TLS handshake that takes longer holds a socket for nobody: real nodes give up after 10 s. */
export const HANDSHAKE_WITHIN_MS = 10_000;

/** Listens on 127.0.0.1; resolves to the port. Rejects with a sentence for a person. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "another program listens there already" : error.message;
      reject(new StartFailure(`the backend cannot listen on 127.0.0.1:${port}: ${why}`));
    });
    server.listen({ host: "127.0.0.1", port, backlog: BACKLOG }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
