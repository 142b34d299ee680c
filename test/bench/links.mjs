// Both sides of a bench of sockets, each in a process of its own, against a far end in a third: CPU is told of the side
// alone, and no side's garbage or compiling is the other's.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** What a link costs {ours, mqttjs}: see link-side.mjs. */
export function measureLinks(nodes, isTls) {
  return measureSides("broker.mjs", "link-side.mjs", ["mqttjs", "ours"], { nodes }, isTls);
}

/** What a download of 1 MiB costs {ours, socket}: see download-side.mjs. */
export function measureDownloads(downloads, isTls) {
  return measureSides("image-host.mjs", "download-side.mjs", ["socket", "ours"], { downloads, bytes: 2 ** 20 }, isTls);
}

async function measureSides(farEnd, script, sides, what, isTls) {
  const { certPem, keyPem, caPem } = isTls ? await certificates() : {};
  const far = fork(path(farEnd));
  try {
    far.send({ ...what, certPem, keyPem });
    const [{ port }] = await once(far, "message");
    const measured = {};
    for (const side of sides) measured[side] = await measureSide(script, { ...what, side, port, ca: caPem });
    return measured;
  } finally {
    far.kill();
  }
}

async function measureSide(script, what) {
  const child = fork(path(script), [JSON.stringify(what)], { execArgv: ["--expose-gc"] });
  const [answer] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`${what.side} ended with ${code}`);
    }),
  ]);
  return answer;
}

async function certificates() {
  const { certificatesFrom } = await import("../../dist/backend/serve/certificates.js");
  return certificatesFrom(undefined);
}
