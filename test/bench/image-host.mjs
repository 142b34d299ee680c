// The far end of the download bench, in a process of its own: every request is answered with the same bytes, and the
// connection is closed.
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";

process.once("disconnect", () => process.exit());
process.on("message", ({ certPem, keyPem, bytes }) => {
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`;
  const answer = Buffer.concat([Buffer.from(head), Buffer.alloc(bytes, 0xe9)]);
  const serve = (socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => socket.end(answer));
  };
  const server = certPem === undefined ? createServer(serve) : createTlsServer({ cert: certPem, key: keyPem }, serve);
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1", 4_096, () => process.send({ port: server.address().port }));
});
