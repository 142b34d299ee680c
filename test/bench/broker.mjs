// The far end of the link bench, in a process of its own: it answers CONNECT, SUBSCRIBE, PUBLISH and PINGREQ by the
// letter of MQTT 3.1.1 and does nothing else, so that neither side waits for it.
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";

const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const PINGREQ = 12;

const counts = { connects: 0, publishes: 0, subscribes: 0 };

function serve(socket) {
  let rest = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answers = [];
    for (let length = lengthOf(rest); length > 0 && length <= rest.length; length = lengthOf(rest)) {
      answers.push(answerTo(rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
    if (answers.length > 0) socket.write(Buffer.concat(answers));
  });
}

/** Bytes of the first packet, 0 = its length is not here yet. */
function lengthOf(bytes) {
  let remaining = 0;
  for (let at = 1; at <= 4 && at < bytes.length; at++) {
    remaining += (bytes[at] & 0x7f) * 128 ** (at - 1);
    if ((bytes[at] & 0x80) === 0) return 1 + at + remaining;
  }
  return 0;
}

function answerTo(packet) {
  const head = packet.findIndex((byte, at) => at > 0 && (byte & 0x80) === 0) + 1;
  switch (packet[0] >> 4) {
    case CONNECT:
      counts.connects += 1;
      return Buffer.from([0x20, 2, 0, 0]);
    case PUBLISH: {
      counts.publishes += 1;
      const id = head + 2 + packet.readUInt16BE(head);
      return Buffer.from([0x40, 2, packet[id], packet[id + 1]]);
    }
    case SUBSCRIBE:
      counts.subscribes += 1;
      return Buffer.from([0x90, 3, packet[head], packet[head + 1], 1]);
    case PINGREQ:
      return Buffer.from([0xd0, 0]);
    default:
      return Buffer.alloc(0);
  }
}

process.once("disconnect", () => process.exit());
process.on("message", (message) => {
  if (message === "counts") return process.send(counts);
  const { certPem, keyPem } = message;
  const server = certPem === undefined ? createServer(serve) : createTlsServer({ cert: certPem, key: keyPem }, serve);
  server.on("tlsClientError", () => {});
  return server.listen(0, "127.0.0.1", 8_192, () => process.send({ port: server.address().port }));
});
