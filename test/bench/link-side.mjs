// One side of the link bench, in a process of its own: `ours` drives whole nodes (rows, timers, outbox, records) as a
// worker does; `mqttjs` opens a client of mqtt.js for each and lets it do the same on the wire. It answers with what
// each step cost this process. CPU is that of all its threads.
import { randomBytes } from "node:crypto";

const { side, nodes, port, ca } = JSON.parse(process.argv[2]);

/** All ask in the same moment, again after a minute of fleet time, the shortest period of a scenario; so fast it passes. */
const SPEED = 40;
const PERIOD_MS = 60_000 / SPEED;
/** So often each asks: the first rounds are half spent on compiling, by either side. */
const ROUNDS = 10;

const TEXT = `
name: bench
clock: { start: 2026-03-10T12:00:00Z, speed: ${SPEED} }
nodes: ${nodes}
image: { make: { project: thermostat, version: 2.0.0, size: 64KiB } }
fleet:
  connect: { over: ${nodes}us }
  cohorts:
    - name: homes
      runs: { version: 1.4.2 }
      zones: Asia/Shanghai
      offline: none
      autofetch: { every: 60s, phase: 30s }
jobs: [{ name: spring }]
end: { after: 1h }
`;

const settle = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function measured(act) {
  const cpu = process.cpuUsage();
  const begunAt = performance.now();
  await act();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuUs: (user + system) / nodes, wallMs: performance.now() - begunAt };
}

/** Resident memory once garbage is gone and freed pages were given back. */
async function restingBytes() {
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await settle(100);
  }
  return process.memoryUsage().rss;
}

const peer = side === "ours" ? await ours() : await mqttjs();
const before = await restingBytes();
const connect = await measured(peer.connect);
const after = await restingBytes();
const publish = await measured(peer.publish);
process.send({
  bytesPerNode: (after - before) / nodes,
  connectCpuUs: connect.cpuUs,
  connectsPerSecond: (nodes / connect.wallMs) * 1_000,
  publishCpuUs: publish.cpuUs / ROUNDS,
  rowBytes: peer.rowBytes,
});
process.disconnect();
process.exit();

async function ours() {
  const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
  const { readScenario, resolveScenario, ADAPTERS } = await dist("index.js");
  const { LiveShard } = await dist("drivers/live/live-shard.js");
  const { hrtimeUs } = await dist("drivers/live/fleet-clock.js");
  const { BatchWriter } = await dist("measure/record-batch.js");
  const { RECORD_KINDS } = await dist("measure/event-record.js");
  const { NodeTable } = await dist("node/node-table.js");
  const { scenario } = resolveScenario(readScenario(TEXT, "bench.yaml", { adapters: ADAPTERS }));
  const adapter = ADAPTERS.find(({ kind }) => kind === "rainmaker");
  const writer = new BatchWriter("bench", 0);
  const acked = RECORD_KINDS.indexOf("fetch acked");
  let left = nodes * ROUNDS;
  let whenAcked = () => {};
  // Records are written and cut into batches as in a worker; only where they would travel to, they end.
  const sink = {
    record(kind, ...rest) {
      writer.record(kind, ...rest);
      if (writer.pending >= 4_096) writer.flush();
      if (kind === acked && --left === 0) whenAcked();
    },
  };
  const ids = Array.from({ length: nodes }, (_, node) => `ota-bench-${String(node).padStart(8, "0")}`);
  const secrets = ids.map(() => randomBytes(16).toString("hex"));
  let shard;
  return {
    rowBytes: NodeTable.bytesFor(nodes) / nodes,
    connect: async () => {
      const rows = new SharedArrayBuffer(NodeTable.bytesFor(nodes));
      const backend = { mqtt: { host: "127.0.0.1", port, ca }, baseUrl: "http://127.0.0.1", ca };
      const images = [{ sha256: "", md5: "", sizeBytes: 65_536 }];
      shard = new LiveShard({ scenario, adapter, firstNode: 0, nodes, ids, secrets, rows, sink, backend, images });
      await shard.connect(hrtimeUs());
      if (shard.health().connected !== nodes) throw new Error("a node is not connected");
    },
    publish: () =>
      new Promise((resolve) => {
        whenAcked = resolve;
        shard.begin({ originHrtimeUs: hrtimeUs(), startEpochMs: scenario.clock.startUtcMs, speed: SPEED });
      }),
  };
}

async function mqttjs() {
  const { default: mqtt } = await import("mqtt");
  const clients = [];
  const url = ca === undefined ? `mqtt://127.0.0.1:${port}` : `mqtts://127.0.0.1:${port}`;
  const idOf = (node) => `ota-bench-${String(node).padStart(8, "0")}`;
  const connectOne = async (node) => {
    const id = idOf(node);
    const client = await mqtt.connectAsync(url, {
      clientId: id,
      username: id,
      password: randomBytes(16).toString("hex"),
      keepalive: 120,
      reconnectPeriod: 0,
      ...(ca === undefined ? {} : { ca }),
    });
    clients.push(client);
    await client.subscribeAsync(`node/${id}/otaurl`, { qos: 1 });
  };
  return {
    connect: async () => {
      // As many at a time as a ramp has under way; all at once would only make its own queue longer.
      let next = 0;
      const lane = async () => {
        while (next < nodes) await connectOne(next++);
      };
      await Promise.all(Array.from({ length: 50 }, lane));
    },
    publish: async () => {
      for (let round = 0; round < ROUNDS; round++) {
        await settle(PERIOD_MS / 2);
        await Promise.all(
          clients.map((client, node) => {
            const topic = `$aws/rules/esp_node_otafetch/node/${idOf(node)}/otafetch`;
            return client.publishAsync(topic, `{"node_id":"${idOf(node)}","fw_version":"1.4.2"}`, { qos: 1 });
          }),
        );
        await settle(PERIOD_MS / 2);
      }
    },
  };
}
