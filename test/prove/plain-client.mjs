// A client without a fleet around it: it asks the known-answer server as nodes do, one exchange after the other at an
// even pace, and notes how long each took from the moment of asking. What it measures beyond the server's own log is
// the way there and back on this machine: sockets, kernel, wake-ups. It shares no code with otafleet, and is a process
// of its own, as the server is. Its parent sends {adapter, mqtt, http}, and "log" for what it saw.
import { get, request } from "node:http";
import { connect } from "node:net";
import { generate, parser } from "mqtt-packet";

/** Rounds of every kind of exchange in a second. */
const ROUNDS_A_SECOND = 10;
/** Names that the server logs apart. */
const NAME = "plain";

const tookMs = Object.fromEntries(
  ["connack", "fetchAck", "offer", "firstByte", "download", "reportAck"].map((kind) => [kind, []]),
);

async function round(number, { adapter, mqtt, http }) {
  const name = `${NAME}-${number}`;
  if (adapter === "rainmaker") await overMqtt(name, mqtt);
  else await overHttp(name, http);
  await download(http);
}

/** Dials, asks and reports; the link is used once. */
function overMqtt(name, port) {
  return new Promise((resolve) => {
    const dialledAt = performance.now();
    let askedAt = 0;
    let reportedAt = 0;
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const packets = parser({ protocolVersion: 4 });
    const publish = (topic, payload, messageId) => {
      const now = performance.now();
      socket.write(generate({ cmd: "publish", topic, payload, qos: 1, messageId, dup: false, retain: false }));
      return now;
    };
    socket.on("connect", () =>
      socket.write(
        generate({
          cmd: "connect",
          protocolId: "MQTT",
          protocolVersion: 4,
          clean: true,
          clientId: name,
          keepalive: 120,
        }),
      ),
    );
    socket.on("data", (chunk) => packets.parse(chunk));
    let open = 2;
    packets.on("packet", ({ cmd, messageId }) => {
      const now = performance.now();
      if (cmd === "puback") open -= 1;
      if (cmd === "connack") {
        tookMs.connack.push(now - dialledAt);
        askedAt = publish(`node/${name}/otafetch`, JSON.stringify({ fw_version: "1.0.0" }), 1);
      } else if (cmd === "puback" && messageId === 1) tookMs.fetchAck.push(now - askedAt);
      else if (cmd === "publish") {
        tookMs.offer.push(now - askedAt);
        reportedAt = publish(`node/${name}/otastatus`, JSON.stringify({ status: "in-progress" }), 2);
      } else if (cmd === "puback") {
        tookMs.reportAck.push(now - reportedAt);
      }
      // The report may be acknowledged before the question.
      if (open === 0) socket.destroy();
    });
    // The server may offer nothing yet.
    socket.setTimeout(8_000, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("close", resolve);
  });
}

async function overHttp(name, port) {
  const base = { host: "127.0.0.1", port, agent: false };
  const since = performance.now();
  const { status, at } = await answered(get({ ...base, path: `/poll/${name}?version=1.0.0` }));
  tookMs.fetchAck.push(at - since);
  if (status === 200) tookMs.offer.push(at - since);
  const reportedAt = performance.now();
  const report = request({ ...base, path: `/poll/${name}/status`, method: "POST" });
  const acked = answered(report);
  report.end(JSON.stringify({ status: "in-progress" }));
  tookMs.reportAck.push((await acked).at - reportedAt);
}

/** When the head of an answer was there, and its status. The body is read and forgotten. */
function answered(asked) {
  return new Promise((resolve, reject) => {
    asked.on("error", reject);
    asked.on("response", (response) => {
      const at = performance.now();
      response.resume().on("end", () => resolve({ status: response.statusCode, at }));
    });
  });
}

function download(port) {
  return new Promise((resolve, reject) => {
    const since = performance.now();
    let isFirst = true;
    get({ host: "127.0.0.1", port, path: `/image?by=${NAME}`, agent: false })
      .on("error", reject)
      .on("response", (response) =>
        response
          .on("data", () => {
            if (isFirst) tookMs.firstByte.push(performance.now() - since);
            isFirst = false;
          })
          .on("end", () => {
            tookMs.download.push(performance.now() - since);
            resolve();
          }),
      );
  });
}

process.once("disconnect", () => process.exit());
process.on("message", (message) => {
  if (message === "log") return process.send({ tookMs });
  let number = 0;
  setInterval(() => void round(number++, message).catch(() => {}), 1_000 / ROUNDS_A_SECOND);
  return undefined;
});
