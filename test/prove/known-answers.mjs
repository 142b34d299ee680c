// The known-answer server: a process of its own that stands in for an OTA backend, MQTT and polled HTTP, and delays
// each kind of answer by a fixed list. It logs how long it kept each one waiting, and that log is the oracle. It shares
// no code with otafleet. Its parent sends {distribution, stalls} first, and "log" for the log.
import { createServer as createHttp } from "node:http";
import { createServer } from "node:net";
import { parser, writeToStream } from "mqtt-packet";
import { delaysOf } from "./delays.mjs";

const KINDS = ["connack", "fetchAck", "offer", "firstByte", "lastByte", "download", "reportAck", "poll"];
/** The nodes' requests, and those of the plain client beside them: each has lists and a log of its own. */
const ASKERS = ["node", "plain"];

const logMs = Object.fromEntries(ASKERS.map((who) => [who, Object.fromEntries(KINDS.map((kind) => [kind, []]))]));
const asked = Object.fromEntries(ASKERS.map((who) => [who, Object.fromEntries(KINDS.map((kind) => [kind, 0]))]));
/** When each question of a node was answered, by this process's clock. */
const questionsAnsweredAtMs = [];
const askerOf = (name) => (name.startsWith("plain") ? "plain" : "node");
/** What a node runs, as far as it said so; and what it last reported. */
const versions = new Map();
const statuses = new Map();
let image = Buffer.alloc(0);
let version = "";
let job = "";
let delays = [0];
/** Windows in which nothing is answered: [from, until] in milliseconds since the job was made. */
let stalls = [];
let jobMadeAt = Infinity;

/** Answers a request of a kind when its time has come, and logs how long it took; whoever has gone hears nothing. */
function answer(who, kind, since, socket, act) {
  const k = asked[who][kind]++;
  // A kind begins at a place of its own, so that the answers to one node are not delayed alike.
  const delayMs = delays[(k + KINDS.indexOf(kind) * 131) % delays.length];
  const arrivedAt = since - jobMadeAt;
  const stall = stalls.find(([from, until]) => arrivedAt + delayMs >= from && arrivedAt + delayMs < until);
  const dueAt = since + (stall === undefined ? delayMs : stall[1] - arrivedAt);
  const go = () => {
    const now = performance.now();
    // A timer may ring before its time by a part of a millisecond.
    if (now < dueAt) return void setTimeout(go, Math.ceil(dueAt - now));
    if (socket.destroyed || socket.readableEnded) return;
    act();
    const answeredAt = performance.now();
    logMs[who][kind].push(answeredAt - since);
    if (kind === "fetchAck") questionsAnsweredAtMs.push(answeredAt);
  };
  if (dueAt - since <= 0) go();
  else setTimeout(go, dueAt - since);
}

const broker = createServer({ noDelay: true }, (socket) => {
  const packets = parser({ protocolVersion: 4 });
  let node = "";
  let lastId = 0;
  const write = (packet) => {
    if (!socket.destroyed) writeToStream(packet, socket);
  };
  socket.on("error", () => socket.destroy());
  packets.on("error", () => socket.destroy());
  socket.on("data", (chunk) => packets.parse(chunk));
  packets.on("packet", (packet) => {
    const since = performance.now();
    const ack = () => write({ cmd: "puback", messageId: packet.messageId });
    switch (packet.cmd) {
      case "connect":
        node = packet.clientId;
        return answer(askerOf(node), "connack", since, socket, () =>
          write({ cmd: "connack", returnCode: 0, sessionPresent: false }),
        );
      case "subscribe":
        return write({ cmd: "suback", messageId: packet.messageId, granted: packet.subscriptions.map(() => 1) });
      case "pingreq":
        return write({ cmd: "pingresp" });
      case "publish":
        break;
      default:
        return undefined;
    }
    // Sent again after a second (esp-mqtt's retransmission): its acknowledgement is under way, and one is enough.
    if (packet.dup) return undefined;
    if (packet.topic.endsWith("/otafetch")) {
      answer(askerOf(node), "fetchAck", since, socket, ack);
      versions.set(node, JSON.parse(packet.payload.toString()).fw_version);
      if (job === "" || versions.get(node) === version) return undefined;
      const offer = { ota_job_id: job, url: imageUrl(), fw_version: version, file_size: image.length };
      return answer(askerOf(node), "offer", since, socket, () =>
        write({
          cmd: "publish",
          topic: `node/${node}/otaurl`,
          payload: JSON.stringify(offer),
          qos: 1,
          messageId: (lastId = (lastId % 65_535) + 1),
          dup: false,
          retain: false,
        }),
      );
    }
    if (packet.topic.endsWith("/otastatus")) {
      statuses.set(node, JSON.parse(packet.payload.toString()).status);
      return answer(askerOf(node), "reportAck", since, socket, ack);
    }
    return ack();
  });
});

