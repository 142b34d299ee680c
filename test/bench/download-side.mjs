// One side of the download bench, in a process of its own: `ours` downloads as a node does (HTTP, digest, counts of
// bytes), `socket` reads the same answer from a plain socket and throws it away. One connection each.
import { connect } from "node:net";
import { connect as connectTls, createSecureContext } from "node:tls";

const { side, port, ca, bytes, downloads } = JSON.parse(process.argv[2]);
const LANES = 16;

const one = side === "ours" ? await ours() : plain();
await all(Math.ceil(downloads / 10));
const cpu = process.cpuUsage();
const begunAt = performance.now();
await all(downloads);
const { user, system } = process.cpuUsage(cpu);
const wallMs = performance.now() - begunAt;
process.send({ cpuUs: (user + system) / downloads, bytesPerSecond: (downloads * bytes) / (wallMs / 1_000) });
process.disconnect();
process.exit();

async function all(count) {
  let next = 0;
  const lane = async () => {
    while (next++ < count) await one();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function plain() {
  const secureContext = ca === undefined ? undefined : createSecureContext({ ca });
  const options = { host: "127.0.0.1", port };
  return () =>
    new Promise((resolve, reject) => {
      const socket = ca === undefined ? connect(options) : connectTls({ ...options, secureContext });
      let got = 0;
      socket.on("error", reject);
      socket.on("data", (chunk) => (got += chunk.length));
      socket.on("close", () => (got > bytes ? resolve() : reject(new Error("a download was cut"))));
      socket.write("GET /image HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    });
}

async function ours() {
  const dist = (path) => import(new URL(`../../dist/drivers/live/${path}`, import.meta.url).href);
  const { startDownload } = await dist("image-download.js");
  const { DownloadPacer } = await dist("download-pacer.js");
  const { ResumableHash } = await dist("resumable-hash.js");
  const pacer = new DownloadPacer();
  const trust = ca === undefined ? undefined : { ca };
  const url = `http${ca === undefined ? "" : "s"}://127.0.0.1:${port}/image`;
  const nothing = () => {};
  return () =>
    new Promise((resolve, reject) => {
      const onEnded = (_, { isComplete }) => (isComplete ? resolve() : reject(new Error("a download was cut")));
      const onFailed = (_, { cause }) => reject(new Error(cause));
      const listener = {
        onHead: nothing,
        onFirstByte: nothing,
        onImageHead: nothing,
        onReached: nothing,
        onEnded,
        onFailed,
      };
      startDownload({
        request: { via: "http", method: "GET", url, headers: {}, body: undefined },
        trust,
        isAllowed: () => true,
        fromBytes: 0,
        untilBytes: Infinity,
        paceBytesPerSecond: Infinity,
        hash: new ResumableHash(1_024),
        expectedSha256: undefined,
        silenceMaxUs: 5_000_000,
        listener,
        pacer,
        slot: 0,
      });
    });
}