const web = createHttp({ noDelay: true, keepAlive: false }, (request, response) => {
  const since = performance.now();
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => serve(request, response, Buffer.concat(chunks), since));
});

function serve(request, response, body, since) {
  const url = new URL(request.url, "http://known");
  const [, room, name, part] = url.pathname.split("/");
  const say = (value, status = 200) => response.writeHead(status).end(value === "" ? "" : JSON.stringify(value));
  if (room === "image") {
    response.writeHead(200, { "content-length": image.length });
    response.flushHeaders();
    // The head of an image comes at once with its first byte; the rest has a delay of its own.
    const half = image.length >> 1;
    const who = url.searchParams.get("by") ?? "node";
    return answer(who, "firstByte", since, request.socket, () => {
      response.write(image.subarray(0, half));
      const begunAt = performance.now();
      answer(who, "lastByte", begunAt, request.socket, () => {
        response.end(image.subarray(half));
        logMs[who].download.push(performance.now() - since);
      });
    });
  }
  if (room === "poll") {
    if (part === "status") {
      statuses.set(name, JSON.parse(body.toString()).status);
      return answer(askerOf(name), "reportAck", since, request.socket, () => say("", 204));
    }
    const isNew = url.searchParams.get("version") === version;
    const manifest = { version, url: imageUrl(), size: image.length, job };
    return answer(askerOf(name), "poll", since, request.socket, () => {
      if (job === "" || isNew) say("", 204);
      else say(manifest);
      logMs[askerOf(name)].fetchAck.push(performance.now() - since);
      if (job !== "" && !isNew) logMs[askerOf(name)].offer.push(performance.now() - since);
    });
  }
  return say(administer(request, url, body));
}

/** The operator's side of both kinds of backend, as far as a run needs it. */
function administer({ method }, url, body) {
  const path = url.pathname.replace(/^\/v1/, "");
  if (method === "POST" && path === "/admin/nodes")
    return { secrets: JSON.parse(body.toString()).nodes.map(() => "known") };
  if (path.startsWith("/admin/images/") || path === "/admin/otaimage/upload") {
    image = body;
    version = url.searchParams.get("version") ?? url.searchParams.get("fw_version");
    return { image: "known", ota_image_id: "known" };
  }
  if (path === "/admin/otajob/status")
    return { node_ota_status: [...statuses].map(([node_id, status]) => ({ node_id, status })) };
  if (path.endsWith("/statuses")) return { statuses: [...statuses].map(([node, status]) => ({ node, status })) };
  if ((method === "POST" && path === "/admin/otajob") || path.startsWith("/admin/manifests/")) {
    if (method === "DELETE") return {};
    job = "known-job";
    jobMadeAt = performance.now();
    return { job, ota_job_id: job };
  }
  return {};
}

const imageUrl = () => `http://127.0.0.1:${web.address().port}/image`;

process.once("disconnect", () => process.exit());
process.on("message", (message) => {
  if (message === "log") return process.send({ logMs, questionsAnsweredAtMs });
  ({ stalls } = message);
  delays = delaysOf(message.distribution);
  return broker.listen(0, "127.0.0.1", 4_096, () => {
    web.listen(0, "127.0.0.1", 4_096, () => process.send({ mqtt: broker.address().port, http: web.address().port }));
  });
});
